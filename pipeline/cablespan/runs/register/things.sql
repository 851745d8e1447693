-- Bodies and places: a lexicon id decides; a name without one is what the same name is linked to in
-- the cables of that country, where that is one thing, else a thing of its own in that country.
-- What fits many ("Commission"), or comes from nobody knows where, stays in its cable.
CREATE TABLE members AS
WITH linked AS (
  SELECT kind, plain, home, min(kb_id) AS kb_id
  FROM mentions WHERE kb_id IS NOT NULL AND kind <> 'people' AND NOT common
  GROUP BY ALL HAVING count(DISTINCT kb_id) = 1
), keyed AS (
  SELECT m.n, m.kind,
    CASE
      WHEN m.kb_id IS NOT NULL THEN m.kb_id
      WHEN m.common OR m.plain = '' OR m.home IS NULL THEN 'in ' || m.key
      WHEN l.kb_id IS NOT NULL THEN l.kb_id
      ELSE m.plain || ' in ' || m.home
    END AS thing
  FROM mentions m LEFT JOIN linked l USING (kind, plain, home) WHERE m.kind <> 'people'
)
SELECT n, min(n) OVER (PARTITION BY kind, thing) AS entry FROM keyed
UNION ALL
SELECT n, coalesce(e.entry, p.profile)
FROM profile_of p LEFT JOIN entry_of e ON e.profile = p.profile;
