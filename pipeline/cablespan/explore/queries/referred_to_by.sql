-- The cables that refer to a cable, by date.
SELECT DISTINCT cables.name, cables.created, cables.origin, cables.subject
FROM cable_references JOIN cables ON cables.id = cable_references.cable_id
WHERE cable_references.target_id = :cable
ORDER BY cables.created LIMIT 100
