-- Tables as a big forge for code has them: two schemas, partitions by list, hash and time, loose foreign keys, checks of length.
CREATE SCHEMA gitlab_partitions_dynamic;
COMMENT ON SCHEMA gitlab_partitions_dynamic IS 'Schema to hold partitions managed dynamically from the application, e.g. for time space partitioning.';
CREATE SCHEMA gitlab_partitions_static;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE FUNCTION insert_into_loose_foreign_keys_deleted_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO loose_foreign_keys_deleted_records (fully_qualified_table_name, primary_key_value)
  SELECT TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, old_table.id FROM old_table;
  RETURN NULL;
END
$$;
CREATE FUNCTION next_traversal_ids_sibling(traversal_ids integer[]) RETURNS integer[] LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
  return traversal_ids[1:array_length(traversal_ids, 1)-1] || ARRAY[traversal_ids[array_length(traversal_ids, 1)]+1];
END;
$$;
CREATE TABLE loose_foreign_keys_deleted_records (
    id bigint NOT NULL, partition bigint NOT NULL, primary_key_value bigint NOT NULL, status smallint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL, fully_qualified_table_name text NOT NULL,
    CONSTRAINT check_1a541f3235 CHECK ((char_length(fully_qualified_table_name) <= 150))) PARTITION BY LIST (partition);
CREATE SEQUENCE loose_foreign_keys_deleted_records_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE loose_foreign_keys_deleted_records_id_seq OWNED BY loose_foreign_keys_deleted_records.id;
ALTER TABLE ONLY loose_foreign_keys_deleted_records ALTER COLUMN id SET DEFAULT nextval('loose_foreign_keys_deleted_records_id_seq'::regclass);
ALTER TABLE ONLY loose_foreign_keys_deleted_records ADD CONSTRAINT loose_foreign_keys_deleted_records_pkey PRIMARY KEY (partition, id);
CREATE TABLE gitlab_partitions_dynamic.loose_foreign_keys_deleted_records_1 PARTITION OF loose_foreign_keys_deleted_records FOR VALUES IN ('1');
CREATE TABLE audit_events (
    id bigint NOT NULL, author_id bigint NOT NULL, details text, created_at timestamp without time zone NOT NULL,
    CONSTRAINT check_83ff8406e2 CHECK ((char_length(details) <= 5500))) PARTITION BY RANGE (created_at);
ALTER TABLE ONLY audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id, created_at);
CREATE INDEX idx_audit_events_author ON audit_events (author_id, id DESC);
CREATE TABLE gitlab_partitions_dynamic.audit_events_000000 PARTITION OF audit_events FOR VALUES FROM (MINVALUE) TO ('2024-01-01 00:00:00');
CREATE TABLE gitlab_partitions_dynamic.audit_events_202401 PARTITION OF audit_events FOR VALUES FROM ('2024-01-01 00:00:00') TO ('2024-02-01 00:00:00');
CREATE TABLE product_analytics_events (project_id integer NOT NULL, platform character varying(255), collector_tstamp timestamp without time zone NOT NULL) PARTITION BY HASH (project_id);
CREATE TABLE gitlab_partitions_static.product_analytics_events_00 PARTITION OF product_analytics_events FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE gitlab_partitions_static.product_analytics_events_01 PARTITION OF product_analytics_events FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE namespaces (
    id bigserial PRIMARY KEY, name character varying NOT NULL, type character varying DEFAULT 'User'::character varying NOT NULL, parent_id bigint,
    traversal_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL, organization_id bigint DEFAULT 1);
CREATE INDEX index_btree_namespaces_traversal_ids ON namespaces (traversal_ids);
CREATE INDEX index_groups_on_parent_id_id ON namespaces (parent_id, id) WHERE ((type)::text = 'Group'::text);
ALTER TABLE namespaces ADD CONSTRAINT check_organization CHECK ((organization_id IS NOT NULL)) NOT VALID;
CREATE TABLE projects (
    id bigserial PRIMARY KEY, name character varying, namespace_id bigint NOT NULL, archived boolean DEFAULT false NOT NULL, star_count integer DEFAULT 0 NOT NULL,
    description_html text, CONSTRAINT fk_projects_namespace_id FOREIGN KEY (namespace_id) REFERENCES namespaces(id) ON DELETE RESTRICT);
CREATE TABLE iterations (id bigserial PRIMARY KEY, cadence bigint, start_date date, due_date date, state_enum smallint DEFAULT 1 NOT NULL,
    CONSTRAINT iteration_start_and_due_date_cadence_id_constraint EXCLUDE USING gist (cadence WITH =, daterange(start_date, due_date, '[]'::text) WITH &&) WHERE ((cadence IS NOT NULL)) DEFERRABLE INITIALLY DEFERRED);
CREATE TRIGGER namespaces_loose_fk_trigger AFTER DELETE ON namespaces REFERENCING OLD TABLE AS old_table FOR EACH STATEMENT EXECUTE FUNCTION insert_into_loose_foreign_keys_deleted_records();
CREATE VIEW postgres_sizes AS SELECT c.oid AS identifier, n.nspname AS schema_name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace;
