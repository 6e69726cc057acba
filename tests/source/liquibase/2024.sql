--liquibase formatted sql

--changeset ada:5 splitStatements:false
--comment takes what is sold
CREATE FUNCTION take_from_stock() RETURNS trigger
LANGUAGE plpgsql AS $body$
BEGIN
    UPDATE products SET stock = stock - NEW.quantity WHERE sku = NEW.sku;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no product %; nothing was taken', NEW.sku;
    END IF;
    RETURN NEW;
END;
$body$;
--rollback DROP FUNCTION take_from_stock();

--changeset ada:5b
CREATE TRIGGER take_from_stock
    AFTER INSERT ON order_lines
    FOR EACH ROW EXECUTE FUNCTION take_from_stock();
/* liquibase rollback
DROP TRIGGER take_from_stock ON order_lines;
*/

--changeset ada:6 labels:catalog,sizes dbms:postgresql
--comment product sizes
-- Größe und Farbe, wie im Katalog: „XL“, 紺色 🦀
ALTER TABLE products ADD COLUMN size text;
COMMENT ON COLUMN products.size IS 'Größe; leer heißt: es gibt nur eine';
UPDATE products SET size = 'ø 9 cm' WHERE sku = 'MUG-01';
--rollback ALTER TABLE products DROP COLUMN size;

--changeset ada:7
--comment order status
ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'open';

ALTER TABLE orders
    ADD CONSTRAINT orders_status CHECK (status IN ('open', 'paid', 'sent'));
--rollback ALTER TABLE orders DROP CONSTRAINT orders_status;
--rollback ALTER TABLE orders DROP COLUMN status;
