-- A stored total, and a note.
-- shoofly:up price * qty
ALTER TABLE products ADD COLUMN total bigint NOT NULL DEFAULT 0;
ALTER TABLE products ADD COLUMN note text DEFAULT 'none' NOT NULL;
