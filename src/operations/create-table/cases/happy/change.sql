-- Reviews of products.
CREATE TABLE reviews (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product bigint NOT NULL REFERENCES products (id), stars int CHECK (stars BETWEEN 1 AND 5));
CREATE INDEX reviews_product_idx ON reviews (product);
