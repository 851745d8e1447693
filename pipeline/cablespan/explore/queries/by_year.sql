-- Cables by year.
SELECT year AS value, count(*) AS number FROM cables WHERE year IS NOT NULL GROUP BY 1 ORDER BY 1
