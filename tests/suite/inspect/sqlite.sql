CREATE TABLE users (
  id integer PRIMARY KEY AUTOINCREMENT,
  email varchar(200) NOT NULL COLLATE NOCASE UNIQUE,
  "full name" text DEFAULT 'it''s',
  n numeric(10,2) NOT NULL DEFAULT -1.5,
  boss integer REFERENCES users (id) ON DELETE SET NULL,
  upper_name text GENERATED ALWAYS AS (upper("full name")) VIRTUAL,
  CHECK (email <> '')
);
CREATE TABLE pairs (a int NOT NULL, b text NOT NULL, c real, PRIMARY KEY (b, a), CONSTRAINT both_one UNIQUE (a, c)) STRICT, WITHOUT ROWID;
CREATE INDEX by_name ON users ("full name" DESC, lower(email)) WHERE boss IS NOT NULL;
CREATE VIEW named AS SELECT id, "full name" FROM users;
CREATE TRIGGER touched AFTER UPDATE ON users BEGIN
  SELECT 1;
  SELECT 'a;b';
END;
