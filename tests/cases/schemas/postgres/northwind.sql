-- Orders of a trader, as the Northwind sample has it for PostgreSQL.
CREATE TABLE categories (category_id smallint NOT NULL, category_name character varying(15) NOT NULL, description text, picture bytea);
CREATE TABLE customer_customer_demo (customer_id bpchar NOT NULL, customer_type_id bpchar NOT NULL);
CREATE TABLE customer_demographics (customer_type_id bpchar NOT NULL, customer_desc text);
CREATE TABLE customers (customer_id bpchar NOT NULL, company_name character varying(40) NOT NULL, city character varying(15), fax character varying(24));
CREATE TABLE employees (
    employee_id smallint NOT NULL, last_name character varying(20) NOT NULL, birth_date date, extension character varying(4),
    photo bytea, notes text, reports_to smallint, photo_path character varying(255));
CREATE TABLE order_details (order_id smallint NOT NULL, product_id smallint NOT NULL, unit_price real NOT NULL, quantity smallint NOT NULL, discount real NOT NULL);
CREATE TABLE orders (
    order_id smallint NOT NULL, customer_id bpchar, employee_id smallint, order_date date, freight real, ship_name character varying(40));
CREATE TABLE products (product_id smallint NOT NULL, product_name character varying(40) NOT NULL, category_id smallint, unit_price real, discontinued integer NOT NULL);
CREATE TABLE region (region_id smallint NOT NULL, region_description bpchar NOT NULL);
CREATE TABLE territories (territory_id character varying(20) NOT NULL, territory_description bpchar NOT NULL, region_id smallint NOT NULL);
CREATE TABLE employee_territories (employee_id smallint NOT NULL, territory_id character varying(20) NOT NULL);
ALTER TABLE ONLY categories ADD CONSTRAINT pk_categories PRIMARY KEY (category_id);
ALTER TABLE ONLY customer_customer_demo ADD CONSTRAINT pk_customer_customer_demo PRIMARY KEY (customer_id, customer_type_id);
ALTER TABLE ONLY customer_demographics ADD CONSTRAINT pk_customer_demographics PRIMARY KEY (customer_type_id);
ALTER TABLE ONLY customers ADD CONSTRAINT pk_customers PRIMARY KEY (customer_id);
ALTER TABLE ONLY employees ADD CONSTRAINT pk_employees PRIMARY KEY (employee_id);
ALTER TABLE ONLY employee_territories ADD CONSTRAINT pk_employee_territories PRIMARY KEY (employee_id, territory_id);
ALTER TABLE ONLY order_details ADD CONSTRAINT pk_order_details PRIMARY KEY (order_id, product_id);
ALTER TABLE ONLY orders ADD CONSTRAINT pk_orders PRIMARY KEY (order_id);
ALTER TABLE ONLY products ADD CONSTRAINT pk_products PRIMARY KEY (product_id);
ALTER TABLE ONLY region ADD CONSTRAINT pk_region PRIMARY KEY (region_id);
ALTER TABLE ONLY territories ADD CONSTRAINT pk_territories PRIMARY KEY (territory_id);
ALTER TABLE ONLY orders ADD CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE ONLY orders ADD CONSTRAINT fk_orders_employees FOREIGN KEY (employee_id) REFERENCES employees;
ALTER TABLE ONLY order_details ADD CONSTRAINT fk_order_details_products FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE ONLY order_details ADD CONSTRAINT fk_order_details_orders FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE ONLY products ADD CONSTRAINT fk_products_categories FOREIGN KEY (category_id) REFERENCES categories;
ALTER TABLE ONLY territories ADD CONSTRAINT fk_territories_region FOREIGN KEY (region_id) REFERENCES region;
ALTER TABLE ONLY employee_territories ADD CONSTRAINT fk_employee_territories_territories FOREIGN KEY (territory_id) REFERENCES territories;
ALTER TABLE ONLY employees ADD CONSTRAINT fk_employees_employees FOREIGN KEY (reports_to) REFERENCES employees;
