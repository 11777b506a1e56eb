-- Every product gets a public id.
ALTER TABLE products ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
