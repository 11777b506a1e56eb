-- One of each kind.
COMMENT ON TABLE users IS 'people who''ve signed up';
COMMENT ON COLUMN users.name IS 'full name';
COMMENT ON COLUMN users.id IS 'number';
COMMENT ON COLUMN names.name IS 'name in the view';
COMMENT ON CONSTRAINT named ON users IS 'nobody is nameless';
COMMENT ON INDEX users_name IS 'look-up';
COMMENT ON FUNCTION public.greet(text, int[]) IS NULL;
COMMENT ON TYPE mood IS 'how one feels';
COMMENT ON DOMAIN short IS 'little text';
COMMENT ON CONSTRAINT fits ON DOMAIN short IS 'ten at most';
COMMENT ON VIEW names IS 'a list';
COMMENT ON SCHEMA public IS 'is it?';
