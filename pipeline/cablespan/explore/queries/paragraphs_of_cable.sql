-- The keys of a cable's paragraphs.
SELECT id FROM paragraphs WHERE cable_id = :cable ORDER BY position
