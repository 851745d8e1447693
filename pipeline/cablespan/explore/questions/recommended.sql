-- title: What did this post recommend?
-- description: Sentences in which a post advises what the United States or another should do, by date.
-- post: The sending post, as its cables name it
-- about: A word or phrase of the sentence; nothing for all
SELECT cables.created, cables.name AS cable, paragraphs.number, paragraphs.id AS paragraph_id,
       substr(paragraphs.text, statements.start + 1, statements."end" - statements.start)
         AS recommendation
FROM cables
CROSS JOIN paragraphs ON paragraphs.cable_id = cables.id
CROSS JOIN statements ON statements.paragraph_id = paragraphs.id
WHERE cables.origin = :post
  AND statements.label = 'RECOMMENDATION'
  AND substr(paragraphs.text, statements.start + 1, statements."end" - statements.start)
      LIKE '%' || :about || '%'
ORDER BY cables.created, paragraphs.id, statements.start
LIMIT 500
