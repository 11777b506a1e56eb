-- The usual pair: a default for the rows that are there, none for those to come.
CREATE TABLE "Users" (id int PRIMARY KEY, name text);
INSERT INTO "Users" SELECT n, 'n' || n FROM generate_series(1, 40) AS n;
