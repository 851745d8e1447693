-- The names of people, bodies and places.
SELECT id, name FROM register WHERE id IN (SELECT value FROM json_each(:ids))
