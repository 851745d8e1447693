-- Paragraphs in the order of :ids (a JSON list), with what the page says of their cables.
SELECT paragraphs.*, cables.name AS cable, cables.origin, cables.created, cables.subject
FROM json_each(:ids) AS wanted
JOIN paragraphs ON paragraphs.id = wanted.value
JOIN cables ON cables.id = paragraphs.cable_id
ORDER BY wanted.key
