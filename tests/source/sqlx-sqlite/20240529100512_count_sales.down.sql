-- Add down migration script here
DROP TRIGGER sales_stock;
DROP INDEX sales_sku;
DROP TABLE sales;
