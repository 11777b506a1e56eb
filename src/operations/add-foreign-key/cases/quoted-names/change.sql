-- Names that need quotes.
ALTER TABLE "Or ders" ADD FOREIGN KEY ("cu""st") REFERENCES "Cu stomers" ("I""d");
