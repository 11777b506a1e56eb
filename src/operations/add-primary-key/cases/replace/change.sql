-- The key gets wider.
ALTER TABLE items DROP CONSTRAINT items_key, ADD CONSTRAINT items_key PRIMARY KEY (tenant, id);
