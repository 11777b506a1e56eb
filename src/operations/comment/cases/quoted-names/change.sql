-- Comments that look like code.
COMMENT ON TABLE "User 100%" IS 'IS "NULL"; %L $1';
COMMENT ON COLUMN public."User 100%"."The Name" IS E'two\nlines';
