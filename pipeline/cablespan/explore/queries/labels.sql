-- The scheme of labels of one's own, as labels.json has it.
SELECT value FROM meta WHERE key = 'labels'
