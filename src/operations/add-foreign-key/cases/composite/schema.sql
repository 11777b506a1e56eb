CREATE TABLE accounts (tenant int, id int, PRIMARY KEY (tenant, id));
CREATE TABLE payments (id int, tn int, a int, b int, UNIQUE (tn, id));
INSERT INTO accounts SELECT i % 3, i FROM generate_series(1, 60) AS i;
INSERT INTO payments SELECT i, i % 3, i, CASE WHEN i % 2 = 0 THEN i END FROM generate_series(1, 60) AS i;
