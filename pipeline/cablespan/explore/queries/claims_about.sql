-- What others said of it, by date: claims with a mention of it in their content.
SELECT DISTINCT claims.id, claims.speaker_entity_id, cables.created
FROM clusters
CROSS JOIN cables ON cables.id = clusters.cable_id
CROSS JOIN paragraphs ON paragraphs.cable_id = cables.id
CROSS JOIN claims ON claims.paragraph_id = paragraphs.id
CROSS JOIN entities ON entities.paragraph_id = paragraphs.id
  AND entities.start BETWEEN claims.content_start AND claims.content_end - 1
  AND entities.cluster_number = clusters.number
WHERE clusters.entity_id = :entity AND claims.speaker_entity_id IS NOT :entity
ORDER BY cables.created, claims.id
