-- A cable by its name.
SELECT * FROM cables WHERE name = :name
