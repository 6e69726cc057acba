INSERT INTO customers (email, name) VALUES ('a@example.com', 'Größe; 紺色 🦀');
UPDATE customers SET name = CONCAT(name, ' -- no comment');
