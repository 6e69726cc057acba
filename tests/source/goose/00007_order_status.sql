-- +goose Up
ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'open';

ALTER TABLE orders
    ADD CONSTRAINT orders_status CHECK (status IN ('open', 'paid', 'sent'));

-- +goose Down
ALTER TABLE orders DROP CONSTRAINT orders_status;
ALTER TABLE orders DROP COLUMN status;
