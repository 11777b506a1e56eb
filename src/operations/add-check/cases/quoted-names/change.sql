-- Names that need quotes, and text that looks like them.
ALTER TABLE "Or""ders" ADD CONSTRAINT "Pos itive" CHECK ("the price" > 0 /* "SELECT" */ AND "SELECT" <> 'the price' AND "Or""ders"." - " IS NULL -- end
);
