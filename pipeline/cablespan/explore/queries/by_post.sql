-- Cables by post, with its place, or that of its country.
SELECT sent.origin AS value, sent.number, coalesce(posts.latitude, places.latitude) AS latitude,
       coalesce(posts.longitude, places.longitude) AS longitude
FROM (SELECT origin, count(*) AS number FROM cables WHERE origin IS NOT NULL GROUP BY 1) AS sent
LEFT JOIN posts ON posts.name = sent.origin
LEFT JOIN (SELECT kb_id, latitude, longitude FROM places WHERE kb_id LIKE 'iso:%') AS places
  ON places.kb_id = 'iso:' || posts.country
ORDER BY 2 DESC, 1
