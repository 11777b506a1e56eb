CREATE TABLE accounts (aid int NOT NULL PRIMARY KEY, bid int, abalance int, filler char(84)) WITH (fillfactor = 90);
INSERT INTO accounts SELECT i, i % 5, i * 3, '' FROM generate_series(1, 500) AS i;
