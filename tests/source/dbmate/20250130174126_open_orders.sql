-- migrate:up
CREATE VIEW open_orders AS
    SELECT o.id, c.email, o.ordered_at
    FROM orders o
    JOIN customers c ON c.id = o.customer_id
    WHERE o.status = 'open';

-- migrate:down
DROP VIEW open_orders;
