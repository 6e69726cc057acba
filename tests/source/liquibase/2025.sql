--liquibase formatted sql

--changeset ada:8
--comment open orders
CREATE VIEW open_orders AS
    SELECT o.id, c.email, o.ordered_at
    FROM orders o
    JOIN customers c ON c.id = o.customer_id
    WHERE o.status = 'open';
--rollback DROP VIEW open_orders;
