-- title: Which commitments were made to whom?
-- description: Sentences that tell of a plan, promise or offer and name someone whom it is made to: after "to", "with", "for", or after a verb of promising. Change the SQL for other words.
-- about: Words that the paragraph holds, as in the search
-- whom: A part of the name of who receives it; nothing for all
WITH near AS (
  SELECT cables.created, cables.name AS cable, paragraphs.number, paragraphs.id AS paragraph_id,
         clusters.name AS whom,
         substr(paragraphs.text, statements.start + 1, statements."end" - statements.start)
           AS commitment,
         lower(substr(paragraphs.text, max(1, entities.start - 11), entities.start
           - max(1, entities.start - 11) + 1)) AS words_before
  FROM paragraphs_fts
  CROSS JOIN paragraphs ON paragraphs.id = paragraphs_fts.rowid
  CROSS JOIN statements ON statements.paragraph_id = paragraphs.id
    AND statements.label = 'COMMITMENT'
  CROSS JOIN entities ON entities.paragraph_id = paragraphs.id
    AND entities.start > statements.start AND entities.start < statements."end"
    AND entities.label IN ('OFFICIAL', 'PERSON', 'AGENCY', 'ORG', 'PLACE')
  CROSS JOIN cables ON cables.id = paragraphs.cable_id
  CROSS JOIN clusters ON clusters.cable_id = cables.id AND clusters.number = entities.cluster_number
  WHERE paragraphs_fts MATCH fts(:about)
)
SELECT created, cable, number, paragraph_id, whom, commitment
FROM near
WHERE (words_before LIKE '% to ' OR words_before LIKE '% to the ' OR words_before LIKE '% with '
    OR words_before LIKE '% with the ' OR words_before LIKE '% for ' OR words_before LIKE '% for the '
    OR words_before LIKE '%promised ' OR words_before LIKE '%assured ' OR words_before LIKE '%offered ')
  AND whom LIKE '%' || :whom || '%'
ORDER BY created, paragraph_id
LIMIT 500
