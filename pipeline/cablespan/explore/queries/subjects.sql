-- Cables with a subject that a search fits.
SELECT cables.id, cables.name, cables.origin, cables.created, cables.subject
FROM cables_fts JOIN cables ON cables.id = cables_fts.rowid
WHERE cables_fts MATCH :words
ORDER BY cables_fts.rank LIMIT 5
