-- Who speaks of it, in how many claims.
SELECT register.id, register.kind, register.name, speakers.number
FROM (SELECT claims.speaker_entity_id, count(DISTINCT claims.id) AS number
      FROM clusters
      CROSS JOIN paragraphs ON paragraphs.cable_id = clusters.cable_id
      CROSS JOIN claims ON claims.paragraph_id = paragraphs.id
      CROSS JOIN entities ON entities.paragraph_id = paragraphs.id
        AND entities.start BETWEEN claims.content_start AND claims.content_end - 1
        AND entities.cluster_number = clusters.number
      WHERE clusters.entity_id = :entity AND claims.speaker_entity_id <> :entity
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20) AS speakers
JOIN register ON register.id = speakers.speaker_entity_id
ORDER BY speakers.number DESC, register.name
