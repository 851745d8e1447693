-- The texts of paragraphs with signs around what a search found in them.
SELECT rowid AS id, highlight(paragraphs_fts, 0, :begin, :end) AS text
FROM paragraphs_fts
WHERE paragraphs_fts MATCH :words AND rowid IN (SELECT value FROM json_each(:ids))
