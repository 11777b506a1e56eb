-- Every kind of index that people write.
CREATE INDEX ON "Art icles" (lower(title), (price * 2), upper("sel ect")) WHERE price > 10 AND title <> 'ON';
CREATE INDEX IF NOT EXISTS articles_title ON "Art icles" USING btree (title COLLATE "C" text_pattern_ops DESC NULLS LAST) INCLUDE (price, "sel ect") WITH (fillfactor = 70);
CREATE INDEX ON "Art icles" USING gin (body);
CREATE INDEX ON "Art icles" USING hash (id);
CREATE INDEX ON ONLY "Art icles" USING brin (id) WITH (pages_per_range = 16) TABLESPACE pg_default;
CREATE UNIQUE INDEX ON "Art icles" (title, price) NULLS NOT DISTINCT;
-- shoofly:enforce now
CREATE UNIQUE INDEX early ON "Art icles" (lower(title)) WHERE price > 0;
ALTER TABLE "Art icles" RENAME COLUMN price TO cost;
ALTER TABLE "Art icles" ALTER COLUMN "sel ect" TYPE varchar(20);
