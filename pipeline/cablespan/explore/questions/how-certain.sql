-- title: How certain is what is said of this person, body or place?
-- description: Claims that name it in what is said, by year, and how far their sources stand behind them.
-- about: A name or a part of one
WITH what AS (
  SELECT id, name FROM register
  WHERE :about <> '' AND names LIKE '%' || :about || '%'
  ORDER BY mentions DESC LIMIT 1
), said AS (
  SELECT DISTINCT what.name, claims.id, claims.certainty, cables.year
  FROM what
  CROSS JOIN clusters ON clusters.entity_id = what.id
  CROSS JOIN cables ON cables.id = clusters.cable_id
  CROSS JOIN paragraphs ON paragraphs.cable_id = cables.id
  CROSS JOIN claims ON claims.paragraph_id = paragraphs.id
  CROSS JOIN entities ON entities.paragraph_id = paragraphs.id
    AND entities.start BETWEEN claims.content_start AND claims.content_end - 1
    AND entities.cluster_number = clusters.number
)
SELECT name, year, count(*) AS claims,
       count(*) FILTER (WHERE certainty = 'asserted') AS asserted,
       count(*) FILTER (WHERE certainty = 'hedged') AS hedged,
       count(*) FILTER (WHERE certainty = 'denied') AS denied,
       count(*) FILTER (WHERE certainty = 'asked') AS asked
FROM said GROUP BY 1, 2 ORDER BY 2
