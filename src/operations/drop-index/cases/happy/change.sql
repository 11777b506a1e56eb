-- Nobody searches by region.
DROP INDEX products_region_idx;
