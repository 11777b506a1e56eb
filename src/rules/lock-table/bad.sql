-- Nobody writes accounts meanwhile.
BEGIN;
LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE;
COMMIT;
