-- title: What did someone say about this?
-- description: The claims of the person or body that is mentioned most under a name, by date.
-- speaker: Who speaks: a name or a part of one
-- about: A word or phrase of what is said
WITH who AS (
  SELECT id, name FROM register
  WHERE :speaker <> '' AND names LIKE '%' || :speaker || '%' AND kind <> 'places'
  ORDER BY mentions DESC LIMIT 1
)
SELECT cables.created, cables.name AS cable, paragraphs.number, paragraphs.id AS paragraph_id,
       who.name AS speaker, claims.certainty,
       substr(paragraphs.text, claims.content_start + 1, claims.content_end - claims.content_start)
         AS content
FROM who
CROSS JOIN claims ON claims.speaker_entity_id = who.id
CROSS JOIN paragraphs ON paragraphs.id = claims.paragraph_id
CROSS JOIN cables ON cables.id = paragraphs.cable_id
WHERE substr(paragraphs.text, claims.content_start + 1, claims.content_end - claims.content_start)
      LIKE '%' || :about || '%'
ORDER BY cables.created, claims.id
LIMIT 500
