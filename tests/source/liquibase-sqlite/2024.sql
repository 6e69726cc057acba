--liquibase formatted sql

--changeset ada:3 endDelimiter://
--comment count sales
CREATE TABLE sales (
    sku TEXT NOT NULL REFERENCES products (sku),
    quantity INTEGER NOT NULL
)
//

CREATE INDEX sales_sku ON sales (sku)
//

CREATE TRIGGER sales_stock AFTER INSERT ON sales
BEGIN
    UPDATE products SET stock = stock - NEW.quantity WHERE sku = NEW.sku;
END;
//
--rollback DROP TRIGGER sales_stock;
--rollback DROP INDEX sales_sku;
--rollback DROP TABLE sales;
