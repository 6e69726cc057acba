-- Verify shop:count_sales on sqlite

BEGIN;

SELECT 1;

ROLLBACK;
