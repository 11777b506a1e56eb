-- Names and values that need quotes.
CREATE TYPE "The Mood" AS ENUM ('it''s', 'back\slash');
CREATE TABLE users (id int PRIMARY KEY, feels "The Mood");
