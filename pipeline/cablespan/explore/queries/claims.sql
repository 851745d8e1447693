-- The claims of paragraphs: who says what.
SELECT paragraph_id, source_start, source_end, cue_start, cue_end, content_start, content_end,
       speaker, speaker_entity_id, certainty
FROM claims
WHERE paragraph_id IN (SELECT value FROM json_each(:ids))
ORDER BY paragraph_id, content_start
