DROP VIEW open_orders;
ALTER TABLE orders DROP CONSTRAINT orders_status;
ALTER TABLE orders DROP COLUMN status;
