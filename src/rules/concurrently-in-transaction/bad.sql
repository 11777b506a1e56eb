-- An index for the search by mail.
BEGIN;
CREATE INDEX CONCURRENTLY users_mail ON users (mail);
COMMIT;
