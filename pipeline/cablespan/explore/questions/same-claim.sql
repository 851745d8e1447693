-- title: Where do two posts report the same claim?
-- description: Pairs of claims of one speaker from two posts, by the share of their words that they have in common (words of five letters and more); then the closest in time. The claims of 5,000 paragraphs that hold the words are compared.
-- about: Words that the paragraph holds, as in the search
WITH said AS MATERIALIZED (
  SELECT claims.id, claims.speaker_entity_id AS speaker, cables.origin, cables.created,
         cables.name AS cable, paragraphs.id AS paragraph_id,
         substr(paragraphs.text, claims.content_start + 1,
                claims.content_end - claims.content_start) AS content
  FROM (SELECT rowid FROM paragraphs_fts WHERE paragraphs_fts MATCH fts(:about) LIMIT 5000) AS found
  CROSS JOIN claims ON claims.paragraph_id = found.rowid
  CROSS JOIN paragraphs ON paragraphs.id = claims.paragraph_id
  CROSS JOIN cables ON cables.id = paragraphs.cable_id
  WHERE claims.speaker_entity_id IS NOT NULL AND cables.origin IS NOT NULL
), words AS MATERIALIZED (
  SELECT DISTINCT said.speaker, lower(trim(word.value, '.,;:()"')) AS word, said.id, said.origin
  FROM said, json_each('[' || replace(json_quote(said.content), ' ', '","') || ']') AS word
  WHERE length(trim(word.value, '.,;:()"')) > 4
), lengths AS MATERIALIZED (
  SELECT id, count(*) AS number FROM words GROUP BY 1
), pairs AS (
  SELECT one.id AS one, other.id AS other, count(*) AS shared
  FROM words AS one
  JOIN words AS other ON other.speaker = one.speaker AND other.word = one.word
    AND other.origin > one.origin
  GROUP BY 1, 2 HAVING count(*) >= 3
)
SELECT register.name AS speaker,
       round(1.0 * pairs.shared / (one.number + other.number - pairs.shared), 2) AS alike,
       first.created, first.origin, first.cable, first.paragraph_id, first.content,
       second.created AS created_2, second.origin AS origin_2, second.cable AS cable_2,
       second.paragraph_id AS paragraph_id_2, second.content AS content_2
FROM pairs
JOIN lengths AS one ON one.id = pairs.one
JOIN lengths AS other ON other.id = pairs.other
JOIN said AS first ON first.id = pairs.one
JOIN said AS second ON second.id = pairs.other
JOIN register ON register.id = first.speaker
ORDER BY alike DESC, abs(julianday(first.created) - julianday(second.created))
LIMIT 100
