-- What it said, by date.
SELECT claims.id, cables.created
FROM claims
CROSS JOIN paragraphs ON paragraphs.id = claims.paragraph_id
CROSS JOIN cables ON cables.id = paragraphs.cable_id
WHERE claims.speaker_entity_id = :entity
ORDER BY cables.created, claims.id
