-- Up Migration
CREATE INDEX orders_customer ON orders (customer_id);

-- Down Migration
DROP INDEX orders_customer;
