CREATE TABLE a (x int, y text, v int, PRIMARY KEY (x, y));
CREATE TABLE b (v int PRIMARY KEY, name text);
CREATE TABLE c (x int, y text, name text, PRIMARY KEY (x, y));
INSERT INTO a SELECT i, 'y' || i, i % 10 FROM generate_series(1, 300) AS i;
INSERT INTO b SELECT i, 'b' || i FROM generate_series(1, 5) AS i;
