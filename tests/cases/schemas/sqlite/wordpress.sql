-- The blog, as its driver for SQLite lays the tables out: every text compares without capitals, types
-- are affinities, indexes carry the name of their table.
CREATE TABLE "wp_users" (
	"ID" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	"user_login" text NOT NULL DEFAULT '' COLLATE NOCASE,
	"user_pass" text NOT NULL DEFAULT '' COLLATE NOCASE,
	"user_registered" text NOT NULL DEFAULT '0000-00-00 00:00:00' COLLATE NOCASE,
	"user_status" integer NOT NULL DEFAULT '0');
CREATE INDEX "wp_users__user_login_key" ON "wp_users" ("user_login");
CREATE TABLE "wp_posts" (
	"ID" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	"post_author" integer NOT NULL DEFAULT '0',
	"post_content" text NOT NULL COLLATE NOCASE,
	"post_status" text NOT NULL DEFAULT 'publish' COLLATE NOCASE,
	"post_parent" integer NOT NULL DEFAULT '0');
CREATE INDEX "wp_posts__type_status_author" ON "wp_posts" ("post_status", "post_author");
CREATE TABLE "wp_options" (
	"option_id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	"option_name" text NOT NULL DEFAULT '' COLLATE NOCASE,
	"option_value" text NOT NULL COLLATE NOCASE,
	"autoload" text NOT NULL DEFAULT 'yes' COLLATE NOCASE);
CREATE UNIQUE INDEX "wp_options__option_name" ON "wp_options" ("option_name");
CREATE TABLE "wp_term_relationships" (
	"object_id" integer NOT NULL DEFAULT 0,
	"term_taxonomy_id" integer NOT NULL DEFAULT 0,
	"term_order" integer NOT NULL DEFAULT 0,
	PRIMARY KEY ("object_id", "term_taxonomy_id"));
CREATE TRIGGER `___wp_options_touch_on_update__`
AFTER UPDATE ON `wp_options`
FOR EACH ROW
BEGIN
  UPDATE `wp_options` SET `autoload` = "no" WHERE rowid = NEW.rowid AND OLD.option_name <> NEW.option_name;
END;
