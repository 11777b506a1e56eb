-- Orders get a table.
CREATE TABLE "Orders" (id bigint PRIMARY KEY);
