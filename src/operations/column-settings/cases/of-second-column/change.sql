-- Settings meet a type change, a second column of the same type and a new column.
ALTER TABLE "Doc" ALTER COLUMN "Kind" SET STATISTICS 60;
-- shoofly:down "Kind"
ALTER TABLE "Doc" ALTER COLUMN "Kind" TYPE char(20) USING "Kind";
-- shoofly:up coalesce(note, '')
ALTER TABLE "Doc" ALTER COLUMN note SET NOT NULL;
ALTER TABLE "Doc" ADD COLUMN body text;
ALTER TABLE "Doc" ALTER COLUMN body SET STORAGE MAIN;
ALTER TABLE "Doc" RENAME COLUMN body TO "Body";
