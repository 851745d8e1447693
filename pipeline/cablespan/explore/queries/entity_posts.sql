-- Which posts mention it, in how many cables.
SELECT cables.origin AS value, count(*) AS number
FROM clusters JOIN cables ON cables.id = clusters.cable_id
WHERE clusters.entity_id = :entity AND cables.origin IS NOT NULL
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
