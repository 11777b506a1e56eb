-- Names that need quotes, and a word that is no keyword here.
CREATE TABLE "Sales Order" (id int PRIMARY KEY, "default" int DEFAULT 1, "Sum" numeric(10,2));
