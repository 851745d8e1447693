-- A person, body or place.
SELECT * FROM register WHERE id = :entity
