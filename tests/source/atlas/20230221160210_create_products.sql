CREATE TABLE products (
    sku text PRIMARY KEY,
    title text NOT NULL,
    price numeric(10, 2) NOT NULL CHECK (price >= 0),
    stock integer NOT NULL DEFAULT 0
);

INSERT INTO products (sku, title, price, stock) VALUES
    ('TEA-01', 'Green tea; loose', 4.50, 120),
    ('MUG-01', 'Mug -- white', 8.00, 40);
