-- The posts of the collection.
SELECT name FROM posts ORDER BY name
