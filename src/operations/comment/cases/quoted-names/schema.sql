-- Names that need quotes, one with a percent sign.
CREATE TABLE "User 100%" ("The Name" text);
COMMENT ON TABLE "User 100%" IS 'is it?';
