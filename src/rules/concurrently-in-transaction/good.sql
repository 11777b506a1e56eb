-- An index for the search by mail.
CREATE INDEX CONCURRENTLY users_mail ON users (mail);
