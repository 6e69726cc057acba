-- Verify shop:create_products on sqlite

BEGIN;

SELECT 1;

ROLLBACK;
