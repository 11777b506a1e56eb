CREATE TABLE "Order" ("Id" int PRIMARY KEY, "select" text);
INSERT INTO "Order" VALUES (1, 'x');
