--liquibase formatted sql

--changeset ada:1 context:shop
--comment create customers
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
--rollback DROP TABLE customers;

--changeset ada:2
--comment create products
CREATE TABLE products (
    sku text PRIMARY KEY,
    title text NOT NULL,
    price numeric(10, 2) NOT NULL CHECK (price >= 0),
    stock integer NOT NULL DEFAULT 0
);

INSERT INTO products (sku, title, price, stock) VALUES
    ('TEA-01', 'Green tea; loose', 4.50, 120),
    ('MUG-01', 'Mug -- white', 8.00, 40);
--rollback DROP TABLE products;

--changeset ada:3
--comment create orders
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    ordered_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_lines (
    order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    sku text NOT NULL REFERENCES products (sku),
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, sku)
);
--rollback DROP TABLE order_lines;
--rollback DROP TABLE orders;

--changeset ada:4 runInTransaction:false
--comment index orders customer
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
--rollback DROP INDEX CONCURRENTLY orders_customer;
