-- +goose Up
CREATE TABLE sales (
    sku TEXT NOT NULL REFERENCES products (sku),
    quantity INTEGER NOT NULL
);

CREATE INDEX sales_sku ON sales (sku);

-- +goose StatementBegin
CREATE TRIGGER sales_stock AFTER INSERT ON sales
BEGIN
    UPDATE products SET stock = stock - NEW.quantity WHERE sku = NEW.sku;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER sales_stock;
DROP INDEX sales_sku;
DROP TABLE sales;
