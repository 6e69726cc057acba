CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'so so', '');
CREATE DOMAIN app.mail AS text DEFAULT '' NOT NULL CHECK (VALUE <> 'x');
CREATE SEQUENCE numbers START -5 INCREMENT 2 MINVALUE -10 MAXVALUE 100 CYCLE;
CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY (START 10) PRIMARY KEY,
  old serial,
  email varchar(200) NOT NULL UNIQUE,
  "full name" text COLLATE "C" DEFAULT 'it''s',
  n numeric(10,2) NOT NULL DEFAULT -1.5,
  m mood DEFAULT 'sad',
  tags text[],
  at timestamptz(3) DEFAULT now(),
  boss bigint REFERENCES users ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  upper_name text GENERATED ALWAYS AS (upper("full name")) STORED,
  CONSTRAINT no_x CHECK (email <> 'x'),
  CHECK (n < 100)
);
COMMENT ON TABLE users IS 'who may log in: all of them
in two lines';
COMMENT ON COLUMN users.email IS 'where to # write';
CREATE TABLE app.pairs (a int NOT NULL, b text NOT NULL, c app.mail, PRIMARY KEY (b, a), CONSTRAINT both_one UNIQUE (a, c), during tsrange, EXCLUDE USING gist (during WITH &&));
CREATE INDEX by_name ON users ("full name" DESC NULLS LAST, lower(email) text_pattern_ops) WHERE boss IS NOT NULL;
CREATE INDEX by_tags ON users USING gin (tags) WITH (fastupdate = off);
CREATE UNIQUE INDEX with_more ON users (n) INCLUDE (m, at);
CREATE TABLE log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE VIEW named WITH (security_barrier) AS SELECT id, "full name" FROM users;
CREATE MATERIALIZED VIEW counts AS SELECT count(*) AS n FROM users;
CREATE UNIQUE INDEX one_count ON counts (n);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.at := now();  -- 'quoted'
  RETURN NEW;
END
$$;
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION app.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
