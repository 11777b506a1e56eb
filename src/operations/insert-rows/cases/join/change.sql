INSERT INTO c SELECT a.x, a.y, (SELECT max(b.name) FROM b WHERE b.v < a.v) FROM a LEFT JOIN b ON b.v = a.v;
INSERT INTO b VALUES (100, 'hundred'), (101, DEFAULT);
