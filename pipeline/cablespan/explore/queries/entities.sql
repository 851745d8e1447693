-- The entities of paragraphs, each with the name of what it is.
SELECT entities.paragraph_id, entities.start, entities."end", entities.label, entities.entity_id,
       entities.score, entities.value, clusters.name
FROM json_each(:ids) AS wanted
CROSS JOIN paragraphs ON paragraphs.id = wanted.value
CROSS JOIN entities ON entities.paragraph_id = paragraphs.id
LEFT JOIN clusters ON clusters.cable_id = paragraphs.cable_id
  AND clusters.number = entities.cluster_number
ORDER BY entities.paragraph_id, entities.start
