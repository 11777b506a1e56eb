CREATE TABLE "Art icles" (id int PRIMARY KEY, title text, body tsvector, tags int[], price numeric, "sel ect" text);
INSERT INTO "Art icles" SELECT i, 't' || i, to_tsvector('simple', 'b' || i), ARRAY[i], i, 's' FROM generate_series(1, 200) AS i;
