-- What the old column has goes to the second one, as far as ALTER TYPE keeps it.
CREATE TABLE "Doc" (id int PRIMARY KEY, "Kind" varchar(20), note text);
ALTER TABLE "Doc" ALTER "Kind" SET STATISTICS 50, ALTER "Kind" SET (n_distinct = 12), ALTER "Kind" SET STORAGE EXTERNAL,
  ALTER "Kind" SET COMPRESSION pglz, ALTER note SET STORAGE EXTERNAL, ALTER note SET STATISTICS 20;
COMMENT ON COLUMN "Doc"."Kind" IS 'what it is';
GRANT SELECT ("Kind"), UPDATE ("Kind") ON "Doc" TO PUBLIC;
INSERT INTO "Doc" SELECT n, 'k', 'n' FROM generate_series(1, 30) AS n;
