CREATE TABLE t (
  id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
  a int, b bigint, s smallint, u int unsigned, n decimal(10,2), f double, r float, flag tinyint(1), other boolean,
  v varchar(20), c char(5), x text, bin varbinary(20), d date, ts datetime, tz timestamp NULL, tm time, y year,
  e enum('a','b'), st set('a','b'), j json, `order` int, `a b` int, `Name` varchar(20), start_at date, end_at date, bt bit(8)
) DEFAULT CHARSET utf8mb4
