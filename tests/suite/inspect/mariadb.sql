CREATE TABLE users (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(200) NOT NULL UNIQUE COMMENT 'where to # write',
  `full name` varchar(100) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'it''s',
  n decimal(10,2) NOT NULL DEFAULT -1.5,
  m enum('sad','so so','') DEFAULT 'sad',
  flags set('a','b'),
  data json,
  at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  boss bigint unsigned,
  twice decimal(11,2) GENERATED ALWAYS AS (n * 2) STORED,
  words text,
  CONSTRAINT no_x CHECK (email <> 'x'),
  CONSTRAINT fk_boss FOREIGN KEY (boss) REFERENCES users (id) ON DELETE SET NULL,
  KEY by_words (words(20)),
  FULLTEXT KEY in_words (words),
  KEY by_name (`full name`, email DESC)
) COMMENT 'who may log in: all of them
in two lines';
CREATE TABLE pairs (a int NOT NULL, b varchar(20) NOT NULL, c double, PRIMARY KEY (b, a), UNIQUE KEY both_one (a, c)) ROW_FORMAT=DYNAMIC;
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (year(at)) (PARTITION p0 VALUES LESS THAN (2024), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE VIEW named AS SELECT id, `full name` FROM users;
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW SET NEW.n = NEW.n + 1;
CREATE FUNCTION twice_of(n int) RETURNS int DETERMINISTIC RETURN n * 2;
