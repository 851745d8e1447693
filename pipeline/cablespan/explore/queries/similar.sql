-- The cables with the paragraphs that fit some words best.
SELECT cables.name, cables.created, cables.origin, cables.subject
FROM (SELECT paragraphs.cable_id, min(best.rank) AS rank
      FROM (SELECT rowid, rank FROM paragraphs_fts
            WHERE paragraphs_fts MATCH :words ORDER BY rank LIMIT 300) AS best
      JOIN paragraphs ON paragraphs.id = best.rowid
      WHERE paragraphs.cable_id <> :cable
      GROUP BY 1 ORDER BY 2 LIMIT 10) AS nearest
JOIN cables ON cables.id = nearest.cable_id
ORDER BY nearest.rank
