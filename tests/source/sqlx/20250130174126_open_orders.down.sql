-- Add down migration script here
DROP VIEW open_orders;
