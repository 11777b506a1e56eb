CREATE TABLE "Über Users" ("Id" bigint PRIMARY KEY, "Full ""Name""" varchar(80) NOT NULL DEFAULT 'x y' CHECK (length("Full ""Name""") > 1), "order" int);
INSERT INTO "Über Users" SELECT i, 'f' || i || ' l' || i, i FROM generate_series(1, 300) AS i;
