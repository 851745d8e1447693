-- Cables by classification.
SELECT classification AS value, count(*) AS number
FROM cables WHERE classification IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10
