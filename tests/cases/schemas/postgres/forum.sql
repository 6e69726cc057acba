-- Tables as a big forum has them.
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION raise_read_only() RETURNS trigger LANGUAGE plpgsql AS $rcr$ BEGIN RAISE EXCEPTION 'is readonly'; END $rcr$;
CREATE TABLE users (
    id serial PRIMARY KEY, username character varying(60) NOT NULL, username_lower character varying(60) NOT NULL, name character varying,
    seen_notification_id bigint DEFAULT 0 NOT NULL, active boolean DEFAULT false NOT NULL, trust_level integer NOT NULL, ip_address inet,
    created_at timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL, custom hstore);
CREATE UNIQUE INDEX index_users_on_username_lower ON users (username_lower);
CREATE INDEX index_users_trgm ON users USING gin (username_lower gin_trgm_ops);
CREATE INDEX idx_users_admin ON users (id) WHERE (trust_level > 3 AND active);
CREATE TABLE topics (
    id serial PRIMARY KEY, title character varying NOT NULL, last_posted_at timestamp without time zone, views integer DEFAULT 0 NOT NULL,
    user_id integer, category_id integer, archetype character varying DEFAULT 'regular'::character varying NOT NULL, deleted_at timestamp without time zone,
    visible boolean DEFAULT true NOT NULL, bumped_at timestamp without time zone NOT NULL, score double precision,
    CONSTRAINT has_category_id CHECK (((category_id IS NOT NULL) OR ((archetype)::text <> 'regular'::text))),
    CONSTRAINT pm_has_no_category CHECK (((category_id IS NULL) OR ((archetype)::text <> 'private_message'::text))));
CREATE INDEX idx_topics_front_page ON topics (deleted_at, visible, archetype, category_id, id);
CREATE INDEX index_topics_on_bumped_at_public ON topics (bumped_at) WHERE ((deleted_at IS NULL) AND ((archetype)::text <> 'private_message'::text));
CREATE INDEX index_topics_on_lower_title ON topics (lower((title)::text));
CREATE TABLE posts (
    id serial PRIMARY KEY, user_id integer, topic_id integer NOT NULL, post_number integer NOT NULL, raw text NOT NULL, cooked text NOT NULL,
    deleted_at timestamp without time zone, sort_order integer, via_email boolean DEFAULT false NOT NULL, raw_email text);
CREATE UNIQUE INDEX index_posts_on_topic_id_and_post_number ON posts (topic_id, post_number);
CREATE INDEX idx_posts_user_id_deleted_at ON posts (user_id) WHERE (deleted_at IS NULL);
CREATE TABLE post_search_data (post_id integer NOT NULL PRIMARY KEY, search_data tsvector, raw_data text, locale character varying, version integer DEFAULT 0, private_message boolean NOT NULL) WITH (autovacuum_vacuum_scale_factor='0.02');
CREATE INDEX idx_search_post ON post_search_data USING gin (search_data) WHERE (private_message = false);
CREATE TABLE badge_types (id serial PRIMARY KEY, name character varying NOT NULL);
CREATE TABLE badges (id serial PRIMARY KEY, name character varying NOT NULL, badge_type_id integer NOT NULL REFERENCES badge_types, enabled boolean DEFAULT true NOT NULL, query text);
CREATE VIEW badge_posts AS SELECT p.id, p.user_id, t.title FROM posts p JOIN topics t ON t.id = p.topic_id WHERE t.visible AND p.deleted_at IS NULL AND t.deleted_at IS NULL AND (p.post_number <> ALL (ARRAY[0, -1]));
CREATE TABLE old_columns (id bigint GENERATED ALWAYS AS IDENTITY, gone text);
CREATE TRIGGER read_only BEFORE INSERT OR UPDATE ON old_columns FOR EACH ROW WHEN (NEW.gone IS NOT NULL) EXECUTE FUNCTION raise_read_only('gone');
ALTER TABLE ONLY posts ADD CONSTRAINT fk_posts_topics FOREIGN KEY (topic_id) REFERENCES topics(id) ON DELETE CASCADE NOT VALID;
COMMENT ON COLUMN topics.score IS 'how hot it is';
