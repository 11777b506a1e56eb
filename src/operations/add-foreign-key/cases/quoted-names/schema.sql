CREATE TABLE "Cu stomers" ("I""d" int PRIMARY KEY);
CREATE TABLE "Or ders" (id int PRIMARY KEY, "cu""st" int);
INSERT INTO "Cu stomers" SELECT i FROM generate_series(1, 50) AS i;
INSERT INTO "Or ders" SELECT i, i % 50 + 1 FROM generate_series(1, 500) AS i;
