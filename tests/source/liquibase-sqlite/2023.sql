--liquibase formatted sql

--changeset ada:1 context:shop
--comment create customers
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE
);
--rollback DROP TABLE customers;

--changeset ada:2
--comment create products
CREATE TABLE products (
    sku TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    stock INTEGER NOT NULL DEFAULT 0
);

INSERT INTO products (sku, title, stock) VALUES ('TEA-01', 'Grüner Tee; lose', 120);
--rollback DROP TABLE products;
