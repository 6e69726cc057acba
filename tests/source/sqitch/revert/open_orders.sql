-- Revert shop:open_orders from pg

BEGIN;

DROP VIEW open_orders;

COMMIT;
