-- Revert shop:create_products from sqlite

BEGIN;

DROP TABLE products;

COMMIT;
