-- Who and what stands in the same paragraphs.
WITH own AS (
  SELECT DISTINCT entities.paragraph_id
  FROM clusters
  CROSS JOIN paragraphs ON paragraphs.cable_id = clusters.cable_id
  CROSS JOIN entities ON entities.paragraph_id = paragraphs.id
    AND entities.cluster_number = clusters.number
  WHERE clusters.entity_id = :entity
)
SELECT register.id, register.kind, register.name, company.number
FROM (SELECT others.entity_id, count(DISTINCT own.paragraph_id) AS number
      FROM own CROSS JOIN entities AS others ON others.paragraph_id = own.paragraph_id
      WHERE others.entity_id IS NOT NULL AND others.entity_id <> :entity
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20) AS company
JOIN register ON register.id = company.entity_id
ORDER BY company.number DESC, register.name
