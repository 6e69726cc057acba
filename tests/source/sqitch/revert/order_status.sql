-- Revert shop:order_status from pg

BEGIN;

ALTER TABLE orders DROP CONSTRAINT orders_status;
ALTER TABLE orders DROP COLUMN status;

COMMIT;
