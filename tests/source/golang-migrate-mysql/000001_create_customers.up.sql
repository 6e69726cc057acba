CREATE TABLE customers (
    id bigint AUTO_INCREMENT PRIMARY KEY,
    email varchar(200) NOT NULL UNIQUE,
    name varchar(200) NOT NULL
) DEFAULT CHARSET = utf8mb4;
