-- The server's own names: one column in it, several, and a name that is taken.
ALTER TABLE orders ADD CHECK (price > 0), ADD CHECK (price >= qty), ADD CHECK (price < 100000);
