REINDEX INDEX users_name_idx;
REINDEX TABLE users;
