DROP TRIGGER take_from_stock ON order_lines;
DROP FUNCTION take_from_stock();
