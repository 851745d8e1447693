-- What a cable refers to; target says whether the collection has it.
SELECT cable_references.name, cable_references.kind, cable_references.text, cable_references.letter,
       cables.name AS target, cables.created, cables.origin, cables.subject
FROM cable_references LEFT JOIN cables ON cables.id = cable_references.target_id
WHERE cable_references.cable_id = :cable
ORDER BY cable_references.id
