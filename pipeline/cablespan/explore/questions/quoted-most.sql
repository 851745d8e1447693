-- title: Who is quoted most on this subject, by year?
-- description: The ten who speak most in each year, by claims in paragraphs that hold some words.
-- about: Words that the paragraph holds, as in the search
WITH quoted AS (
  SELECT cables.year, claims.speaker_entity_id, count(*) AS claims
  FROM paragraphs_fts
  CROSS JOIN claims ON claims.paragraph_id = paragraphs_fts.rowid
  CROSS JOIN paragraphs ON paragraphs.id = claims.paragraph_id
  CROSS JOIN cables ON cables.id = paragraphs.cable_id
  WHERE paragraphs_fts MATCH fts(:about) AND claims.speaker_entity_id IS NOT NULL
  GROUP BY 1, 2
), ranked AS (
  SELECT quoted.*, row_number() OVER (PARTITION BY year ORDER BY claims DESC, speaker_entity_id)
    AS rank
  FROM quoted
)
SELECT ranked.year, ranked.rank, register.name AS speaker, ranked.claims, register.id AS entity_id
FROM ranked JOIN register ON register.id = ranked.speaker_entity_id
WHERE ranked.rank <= 10
ORDER BY ranked.year, ranked.rank
