-- Verify shop:product_sizes on pg

BEGIN;

SELECT 1;

ROLLBACK;
