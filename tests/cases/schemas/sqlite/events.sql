-- A modern application: strict tables, JSON by path, generated columns, partial and covering indexes,
-- an outbox with triggers, counters without row ids.
CREATE TABLE tenants (
  id TEXT PRIMARY KEY CHECK (length(id) = 26),
  name TEXT NOT NULL CHECK (trim(name) <> ''),
  plan TEXT NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'team', 'enterprise')),
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
) STRICT;
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id TEXT NOT NULL REFERENCES tenants ON DELETE CASCADE,
  topic TEXT NOT NULL,
  payload BLOB NOT NULL,
  kind TEXT GENERATED ALWAYS AS (payload ->> '$.type') VIRTUAL,
  size INTEGER NOT NULL GENERATED ALWAYS AS (length(payload)) STORED,
  due REAL,
  extra ANY,
  CONSTRAINT small CHECK (size < 1 << 20),
  UNIQUE (tenant_id, topic, seq)
) STRICT;
CREATE INDEX events_due ON events (due, seq) WHERE due IS NOT NULL;
CREATE INDEX events_kind ON events (tenant_id, payload ->> '$.type', kind COLLATE NOCASE DESC);
CREATE TABLE counters (
  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE ON UPDATE CASCADE,
  name TEXT NOT NULL,
  n INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES events (seq) DEFERRABLE INITIALLY DEFERRED, tries INTEGER NOT NULL DEFAULT 0);
CREATE TRIGGER events_out AFTER INSERT ON events WHEN NEW.topic LIKE 'mail.%' BEGIN
  INSERT INTO outbox (event) VALUES (NEW.seq);
  INSERT INTO counters (tenant_id, name, n) VALUES (NEW.tenant_id, NEW.topic, 1)
    ON CONFLICT (tenant_id, name) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER events_fixed BEFORE UPDATE OF payload, tenant_id ON events BEGIN
  SELECT RAISE(ABORT, 'events do not change');
END;
CREATE VIEW waiting (tenant, "how many") AS
  SELECT e.tenant_id, count(*) FROM outbox AS o JOIN events AS e ON e.seq = o.event GROUP BY 1 HAVING count(*) > 0;
CREATE VIEW latest AS
  SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY tenant_id ORDER BY seq DESC) AS rn FROM events) WHERE rn = 1;
