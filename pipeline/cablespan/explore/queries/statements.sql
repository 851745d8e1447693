-- The sentences of paragraphs with their classes.
SELECT paragraph_id, start, "end", label, score
FROM statements
WHERE paragraph_id IN (SELECT value FROM json_each(:ids))
ORDER BY paragraph_id, start
