-- Two values, beside a rename of the column.
ALTER TYPE public."The Mood" RENAME VALUE 'it''s' TO 'it is';
ALTER TYPE "The Mood" RENAME VALUE 'back\slash' TO 'slash';
ALTER TABLE users RENAME COLUMN feels TO feeling;
