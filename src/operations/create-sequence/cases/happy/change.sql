-- The default follows the sequence.
CREATE SEQUENCE "Order Numbers" AS bigint START WITH 1000 OWNED BY orders."Number";
ALTER TABLE orders ALTER COLUMN "Number" SET DEFAULT nextval('"Order Numbers"');
