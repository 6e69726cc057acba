-- Verify shop:take_from_stock on pg

BEGIN;

SELECT 1;

ROLLBACK;
