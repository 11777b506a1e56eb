-- Balances outgrow int.
ALTER TABLE accounts ALTER COLUMN abalance TYPE bigint;
