-- Statistics of orders are taken anew.
ANALYZE orders;
