//! What is said of a change, held against what the server does: which lock it takes, whether it
//! writes the table anew, reads it, builds an index. (Catches a claim that is only believed.)

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::catalog::{Catalog, Named};
use initium_driver::change::{Change, Changes, Edit, Impact, Of, Threat, Way, Work};
use initium_driver::driver::Driver;
use postgres_sync::{Client, NoTls};
use servers::{Database, VARIABLES, alone};
use std::sync::{Arc, Mutex};

const LOCKS: &[(&str, &str)] = &[
    ("AccessExclusiveLock", "ACCESS EXCLUSIVE"),
    ("ExclusiveLock", "EXCLUSIVE"),
    ("ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"),
    ("ShareLock", "SHARE"),
    ("ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"),
];

/// Where `t` may come from, its statements after a bar, and where it should go; what is said of it
/// is measured. Then the threats.
const CASES: &[(&str, &str, &[Threat])] = &[
    // The facts that were verified before this was written.
    ("a smallint", "a integer", &[]),
    ("a integer", "a bigint", &[]),
    ("a integer", "a real", &[Threat::Loss]),
    ("a bigint", "a double precision", &[Threat::Loss]),
    (
        "a double precision",
        "a numeric",
        &[Threat::Loss, Threat::Refusal],
    ),
    (
        "a numeric",
        "a numeric(8,2)",
        &[Threat::Loss, Threat::Refusal],
    ),
    ("a numeric(8,2)", "a numeric(9,3)", &[]),
    ("a numeric(8,2)", "a numeric(12,2)", &[]),
    ("a numeric(8,2)", "a numeric", &[]),
    ("a numeric(8,2)", "a numeric(8,1)", &[Threat::Loss]),
    ("a numeric(8,2)", "a numeric(6,2)", &[Threat::Refusal]),
    ("a varchar(10)", "a varchar(20)", &[]),
    // What is computed from it is taken away and computed again.
    (
        "a numeric(8,2), b numeric GENERATED ALWAYS AS (a * 2) STORED",
        "a numeric(12,2), b numeric GENERATED ALWAYS AS (a * 2) STORED",
        &[],
    ),
    ("a varchar(10)", "a varchar", &[]),
    ("a varchar(10)", "a text", &[]),
    ("a text", "a varchar", &[]),
    ("a varchar(20)", "a varchar(10)", &[Threat::Refusal]),
    ("a text", "a varchar(10)", &[Threat::Refusal]),
    ("a char(3)", "a text", &[Threat::Loss]),
    ("a char(3)", "a char(5)", &[Threat::Loss]),
    ("a text", "a char(5)", &[Threat::Loss, Threat::Refusal]),
    ("a timestamp(3)", "a timestamp(6)", &[]),
    ("a timestamp(6)", "a timestamp(3)", &[Threat::Loss]),
    ("a time(0)", "a time", &[]),
    ("a interval(0)", "a interval", &[]),
    ("a date", "a timestamp", &[]),
    ("a timestamp", "a date", &[Threat::Loss]),
    ("a timestamptz(0)", "a timestamptz", &[]),
    ("a bit varying(3)", "a bit varying(9)", &[]),
    ("a bit varying(3)", "a bit varying", &[]),
    ("a bit(3)", "a bit varying(9)", &[]),
    ("a cidr", "a inet", &[]),
    ("a inet", "a cidr", &[Threat::Loss]),
    ("a json", "a jsonb", &[Threat::Loss]),
    ("a jsonb", "a json", &[]),
    ("a integer", "a text", &[Threat::Clients]),
    (
        "a text",
        "a integer",
        &[Threat::Loss, Threat::Refusal, Threat::Clients],
    ),
    ("a uuid", "a text", &[Threat::Clients]),
    ("a varchar(9)[]", "a text[]", &[]),
    ("a varchar(9)[]", "a varchar(12)[]", &[]),
    ("a integer[]", "a bigint[]", &[]),
    // With what else holds the column.
    (
        "a varchar(9) CHECK (a <> '')",
        "a varchar(12) CHECK (a <> '')",
        &[],
    ),
    ("a integer CHECK (a > 0)", "a bigint CHECK (a > 0)", &[]),
    ("a text COLLATE \"C\"", "a text COLLATE \"POSIX\"", &[]),
    (
        "a text COLLATE \"C\" | CREATE INDEX i ON t (a)",
        "a text COLLATE \"POSIX\" | CREATE INDEX i ON t (a)",
        &[],
    ),
    // Columns that come and go.
    ("a int", "a int, b int", &[]),
    ("a int", "a int, b int DEFAULT 5", &[]),
    ("a int", "a int, b int NOT NULL DEFAULT 5", &[]),
    ("a int", "a int, b timestamptz NOT NULL DEFAULT now()", &[]),
    ("a int", "a int, b date DEFAULT CURRENT_DATE", &[]),
    (
        "a int",
        "a int, b timestamptz DEFAULT clock_timestamp()",
        &[],
    ),
    ("a int", "a int, b uuid DEFAULT gen_random_uuid()", &[]),
    ("a int", "a int, b double precision DEFAULT random()", &[]),
    ("a int", "a int, b serial", &[]),
    ("a int", "a int, b int GENERATED ALWAYS AS IDENTITY", &[]),
    (
        "a int",
        "a int, b int GENERATED ALWAYS AS (a + 1) STORED",
        &[Threat::Refusal],
    ),
    ("a int, b int", "a int", &[Threat::Loss, Threat::Clients]),
    // What columns say.
    ("a int", "a int DEFAULT 5", &[]),
    ("a int DEFAULT 5", "a int", &[]),
    (
        "a int NOT NULL DEFAULT 5",
        "a int NOT NULL",
        &[Threat::Refusal],
    ),
    ("a int", "a int NOT NULL", &[Threat::Refusal]),
    ("a int NOT NULL", "a int", &[]),
    (
        "a int CHECK (a IS NOT NULL)",
        "a int NOT NULL CHECK (a IS NOT NULL)",
        &[Threat::Refusal],
    ),
    (
        "a int CHECK (a IS NOT NULL AND a > 0)",
        "a int NOT NULL CHECK (a IS NOT NULL AND a > 0)",
        &[Threat::Refusal],
    ),
    (
        "a int CHECK (a IS NOT NULL OR a > 0)",
        "a int NOT NULL CHECK (a IS NOT NULL OR a > 0)",
        &[Threat::Refusal],
    ),
    (
        "a int NOT NULL",
        "a int GENERATED ALWAYS AS IDENTITY",
        &[Threat::Refusal],
    ),
    (
        "a int GENERATED ALWAYS AS IDENTITY",
        "a int GENERATED BY DEFAULT AS IDENTITY",
        &[],
    ),
    (
        "a int, b int GENERATED ALWAYS AS (a) STORED",
        "a int, b int",
        &[],
    ),
    (
        "a int, b int",
        "a int, b int GENERATED ALWAYS AS (a) STORED",
        &[Threat::Loss, Threat::Refusal],
    ),
    ("a int", "a int | COMMENT ON COLUMN t.a IS 'x'", &[]),
    // Constraints.
    ("a int NOT NULL", "a int PRIMARY KEY", &[Threat::Refusal]),
    ("a int", "a int UNIQUE", &[Threat::Refusal]),
    ("a int UNIQUE", "a int", &[Threat::Speed, Threat::Clients]),
    ("a int", "a int CHECK (a > 0)", &[Threat::Refusal]),
    (
        "a int",
        "a int | ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
        &[Threat::Refusal],
    ),
    (
        "a int | ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
        "a int CONSTRAINT c CHECK (a > 0)",
        &[Threat::Refusal],
    ),
    ("a int CONSTRAINT c CHECK (a > 0)", "a int", &[]),
    ("a int", "a int REFERENCES other", &[Threat::Refusal]),
    (
        "a int",
        "a int | ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other NOT VALID",
        &[Threat::Refusal],
    ),
    (
        "a int | ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other NOT VALID",
        "a int CONSTRAINT f REFERENCES other",
        &[Threat::Refusal],
    ),
    ("a int CONSTRAINT f REFERENCES other", "a int", &[]),
    (
        "a int CONSTRAINT f REFERENCES other",
        "a int CONSTRAINT f REFERENCES other DEFERRABLE",
        &[],
    ),
    (
        "r int4range",
        "r int4range, EXCLUDE USING gist (r WITH &&)",
        &[Threat::Refusal],
    ),
    (
        "a int CONSTRAINT c CHECK (a > 0)",
        "a int CONSTRAINT c CHECK (a > 0) | COMMENT ON CONSTRAINT c ON t IS 'x'",
        &[],
    ),
    (
        "a int CONSTRAINT c UNIQUE",
        "a int CONSTRAINT c UNIQUE | COMMENT ON CONSTRAINT c ON t IS 'x'",
        &[],
    ),
    (
        "a int | CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "a int | CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER g",
        &[],
    ),
    (
        "a int | CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "a int | CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); COMMENT ON TRIGGER g ON t IS 'x'",
        &[],
    ),
    (
        "a int | CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "a int",
        &[],
    ),
    // Indexes.
    ("a int", "a int | CREATE INDEX i ON t (a)", &[]),
    (
        "a int",
        "a int | CREATE UNIQUE INDEX i ON t (a)",
        &[Threat::Refusal],
    ),
    ("a int | CREATE INDEX i ON t (a)", "a int", &[Threat::Speed]),
    ("a text", "a text | CREATE INDEX i ON t (lower(a))", &[]),
    (
        "a int",
        "a int | CREATE INDEX i ON t ((a + 1))",
        &[Threat::Refusal],
    ),
    (
        "a text",
        "a text, b text GENERATED ALWAYS AS (lower(a)) STORED",
        &[],
    ),
    // The table itself.
    ("a int", "a int | COMMENT ON TABLE t IS 'x'", &[]),
    ("a int", "a int | ALTER TABLE t SET (fillfactor = 70)", &[]),
    (
        "a int",
        "a int | ALTER TABLE t SET UNLOGGED",
        &[Threat::Loss],
    ),
    ("a int", "a int | ALTER TABLE t REPLICA IDENTITY FULL", &[]),
    (
        "a int",
        "a int | CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        &[],
    ),
];

fn set_up(told: &str) -> String {
    let (columns, more) = told.split_once('|').unwrap_or((told, ""));
    format!(
        "CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other SELECT generate_series(1, 5); \
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
         CREATE TABLE t (id int, {columns}); {more}"
    )
}

/// The one difference between two catalogs of these cases.
fn difference(from: &Catalog, to: &Catalog) -> Vec<Change> {
    let (old, new) = (from.table("t").unwrap(), to.table("t").unwrap());
    let mut all = Vec::new();
    fn list<T: Named + Clone + PartialEq>(
        old: &[T],
        new: &[T],
        wrap: &dyn Fn(Edit<T>) -> Change,
        all: &mut Vec<Change>,
    ) {
        for one in old {
            match new.iter().find(|it| it.name() == one.name()) {
                None => all.push(wrap(Edit::Drop(one.clone()))),
                Some(other) if other == one => {}
                Some(other) => all.push(wrap(Edit::Alter {
                    from: one.clone(),
                    to: other.clone(),
                })),
            }
        }
        for one in new
            .iter()
            .filter(|it| !old.iter().any(|other| other.name() == it.name()))
        {
            all.push(wrap(Edit::Add(one.clone())));
        }
    }
    let table = old.name.clone();
    macro_rules! of {
        ($kind:ident, $($field:tt)*) => {
            list(&old.$($field)*, &new.$($field)*, &|edit| Change::$kind(Of { table: table.clone(), edit }), &mut all)
        };
    }
    let boxed = |edit| match edit {
        Edit::Add(it) => Edit::Add(Box::new(it)),
        Edit::Drop(it) => Edit::Drop(Box::new(it)),
        Edit::Alter { from, to } => Edit::Alter {
            from: Box::new(from),
            to: Box::new(to),
        },
    };
    if (&old.options, &old.comment) != (&new.options, &new.comment) {
        all.push(Change::Table(boxed(Edit::Alter {
            from: old.clone(),
            to: new.clone(),
        })));
    }
    list(
        &old.columns,
        &new.columns,
        &|edit| {
            let table = table.clone();
            let edit = boxed_column(edit);
            Change::Column(Of { table, edit })
        },
        &mut all,
    );
    let keys =
        |table: &initium_driver::Table| table.primary_key.clone().into_iter().collect::<Vec<_>>();
    list(
        &keys(old),
        &keys(new),
        &|edit| {
            Change::PrimaryKey(Of {
                table: table.clone(),
                edit,
            })
        },
        &mut all,
    );
    of!(Unique, unique);
    of!(ForeignKey, foreign_keys);
    of!(Check, checks);
    of!(Exclusion, exclusions);
    of!(Index, indexes);
    of!(Trigger, triggers);
    all
}

fn boxed_column(edit: Edit<initium_driver::Column>) -> Edit<Box<initium_driver::Column>> {
    match edit {
        Edit::Add(it) => Edit::Add(Box::new(it)),
        Edit::Drop(it) => Edit::Drop(Box::new(it)),
        Edit::Alter { from, to } => Edit::Alter {
            from: Box::new(from),
            to: Box::new(to),
        },
    }
}

struct Watched {
    client: Client,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Watched {
    fn new(database: &Database) -> Watched {
        let s = &database.settings;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let to = heard.clone();
        let client = postgres_sync::Config::new()
            .host(&s.hosts[0].name)
            .port(s.hosts[0].port.unwrap())
            .user(s.user.as_deref().unwrap())
            .password(s.password.as_ref().unwrap().reveal())
            .dbname(database.name())
            .notice_callback(move |notice| to.lock().unwrap().push(notice.message().to_string()))
            .connect(NoTls)
            .unwrap();
        Watched { client, heard }
    }

    fn file(&mut self) -> i64 {
        let row = self
            .client
            .query_one("SELECT pg_relation_filenode('t')::int8", &[]);
        row.unwrap().get(0)
    }

    /// Runs the statements and takes them back: the work and the lock.
    fn run(&mut self, acts: &[String]) -> (Work, String) {
        let before = self.file();
        self.client
            .batch_execute("BEGIN; SET LOCAL client_min_messages = debug1")
            .unwrap();
        self.heard.lock().unwrap().clear();
        for act in acts {
            self.client
                .batch_execute(act)
                .unwrap_or_else(|e| panic!("{act}: {e:?}"));
        }
        let heard = self.heard.lock().unwrap().clone();
        self.client
            .batch_execute("SET LOCAL client_min_messages = notice")
            .unwrap();
        let rows = self
            .client
            .query(
                "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 't'::regclass",
                &[],
            )
            .unwrap();
        let held: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let strongest = LOCKS
            .iter()
            .find(|(mode, _)| held.iter().any(|it| it == mode));
        let after = self.file();
        self.client.batch_execute("ROLLBACK").unwrap();
        let says = |start: &str| heard.iter().any(|text| text.starts_with(start));
        // What a new table for long values needs is built in no time.
        let built = heard
            .iter()
            .any(|text| text.starts_with("building index") && !text.contains("pg_toast"));
        let work = if after != before {
            Work::Rewrite
        } else if built {
            Work::Build
        } else if says("verifying table") || says("validating foreign key") {
            Work::Scan
        } else {
            Work::None
        };
        (
            work,
            strongest.map_or(String::new(), |(_, name)| (*name).into()),
        )
    }
}

fn introspected(database: &Database, told: &str) -> Catalog {
    let mut driver = database.open();
    let clear = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
    alone(&mut *driver, clear).unwrap();
    alone(&mut *driver, &set_up(told)).unwrap();
    driver.introspect().unwrap()
}

fn told(driver: &dyn Driver, changes: &Changes) -> (Vec<Impact>, Vec<String>) {
    let ddl = driver.dialect().ddl().unwrap();
    let impacts = changes
        .list
        .iter()
        .map(|change| ddl.impact(change, changes));
    let acts = ddl.render(changes).unwrap();
    (
        impacts.collect(),
        acts.into_iter().map(|act| act.sql).collect(),
    )
}

fn every_claim_holds(variable: &str) {
    let Some(database) = Database::new(variable) else {
        return;
    };
    let mut wrong = Vec::new();
    for (one, other, threats) in CASES {
        let to = introspected(&database, other);
        let from = introspected(&database, one);
        let list = difference(&from, &to);
        let changes = Changes {
            from: &from,
            to: &to,
            list: &list,
            way: Way::Plain,
        };
        let (impacts, acts) = told(&*database.open(), &changes);
        let work = impacts.iter().map(|it| it.work).max().unwrap_or_default();
        let lock = impacts.iter().map(|it| it.lock).max().unwrap_or_default();
        let mut found: Vec<_> = impacts
            .iter()
            .flat_map(|it| &it.risks)
            .map(|it| it.kind)
            .collect();
        found.sort();
        found.dedup();
        let mut wanted = threats.to_vec();
        wanted.sort();
        let mut watched = Watched::new(&database);
        let measured = watched.run(&acts);
        if (work, lock.name) != (measured.0, measured.1.as_str()) || found != wanted {
            wrong.push(format!(
                "{one} -> {other}: said {work:?} {} {found:?}, is {measured:?} {wanted:?}",
                lock.name
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        CASES.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_said_of_a_change_is_what_the_server_does() {
    every_claim_holds(VARIABLES[0]);
}

#[test]
fn and_on_the_newest_server_too() {
    every_claim_holds(VARIABLES[1]);
}

/// Types, and values at their edges.
const VALUES: &[(&str, &[&str])] = &[
    ("smallint", &["-32768", "32767", "0"]),
    ("integer", &["-2147483648", "16777217", "0"]),
    ("bigint", &["9007199254740993", "-9223372036854775808"]),
    ("numeric", &["0.1", "12345678901234567890.123456789", "-1"]),
    ("numeric(10,2)", &["99999999.99", "0.10", "-1.55"]),
    ("numeric(12,2)", &["9999999999.99", "0.01"]),
    ("numeric(12,4)", &["99999999.9999", "0.0001"]),
    ("numeric(3,0)", &["999", "-1"]),
    ("real", &["0.1", "16777216", "3e38", "-1.5"]),
    (
        "double precision",
        &["0.30000000000000004", "1e300", "9007199254740992"],
    ),
    ("text", &["abc", "a  ", "", "12", "true", "2024-01-01"]),
    ("character varying(5)", &["abcde", "a  ", ""]),
    ("character varying(9)", &["abcdefghi", "x"]),
    ("character(5)", &["abc", "abcde", ""]),
    ("name", &["abc", "x"]),
    ("date", &["2024-02-29", "0001-01-01"]),
    ("timestamp(0) without time zone", &["2024-02-29 12:34:56"]),
    (
        "timestamp without time zone",
        &["2024-02-29 12:34:56.123456"],
    ),
    (
        "timestamp with time zone",
        &["2024-02-29 12:34:56.123456+05"],
    ),
    ("time without time zone", &["12:34:56.123456", "24:00:00"]),
    ("time with time zone", &["12:34:56.123456+05"]),
    ("interval", &["1 year 2 days 03:04:05.123456"]),
    ("interval(0)", &["1 day 00:00:05"]),
    ("bit(3)", &["101"]),
    ("bit varying(5)", &["10101", "1", ""]),
    ("bit varying", &["1010101010"]),
    ("json", &["{\"b\": 1, \"a\":  2, \"b\": 3}", "[1.0]"]),
    ("jsonb", &["{\"a\": 2}", "[1.0]"]),
    ("inet", &["10.0.0.5/8", "::1"]),
    ("cidr", &["10.0.0.0/8"]),
    ("bytea", &["\\x616263", "\\xff"]),
    ("boolean", &["true", "false"]),
    ("uuid", &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    ("integer[]", &["{1,2}", "{}"]),
    ("bigint[]", &["{9007199254740993}"]),
    ("text[]", &["{a,b}"]),
    ("character varying(3)[]", &["{abc}"]),
];

/// Whether each value is the one that stood there.
fn kept(client: &mut Client) -> bool {
    for test in ["a = o", "a::jsonb = o::jsonb", "a::text = o::text"] {
        let question = format!("SELECT coalesce(bool_and({test}), true) FROM t");
        client.batch_execute("SAVEPOINT s").unwrap();
        if let Ok(row) = client.query_one(&question, &[]) {
            return row.get(0);
        }
        client.batch_execute("ROLLBACK TO s").unwrap();
    }
    false
}

fn values_stay(variable: &str) {
    let Some(database) = Database::new(variable) else {
        return;
    };
    let driver = database.open();
    let ddl = driver.dialect().ddl().unwrap();
    let mut watched = Watched::new(&database);
    let mut wrong = Vec::new();
    let mut made = 0;
    for (from, values) in VALUES {
        for (to, _) in VALUES.iter().filter(|(to, _)| to != from) {
            let catalog = |data_type: &str| {
                let column = |name: &str, data_type: &str| initium_driver::Column {
                    name: name.into(),
                    data_type: data_type.into(),
                    nullable: true,
                    ..Default::default()
                };
                Catalog {
                    tables: vec![initium_driver::Table {
                        name: "t".into(),
                        columns: vec![column("a", data_type), column("o", from)],
                        ..Default::default()
                    }],
                    ..Catalog::default()
                }
            };
            let (one, other) = (catalog(from), catalog(to));
            let list = difference(&one, &other);
            let changes = Changes {
                from: &one,
                to: &other,
                list: &list,
                way: Way::Plain,
            };
            let Ok(acts) = ddl.render(&changes) else {
                continue;
            };
            let impact = ddl.impact(&list[0], &changes);
            let has = |kind: Threat| impact.risks.iter().any(|it| it.kind == kind);
            for value in *values {
                let set_up = format!(
                    "BEGIN; CREATE TABLE t (a {from}, o {from}); SET LOCAL TimeZone = 'Asia/Kolkata'"
                );
                watched.client.batch_execute(&set_up).unwrap();
                let insert = format!("INSERT INTO t VALUES ('{value}', '{value}')");
                watched.client.batch_execute(&insert).unwrap();
                made += 1;
                let said = &impact.risks;
                match watched.client.batch_execute(&acts[0].sql) {
                    Err(error) if !has(Threat::Refusal) => {
                        let why = error.as_db_error().unwrap().message().to_string();
                        wrong.push(format!(
                            "{from} -> {to}: '{value}' is refused: {why}; {said:?}"
                        ));
                    }
                    Err(_) => {}
                    Ok(()) if !has(Threat::Loss) && !kept(&mut watched.client) => {
                        wrong.push(format!("{from} -> {to}: '{value}' is another; {said:?}"));
                    }
                    Ok(()) => {}
                }
                watched.client.batch_execute("ROLLBACK").unwrap();
            }
        }
    }
    assert!(made > 1000, "{made}");
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_value_stays_where_nothing_is_said_to_be_lost() {
    values_stay(VARIABLES[0]);
}

#[test]
fn a_value_stays_on_the_newest_server_too() {
    values_stay(VARIABLES[1]);
}
