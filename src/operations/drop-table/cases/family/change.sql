DROP TABLE IF EXISTS children, parents, nothing;
