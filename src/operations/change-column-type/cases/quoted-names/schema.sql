CREATE TABLE "Order Lines" ("Id" uuid PRIMARY KEY, "Select" varchar(20) DEFAULT 'a''b', "ünï" int);
INSERT INTO "Order Lines" SELECT md5(i::text)::uuid, i::text, i FROM generate_series(1, 300) AS i;
CREATE INDEX "My Index" ON "Order Lines" ("Select" DESC NULLS LAST) INCLUDE ("ünï");
