-- Revert shop:create_orders from pg

BEGIN;

DROP TABLE order_lines;
DROP TABLE orders;

COMMIT;
