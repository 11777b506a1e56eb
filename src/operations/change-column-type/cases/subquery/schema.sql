CREATE TABLE regions (code text PRIMARY KEY, id int NOT NULL UNIQUE);
INSERT INTO regions VALUES ('eu', 1), ('us', 2);
CREATE TABLE shops (id int PRIMARY KEY, region text);
INSERT INTO shops SELECT i, CASE WHEN i % 2 = 0 THEN 'eu' ELSE 'us' END FROM generate_series(1, 200) AS i;
