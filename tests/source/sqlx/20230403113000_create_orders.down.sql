-- Add down migration script here
DROP TABLE order_lines;
DROP TABLE orders;
