-- How often it is mentioned, by year.
SELECT cables.year AS value, sum(clusters.mentions) AS number
FROM clusters JOIN cables ON cables.id = clusters.cable_id
WHERE clusters.entity_id = :entity AND cables.year IS NOT NULL
GROUP BY 1 ORDER BY 1
