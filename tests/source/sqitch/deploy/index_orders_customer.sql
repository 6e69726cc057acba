-- Deploy shop:index_orders_customer to pg

CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
