-- Orders begin as drafts.
ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'draft';
ALTER TABLE orders ALTER note SET DEFAULT 'none';
