-- Ids that last: `previous` are the members of the register before (key, id), `renamed` its merged
-- ids (old_id, id). An id stays with the entry that most of its members are in; an entry keeps the
-- oldest of its ids, but first one that people merged others into (`chosen`); what has none yet is
-- named after the key of its first mention.
CREATE TABLE ids AS
WITH claims AS (
  SELECT m.entry, p.id, count(*) AS shared, min(n) AS first_member
  FROM members m JOIN mentions USING (n) JOIN previous p USING (key)
  WHERE starts_with(p.id, kind || '/') GROUP BY ALL
), held AS (
  FROM claims QUALIFY row_number() OVER (PARTITION BY id ORDER BY shared DESC, entry) = 1
), kept AS (
  FROM held QUALIFY row_number() OVER (
    PARTITION BY entry ORDER BY id IN (SELECT id FROM chosen) DESC, first_member) = 1
), given AS (
  SELECT id FROM previous UNION SELECT old_id FROM renamed
), free AS (
  SELECT n AS entry, kind || '/' || substr(sha256(key || repeat('+', tries)), 1, 16) AS id
  FROM mentions, range(9) AS attempt(tries)
  WHERE n IN (SELECT entry FROM members) AND n NOT IN (SELECT entry FROM kept)
    AND id NOT IN (SELECT id FROM given)
  QUALIFY row_number() OVER (PARTITION BY n ORDER BY tries) = 1
)
SELECT entry, id FROM kept UNION ALL SELECT entry, id FROM free;

CREATE TABLE merged_ids AS
WITH lost AS (
  SELECT p.id AS old_id, e.id, count(*) AS shared
  FROM previous p JOIN mentions USING (key) JOIN members USING (n) JOIN ids e USING (entry)
  WHERE p.id NOT IN (SELECT id FROM ids) GROUP BY p.id, e.id
  QUALIFY row_number() OVER (PARTITION BY old_id ORDER BY shared DESC, e.id) = 1
)
SELECT old_id, id FROM lost
UNION
SELECT r.old_id, coalesce(l.id, r.id) FROM renamed r LEFT JOIN lost l ON l.old_id = r.id
ORDER BY old_id;
