-- +goose Up
-- +goose StatementBegin
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
-- +goose StatementEnd

CREATE TRIGGER take_from_stock
    AFTER INSERT ON order_lines
    FOR EACH ROW EXECUTE FUNCTION take_from_stock();

-- +goose Down
DROP TRIGGER take_from_stock ON order_lines;
DROP FUNCTION take_from_stock();
