-- What Rails dumps as structure.sql for an application of some years.
CREATE TABLE schema_migrations (version character varying NOT NULL, CONSTRAINT schema_migrations_pkey PRIMARY KEY (version));
CREATE TABLE ar_internal_metadata (key character varying NOT NULL PRIMARY KEY, value character varying, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL);
CREATE TABLE active_storage_blobs (id bigserial PRIMARY KEY, key character varying NOT NULL, filename character varying NOT NULL, content_type character varying, metadata text, byte_size bigint NOT NULL, created_at timestamp(6) NOT NULL);
CREATE TABLE active_storage_attachments (id bigserial PRIMARY KEY, name character varying NOT NULL, record_type character varying NOT NULL, record_id bigint NOT NULL, blob_id bigint NOT NULL, created_at timestamp(6) NOT NULL);
CREATE UNIQUE INDEX index_active_storage_blobs_on_key ON active_storage_blobs USING btree (key);
CREATE UNIQUE INDEX index_active_storage_attachments_uniqueness ON active_storage_attachments USING btree (record_type, record_id, name, blob_id);
ALTER TABLE ONLY active_storage_attachments ADD CONSTRAINT fk_rails_c3b3935057 FOREIGN KEY (blob_id) REFERENCES active_storage_blobs(id);
CREATE TABLE users (
    id serial PRIMARY KEY, email character varying DEFAULT ''::character varying NOT NULL, encrypted_password character varying DEFAULT ''::character varying NOT NULL,
    sign_in_count integer DEFAULT 0 NOT NULL, current_sign_in_ip inet, settings jsonb DEFAULT '{}'::jsonb NOT NULL, roles character varying[] DEFAULT '{}'::character varying[],
    latitude numeric(10,6), admin boolean DEFAULT false, created_at timestamp without time zone NOT NULL, deleted_at timestamp without time zone);
-- Made bigger, while its sequence stayed as it was.
ALTER TABLE users ALTER COLUMN id TYPE bigint;
CREATE UNIQUE INDEX index_users_on_email ON users USING btree (lower((email)::text)) WHERE (deleted_at IS NULL);
CREATE INDEX index_users_on_settings ON users USING gin (settings jsonb_path_ops);
CREATE TABLE people (id serial PRIMARY KEY, type character varying, name character varying(255));
-- Renamed once; its key and its sequence were not.
ALTER TABLE people RENAME TO members;
ALTER TABLE members ADD CONSTRAINT chk_rails_1 CHECK (((name)::text <> ''::text)) NOT VALID;
CREATE VIEW active_users AS SELECT users.id, users.email, members.name FROM users LEFT JOIN members ON members.id = users.id WHERE users.deleted_at IS NULL;
CREATE FUNCTION logidze_version(v bigint, data jsonb, ts timestamp with time zone, blacklist text[] DEFAULT '{}'::text[]) RETURNS jsonb
    LANGUAGE plpgsql AS $$
  DECLARE
    buf jsonb;
  BEGIN
    buf := jsonb_build_object('ts', (extract(epoch from ts) * 1000)::bigint, 'v', v, 'c', data - blacklist);
    RETURN buf;
  END;
$$;
