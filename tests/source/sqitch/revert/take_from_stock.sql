-- Revert shop:take_from_stock from pg

BEGIN;

DROP TRIGGER take_from_stock ON order_lines;
DROP FUNCTION take_from_stock();

COMMIT;
