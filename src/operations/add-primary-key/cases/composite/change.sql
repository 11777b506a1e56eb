-- Two columns; the author's own index; a foreign key to the new key; enforced at once.
ALTER TABLE visits ADD CONSTRAINT "visits key" PRIMARY KEY ("user", at) INCLUDE (note) DEFERRABLE;
-- shoofly:enforce now
ALTER TABLE notes ADD CONSTRAINT notes_key PRIMARY KEY USING INDEX notes_id;
ALTER TABLE visits ADD FOREIGN KEY ("user") REFERENCES notes;
