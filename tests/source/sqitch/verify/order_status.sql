-- Verify shop:order_status on pg

BEGIN;

SELECT 1;

ROLLBACK;
