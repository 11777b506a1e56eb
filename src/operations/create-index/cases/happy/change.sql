-- Search by name.
CREATE INDEX products_name_idx ON products (lower(name), price DESC) INCLUDE (qty) WHERE region IS NULL;
