-- The TAGS of a cable.
SELECT tag FROM cable_tags WHERE cable_id = :cable ORDER BY tag
