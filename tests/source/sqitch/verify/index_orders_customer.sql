-- Verify shop:index_orders_customer on pg

BEGIN;

SELECT 1;

ROLLBACK;
