-- Verify shop:open_orders on pg

BEGIN;

SELECT 1;

ROLLBACK;
