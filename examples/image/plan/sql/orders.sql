CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer varchar(200) NOT NULL,
  total bigint NOT NULL
);
