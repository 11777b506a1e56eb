-- Accounts are read while others write.
BEGIN;
LOCK TABLE accounts IN ACCESS SHARE MODE;
COMMIT;
