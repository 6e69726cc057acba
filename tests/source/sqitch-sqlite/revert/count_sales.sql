-- Revert shop:count_sales from sqlite

BEGIN;

DROP TRIGGER sales_stock;
DROP INDEX sales_sku;
DROP TABLE sales;

COMMIT;
