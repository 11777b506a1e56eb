-- Names that need quotes.
CREATE TYPE "The Mood" AS ENUM ('it''s');
CREATE TABLE users (id int PRIMARY KEY, feels "The Mood");
