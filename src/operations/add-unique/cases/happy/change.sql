-- One account per address.
ALTER TABLE users ADD CONSTRAINT users_mail UNIQUE (mail);
