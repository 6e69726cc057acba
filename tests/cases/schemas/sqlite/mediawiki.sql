-- The encyclopedia: BLOB for what is elsewhere VARBINARY, checks made of enums, a search of its own.
CREATE TABLE /*_*/page (
  page_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  page_namespace INTEGER NOT NULL,
  page_title BLOB NOT NULL,
  page_is_redirect SMALLINT UNSIGNED DEFAULT 0 NOT NULL,
  page_random DOUBLE PRECISION NOT NULL,
  page_touched BLOB NOT NULL,
  page_links_updated BLOB DEFAULT NULL,
  page_latest INTEGER UNSIGNED NOT NULL,
  page_lang BLOB DEFAULT NULL
);
CREATE UNIQUE INDEX page_name_title ON /*_*/page (page_namespace, page_title);
CREATE INDEX page_redirect_namespace_len ON /*_*/page (
  page_is_redirect, page_namespace, page_id
);
CREATE TABLE /*_*/user_properties (
  up_user INTEGER UNSIGNED NOT NULL,
  up_property BLOB NOT NULL,
  up_value BLOB DEFAULT NULL,
  PRIMARY KEY(up_user, up_property)
);
CREATE TABLE /*_*/image (
  img_name BLOB DEFAULT '' NOT NULL,
  img_media_type TEXT CHECK(img_media_type IN ('UNKNOWN', 'BITMAP', 'DRAWING')) DEFAULT NULL,
  img_timestamp BLOB NOT NULL,
  PRIMARY KEY(img_name)
);
CREATE TABLE /*_*/objectcache (
  keyname BLOB DEFAULT '' NOT NULL, value BLOB DEFAULT NULL, exptime BLOB NOT NULL,
  PRIMARY KEY(keyname)
);
CREATE VIRTUAL TABLE /*_*/searchindex USING FTS3(
  -- Key to page_id
  -- Disabled, instead we use the built-in rowid column
  si_title,
  si_text
);
