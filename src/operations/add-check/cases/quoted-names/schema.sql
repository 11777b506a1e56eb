CREATE TABLE "Or""ders" ("Id" int PRIMARY KEY, "the price" int, "SELECT" text, " - " text);
INSERT INTO "Or""ders" SELECT i, i, 'x' FROM generate_series(1, 200) AS i;
