-- Said, but not enforced.
ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers NOT ENFORCED;
