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

CREATE TRIGGER take_from_stock
    AFTER INSERT ON order_lines
    FOR EACH ROW EXECUTE FUNCTION take_from_stock();
