-- Cables by tag.
SELECT tag AS value, count(*) AS number FROM cable_tags GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 15
