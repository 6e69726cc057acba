CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN word AS varchar(20);
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE SCHEMA other;
CREATE FUNCTION other.fn(n text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT n';
CREATE SEQUENCE numbers;
CREATE TABLE t (
  id bigint, a int, b bigint, s smallint, n numeric(10,2), m numeric, f double precision, r real,
  v varchar(20), w varchar, c char(5), x text, flag boolean, other boolean,
  d date, ts timestamp, tz timestamptz, tm time, iv interval, j json, jb jsonb, u uuid,
  e mood, arr int[], tarr text[], varr varchar(9)[], bin bytea, ip inet, dom word, rng int4range,
  tsv tsvector, bits varbit, p point, "Name" text, "order" int, "select" varchar(9), "a b" int, start_at date, end_at date
);
