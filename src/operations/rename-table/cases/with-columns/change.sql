ALTER TABLE products RENAME TO articles;
-- shoofly:down (price * 100)::int
ALTER TABLE articles ALTER COLUMN price TYPE numeric(10,2) USING price / 100.0;
ALTER TABLE articles RENAME COLUMN name TO title;
-- shoofly:down 'none'
ALTER TABLE articles DROP COLUMN old;
ALTER TABLE articles ADD COLUMN note text;
