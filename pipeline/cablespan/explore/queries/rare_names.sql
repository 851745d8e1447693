-- The names in a cable that fewest other cables have: what it is about.
SELECT clusters.name
FROM clusters JOIN register ON register.id = clusters.entity_id
WHERE clusters.cable_id = :cable AND register.cables > 1
ORDER BY register.cables, clusters.mentions DESC, clusters.number
LIMIT 15
