-- Add up migration script here
ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'open';

ALTER TABLE orders
    ADD CONSTRAINT orders_status CHECK (status IN ('open', 'paid', 'sent'));
