-- Who and what is mentioned most.
SELECT id, kind, name, mentions AS number FROM register
WHERE kind = :kind ORDER BY mentions DESC, id LIMIT 12
