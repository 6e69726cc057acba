-- Deploy shop:create_customers to sqlite

BEGIN;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE
);

COMMIT;
