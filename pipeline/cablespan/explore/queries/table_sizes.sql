-- The rows of tables, as ANALYZE counted them when the file was built: counting takes seconds.
SELECT tbl AS name, max(CAST(stat AS INTEGER)) AS number
FROM sqlite_stat1
WHERE tbl IN ('cables', 'paragraphs', 'entities', 'statements', 'claims', 'people', 'bodies', 'places')
GROUP BY 1
