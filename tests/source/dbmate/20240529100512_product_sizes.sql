-- migrate:up
-- Größe und Farbe, wie im Katalog: „XL“, 紺色 🦀
ALTER TABLE products ADD COLUMN size text;
COMMENT ON COLUMN products.size IS 'Größe; leer heißt: es gibt nur eine';
UPDATE products SET size = 'ø 9 cm' WHERE sku = 'MUG-01';

-- migrate:down
ALTER TABLE products DROP COLUMN size;
