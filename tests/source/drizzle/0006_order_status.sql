ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'open';
--> statement-breakpoint
ALTER TABLE orders
    ADD CONSTRAINT orders_status CHECK (status IN ('open', 'paid', 'sent'));
