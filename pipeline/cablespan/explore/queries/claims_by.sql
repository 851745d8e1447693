-- What it said, by date.
SELECT saying.certainty, saying.paragraph_id, saying.cable, saying.created, saying.origin,
       paragraphs.number, paragraphs.position,
       substr(paragraphs.text, saying.content_start + 1, saying.content_end - saying.content_start)
         AS content
FROM (SELECT claims.*, cables.name AS cable, cables.created, cables.origin
      FROM claims
      CROSS JOIN paragraphs ON paragraphs.id = claims.paragraph_id
      CROSS JOIN cables ON cables.id = paragraphs.cable_id
      WHERE claims.speaker_entity_id = :entity
      ORDER BY cables.created, claims.id LIMIT :limit OFFSET :offset) AS saying
JOIN paragraphs ON paragraphs.id = saying.paragraph_id
ORDER BY saying.created, saying.id
