-- One row an entry, of all kinds; `merges` are pairs of profiles that the model made one.
CREATE TABLE entries AS
WITH placed AS (
  SELECT e.id, m.* FROM mentions m JOIN members USING (n) JOIN ids e USING (entry)
), spelt AS (
  SELECT id, name, sum(count)::int AS count
  FROM (SELECT id, unnest(names, recursive := true) FROM placed) GROUP BY ALL
), spellings AS (
  SELECT id, list({'name': name, 'count': count} ORDER BY count DESC, name) AS names
  FROM spelt GROUP BY id
), held AS (
  SELECT id, office AS role, country, min(created) AS first, max(created) AS last,
    count(DISTINCT cable)::int AS cables
  FROM placed WHERE office IS NOT NULL GROUP BY ALL
), offices AS (
  SELECT id, list({'role': role, 'country': country, 'first': first, 'last': last,
    'cables': cables} ORDER BY first, role, country) AS roles
  FROM held GROUP BY id
), reasons AS (
  SELECT id, 'lexicon id' AS how, kb_id AS what, count(DISTINCT cable)::int AS cables,
    1.0 AS probability
  FROM placed WHERE kb_id IS NOT NULL GROUP BY ALL
  UNION ALL
  SELECT p.id, 'name and country', coalesce(nullif(array_to_string(words, ' '), ''), plain),
    count(DISTINCT cable)::int, NULL
  FROM placed p WHERE kb_id IS NULL GROUP BY p.id, 3
  UNION ALL
  SELECT e.id, 'model', l.called || ' ~ ' || r.called,
    (SELECT count(DISTINCT cable)::int FROM profile_of WHERE profile = g.r), g.probability
  FROM merges g JOIN members m ON m.n = g.l JOIN members o ON o.n = g.r AND o.entry = m.entry
  JOIN ids e ON e.entry = m.entry
  JOIN profiles l ON l.unique_id = g.l JOIN profiles r ON r.unique_id = g.r
  WHERE l.kb_id IS NULL OR r.kb_id IS NULL
  UNION ALL
  SELECT id, 'decision', what, NULL, NULL
  FROM decided JOIN members USING (n) JOIN ids USING (entry)
), given AS (
  SELECT id, arg_max(name, number) AS name
  FROM called JOIN members USING (n) JOIN ids USING (entry) GROUP BY id
), proofs AS (
  SELECT id, min(coalesce(probability, 1)) AS probability,
    list({'how': how, 'what': what, 'cables': cables, 'probability': round(probability, 4)}
      ORDER BY how, what, cables, probability) AS evidence
  FROM reasons GROUP BY id
), preferred AS (
  SELECT id, name FROM placed GROUP BY id, name
  QUALIFY row_number() OVER (
    PARTITION BY id ORDER BY max(coalesce(len(words), 0) > 1) DESC, count(*) DESC, name) = 1
)
SELECT id, any_value(p.kind) AS kind, coalesce(any_value(g.name), any_value(c.name)) AS name, any_value(s.names) AS names,
  coalesce(any_value(o.roles), []) AS roles,
  list_sort(list_distinct(list(home) FILTER (home IS NOT NULL))) AS countries,
  arg_min(cable, n) AS first_cable, arg_max(cable, n) AS last_cable,
  count(DISTINCT cable)::int AS cables, min(kb_id) AS kb_id, any_value(r.evidence) AS evidence,
  round(any_value(r.probability), 4) AS probability
FROM placed p JOIN spellings s USING (id) LEFT JOIN offices o USING (id) JOIN proofs r USING (id)
JOIN preferred c USING (id) LEFT JOIN given g USING (id)
GROUP BY id;
