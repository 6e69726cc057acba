CREATE TABLE products (
    sku TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    stock INTEGER NOT NULL DEFAULT 0
);

INSERT INTO products (sku, title, stock) VALUES ('TEA-01', 'Grüner Tee; lose', 120);
