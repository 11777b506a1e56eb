ALTER TABLE "Us ers" ADD UNIQUE NULLS NOT DISTINCT ("ma""il", tenant) INCLUDE (name) WITH (fillfactor = 70) USING INDEX TABLESPACE pg_default;
ALTER TABLE "Us ers" ADD UNIQUE (tenant) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "Us ers" RENAME COLUMN tenant TO "the tenant";
ALTER TABLE "Us ers" ADD COLUMN shout text;
UPDATE "Us ers" SET shout = upper("ma""il");
ALTER TABLE "Us ers" ADD UNIQUE (shout);
