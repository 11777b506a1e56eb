-- Notes on products.
ALTER TABLE products ADD COLUMN note text;
ALTER TABLE products ADD COLUMN stock int NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS kind varchar(10) COLLATE "C" DEFAULT 'plain';
