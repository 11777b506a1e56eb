-- Names that need quotes, in the schema by name.
CREATE TYPE public."The Mood" AS ENUM ('it''s', '"x"');
CREATE DOMAIN public."Short Text" AS varchar(10);
