CREATE TABLE "Us ers" (id int PRIMARY KEY, "ma""il" text, tenant int, name text, old text);
INSERT INTO "Us ers" SELECT i, nullif('m' || i, 'm7'), i, 'n' || i, 'o' || i FROM generate_series(1, 200) AS i;
