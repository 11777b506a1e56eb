-- A column whose type and default change together.
CREATE TABLE counters (id int PRIMARY KEY, hits int NOT NULL DEFAULT 0, label varchar(10) DEFAULT 'a');
INSERT INTO counters (id, hits) SELECT n, n FROM generate_series(1, 40) AS n;
