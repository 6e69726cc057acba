-- Revert shop:product_sizes from pg

BEGIN;

ALTER TABLE products DROP COLUMN size;

COMMIT;
