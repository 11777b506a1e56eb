ALTER TABLE users SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE users RESET (autovacuum_enabled, toast.autovacuum_enabled);
ALTER TABLE users REPLICA IDENTITY FULL;
