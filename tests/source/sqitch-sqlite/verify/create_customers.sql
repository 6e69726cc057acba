-- Verify shop:create_customers on sqlite

BEGIN;

SELECT 1;

ROLLBACK;
