-- First the index, then the constraint, as careful authors write it; the table gets another name.
CREATE UNIQUE INDEX CONCURRENTLY users_mail ON users (mail);
ALTER TABLE users ADD CONSTRAINT one_mail UNIQUE USING INDEX users_mail;
CREATE UNIQUE INDEX CONCURRENTLY users_id ON users (id);
ALTER TABLE users ADD PRIMARY KEY USING INDEX users_id;
ALTER TABLE users RENAME TO people;
