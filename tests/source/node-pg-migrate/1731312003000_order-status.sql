-- Up Migration
ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'open';

ALTER TABLE orders
    ADD CONSTRAINT orders_status CHECK (status IN ('open', 'paid', 'sent'));

-- Down Migration
ALTER TABLE orders DROP CONSTRAINT orders_status;
ALTER TABLE orders DROP COLUMN status;
