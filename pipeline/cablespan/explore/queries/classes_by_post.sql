-- Statements by post and class, in every :nth cable of some posts.
SELECT cables.origin AS post, statements.label, count(*) AS number
FROM cables
CROSS JOIN paragraphs ON paragraphs.cable_id = cables.id
CROSS JOIN statements ON statements.paragraph_id = paragraphs.id
WHERE cables.origin IN (SELECT value FROM json_each(:posts)) AND cables.id % :nth = 0
GROUP BY 1, 2
