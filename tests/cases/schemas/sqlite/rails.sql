-- What `schema:load` makes: quoted names, datetime(6), polymorphic references, named foreign keys.
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
CREATE TABLE "active_storage_blobs" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "key" varchar NOT NULL, "filename" varchar NOT NULL, "content_type" varchar, "metadata" text, "byte_size" bigint NOT NULL, "checksum" varchar, "created_at" datetime(6) NOT NULL);
CREATE UNIQUE INDEX "index_active_storage_blobs_on_key" ON "active_storage_blobs" ("key") /*application='Shop'*/;
CREATE TABLE "active_storage_attachments" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "name" varchar NOT NULL, "record_type" varchar NOT NULL, "record_id" bigint NOT NULL, "blob_id" bigint NOT NULL, "created_at" datetime(6) NOT NULL, CONSTRAINT "fk_rails_c3b3935057"
FOREIGN KEY ("blob_id")
  REFERENCES "active_storage_blobs" ("id")
);
CREATE UNIQUE INDEX "index_active_storage_attachments_uniqueness" ON "active_storage_attachments" ("record_type", "record_id", "name", "blob_id");
CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "email" varchar DEFAULT '' NOT NULL, "encrypted_password" varchar DEFAULT '' NOT NULL, "reset_password_sent_at" datetime(6), "admin" boolean DEFAULT 0 NOT NULL, "settings" json DEFAULT '{}' NOT NULL, "balance" decimal(10,2) DEFAULT '0.0', "created_at" datetime(6) DEFAULT CURRENT_TIMESTAMP NOT NULL, CONSTRAINT balance_check CHECK (balance >= 0));
CREATE UNIQUE INDEX "index_users_on_lower_email" ON "users" (lower(email));
CREATE INDEX "index_users_on_created_at" ON "users" ("created_at" DESC) WHERE admin = 0;
CREATE TABLE "posts" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "user_id" integer NOT NULL, "title" varchar(120) COLLATE "NOCASE", "body" text, "words" integer GENERATED ALWAYS AS (length("body") - length(replace("body", ' ', ''))) VIRTUAL, CONSTRAINT "fk_rails_5b5ddfd518" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE);
CREATE VIRTUAL TABLE "posts_search" USING fts5("title", "body", tokenize = 'porter unicode61');
