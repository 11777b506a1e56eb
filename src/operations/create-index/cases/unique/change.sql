-- Names are unique.
CREATE UNIQUE INDEX ON products (name);
