-- Claims in the order of :ids (a JSON list), in words.
SELECT sayings.speaker, sayings.speaker_entity_id, sayings.certainty, sayings.content,
       sayings.paragraph_id, sayings.cable, sayings.created, sayings.number, paragraphs.position
FROM json_each(:ids) AS wanted
CROSS JOIN sayings ON sayings.id = wanted.value
CROSS JOIN paragraphs ON paragraphs.id = sayings.paragraph_id
ORDER BY wanted.key
