-- Revert shop:index_orders_customer from pg

DROP INDEX CONCURRENTLY orders_customer;
