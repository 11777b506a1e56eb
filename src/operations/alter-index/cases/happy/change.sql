-- Room for updates, and better estimates.
ALTER INDEX by_name SET (fillfactor = 70, deduplicate_items = off);
ALTER INDEX by_name ALTER COLUMN 1 SET STATISTICS 500;
ALTER INDEX orders_pkey RESET (fillfactor);
