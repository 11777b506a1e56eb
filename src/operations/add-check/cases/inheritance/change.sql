-- One for the table alone, one for its children, too.
ALTER TABLE things ADD CONSTRAINT things_size CHECK (size > 0) NO INHERIT;
ALTER TABLE things ADD CONSTRAINT things_id CHECK (id > 0);
