-- Several columns, every clause, and a table that points to itself.
ALTER TABLE payments ADD FOREIGN KEY (tn, a) REFERENCES accounts ON UPDATE CASCADE ON DELETE SET NULL (a) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE payments ADD FOREIGN KEY (tn, a) REFERENCES accounts (tenant, id) MATCH FULL ON DELETE RESTRICT DEFERRABLE;
ALTER TABLE payments ADD CONSTRAINT previous FOREIGN KEY (tn, b) REFERENCES payments (tn, id) ON DELETE SET DEFAULT;
