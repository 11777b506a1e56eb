-- Copies of the added rows would stay after a rollback and then be in the way.
SELECT x, y, name FROM c ORDER BY x LIMIT 20
UPDATE c SET name = name WHERE x = (random() * 300)::int
UPDATE a SET v = v WHERE x = (random() * 300)::int
SELECT v, name FROM b
