-- Flights and bookings, as the demonstration database of Postgres Pro has it, in a schema of its own.
CREATE SCHEMA bookings;
COMMENT ON SCHEMA bookings IS 'Airlines demo database schema';
CREATE FUNCTION bookings.lang() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN current_setting('bookings.lang');
EXCEPTION WHEN undefined_object THEN
  RETURN NULL;
END;
$$;
CREATE FUNCTION bookings.now() RETURNS timestamp with time zone LANGUAGE sql IMMUTABLE AS $$SELECT '2017-08-15 18:00:00'::TIMESTAMP AT TIME ZONE 'Europe/Moscow';$$;
COMMENT ON FUNCTION bookings.now() IS 'Point in time according to which the data are generated';
CREATE TABLE bookings.aircrafts_data (aircraft_code character(3) NOT NULL, model jsonb NOT NULL, range integer NOT NULL, CONSTRAINT aircrafts_range_check CHECK ((range > 0)));
COMMENT ON TABLE bookings.aircrafts_data IS 'Aircrafts (internal data)';
COMMENT ON COLUMN bookings.aircrafts_data.range IS 'Maximal flying distance, km';
ALTER TABLE ONLY bookings.aircrafts_data ADD CONSTRAINT aircrafts_pkey PRIMARY KEY (aircraft_code);
CREATE VIEW bookings.aircrafts AS SELECT ml.aircraft_code, (ml.model ->> bookings.lang()) AS model, ml.range FROM bookings.aircrafts_data ml;
COMMENT ON VIEW bookings.aircrafts IS 'Aircrafts';
COMMENT ON COLUMN bookings.aircrafts.model IS 'Aircraft model';
CREATE TABLE bookings.airports_data (airport_code character(3) NOT NULL PRIMARY KEY, city jsonb NOT NULL, coordinates point NOT NULL, timezone text NOT NULL);
CREATE TABLE bookings.flights (
    flight_id integer NOT NULL, flight_no character(6) NOT NULL, scheduled_departure timestamp with time zone NOT NULL, scheduled_arrival timestamp with time zone NOT NULL,
    departure_airport character(3) NOT NULL, arrival_airport character(3) NOT NULL, status character varying(20) NOT NULL, aircraft_code character(3) NOT NULL,
    actual_departure timestamp with time zone, actual_arrival timestamp with time zone,
    CONSTRAINT flights_check CHECK ((scheduled_arrival > scheduled_departure)),
    CONSTRAINT flights_check1 CHECK (((actual_arrival IS NULL) OR ((actual_departure IS NOT NULL) AND (actual_arrival IS NOT NULL) AND (actual_arrival > actual_departure)))),
    CONSTRAINT flights_status_check CHECK (((status)::text = ANY (ARRAY[('On Time'::character varying)::text, ('Delayed'::character varying)::text, ('Cancelled'::character varying)::text]))));
CREATE SEQUENCE bookings.flights_flight_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE bookings.flights_flight_id_seq OWNED BY bookings.flights.flight_id;
ALTER TABLE ONLY bookings.flights ALTER COLUMN flight_id SET DEFAULT nextval('bookings.flights_flight_id_seq'::regclass);
ALTER TABLE ONLY bookings.flights ADD CONSTRAINT flights_pkey PRIMARY KEY (flight_id);
ALTER TABLE ONLY bookings.flights ADD CONSTRAINT flights_flight_no_scheduled_departure_key UNIQUE (flight_no, scheduled_departure);
ALTER TABLE ONLY bookings.flights ADD CONSTRAINT flights_aircraft_code_fkey FOREIGN KEY (aircraft_code) REFERENCES bookings.aircrafts_data(aircraft_code);
CREATE VIEW bookings.flights_v AS
 SELECT f.flight_id, timezone(dep.timezone, f.scheduled_departure) AS scheduled_departure_local, (f.scheduled_arrival - f.scheduled_departure) AS scheduled_duration, (dep.city ->> bookings.lang()) AS departure_city
   FROM bookings.flights f, bookings.airports_data dep WHERE (f.departure_airport = dep.airport_code);
CREATE VIEW bookings.routes AS
 WITH f3 AS (SELECT f2.flight_no, f2.aircraft_code, array_agg(f2.days_of_week) AS days_of_week FROM (SELECT f1.flight_no, f1.aircraft_code, f1.days_of_week FROM (SELECT flights.flight_no, flights.aircraft_code, (to_char(flights.scheduled_departure, 'ID'::text))::integer AS days_of_week FROM bookings.flights) f1 GROUP BY f1.flight_no, f1.aircraft_code, f1.days_of_week ORDER BY f1.flight_no, f1.days_of_week) f2 GROUP BY f2.flight_no, f2.aircraft_code)
 SELECT f3.flight_no, a.model, f3.days_of_week FROM f3, bookings.aircrafts a WHERE a.aircraft_code = f3.aircraft_code;
