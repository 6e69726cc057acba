-- Places and bookmarks of a browser: LONGVARCHAR, constraints that replace, triggers that count.
CREATE TABLE moz_origins ( id INTEGER PRIMARY KEY, prefix TEXT NOT NULL, host TEXT NOT NULL, frecency INTEGER NOT NULL, recalc_frecency INTEGER NOT NULL DEFAULT 0, UNIQUE (prefix, host) );
CREATE TABLE moz_places (   id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, rev_host LONGVARCHAR, visit_count INTEGER DEFAULT 0, hidden INTEGER DEFAULT 0 NOT NULL, frecency INTEGER DEFAULT -1 NOT NULL, guid TEXT, foreign_count INTEGER DEFAULT 0 NOT NULL, url_hash INTEGER DEFAULT 0 NOT NULL , origin_id INTEGER REFERENCES moz_origins(id));
CREATE TABLE moz_historyvisits (  id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER);
CREATE TABLE moz_inputhistory (  place_id INTEGER NOT NULL, input LONGVARCHAR NOT NULL, use_count INTEGER, PRIMARY KEY (place_id, input));
CREATE TABLE moz_bookmarks (  id INTEGER PRIMARY KEY, type INTEGER, fk INTEGER DEFAULT NULL, parent INTEGER, position INTEGER, title LONGVARCHAR, dateAdded INTEGER, guid TEXT);
CREATE TABLE moz_keywords (  id INTEGER PRIMARY KEY AUTOINCREMENT, keyword TEXT UNIQUE, place_id INTEGER, post_data TEXT);
CREATE TABLE moz_meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID ;
CREATE TABLE moz_items_annos (  id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL, anno_attribute_id INTEGER, content LONGVARCHAR, flags INTEGER DEFAULT 0);
CREATE TABLE cookies (id INTEGER PRIMARY KEY, name TEXT, host TEXT, path TEXT, isSecure INTEGER, CONSTRAINT moz_uniqueid UNIQUE (name, host, path) ON CONFLICT REPLACE);
CREATE INDEX moz_places_hostindex ON moz_places (rev_host);
CREATE UNIQUE INDEX moz_places_guid_uniqueindex ON moz_places (guid);
CREATE INDEX moz_places_url_hashindex ON moz_places (url_hash);
CREATE INDEX moz_historyvisits_placedateindex ON moz_historyvisits (place_id, visit_date DESC);
CREATE VIEW visited AS WITH RECURSIVE up(id, from_visit) AS (SELECT id, from_visit FROM moz_historyvisits UNION ALL SELECT h.id, h.from_visit FROM moz_historyvisits AS h, up WHERE h.id = up.from_visit) SELECT DISTINCT p.url FROM up JOIN moz_historyvisits USING (id) LEFT JOIN moz_places p ON p.id = place_id WHERE p.hidden = 0;
CREATE TRIGGER moz_bookmarks_afterdelete AFTER DELETE ON moz_bookmarks FOR EACH ROW WHEN OLD.fk NOT NULL BEGIN UPDATE moz_places SET foreign_count = foreign_count - 1 WHERE id = OLD.fk; INSERT OR IGNORE INTO moz_meta SELECT 'last', CASE WHEN OLD.type = 1 THEN 'url' ELSE 'folder' END; END;
CREATE TRIGGER moz_bookmarks_upsert AFTER INSERT ON moz_bookmarks BEGIN INSERT INTO moz_meta (key, value) VALUES ('n', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 WHERE key = 'n'; END;
