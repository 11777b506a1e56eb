ALTER TABLE "Order" RENAME TO "user";
