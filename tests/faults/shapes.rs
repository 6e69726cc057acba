//! What is run under faults: twelve steps of mixed DDL and DML in several shapes. Each DML step
//! writes its number into a table, each DDL step shows in the catalog, and none may run twice
//! without a trace.

use crate::support::{Database, Folder};

/// A spec, how the database comes to where the faults begin, and the run that suffers them.
#[derive(Clone)]
pub struct Shape {
    pub name: &'static str,
    pub spec: String,
    pub prelude: Option<Vec<&'static str>>,
    pub run: Vec<&'static str>,
}

impl Shape {
    /// With the schema file that some name.
    pub fn write(&self, folder: &Folder) -> String {
        folder.write("declared.yaml", SCHEMA);
        folder.write("shape.yaml", &self.spec)
    }
}

/// `up` and `down` of each step.
fn steps(kind: &str) -> Vec<(String, String)> {
    let drop_index = match kind {
        "mysql" | "mariadb" => "DROP INDEX a_more ON a",
        _ => "DROP INDEX a_more",
    };
    let count = |n: i32| {
        (
            format!("INSERT INTO counter VALUES ({n})"),
            format!("INSERT INTO counter VALUES (-{n})"),
        )
    };
    let pair = |up: &str, down: &str| (up.to_string(), down.to_string());
    vec![
        pair(
            "CREATE TABLE counter (step integer NOT NULL)",
            "DROP TABLE counter",
        ),
        count(2),
        pair(
            "CREATE TABLE a (id integer NOT NULL, note varchar(20))",
            "DROP TABLE a",
        ),
        count(4),
        pair(
            "ALTER TABLE a ADD COLUMN more integer",
            "ALTER TABLE a DROP COLUMN more",
        ),
        pair("INSERT INTO a VALUES (1, 'one', 1)", "DELETE FROM a"),
        pair("CREATE INDEX a_more ON a (more)", drop_index),
        pair(
            "UPDATE a SET more = more + 1",
            "UPDATE a SET more = more - 1",
        ),
        pair("CREATE VIEW v AS SELECT id FROM a", "DROP VIEW v"),
        count(10),
        pair("CREATE TABLE b (id integer)", "DROP TABLE b"),
        pair("ALTER TABLE b RENAME TO c", "ALTER TABLE c RENAME TO b"),
    ]
}

fn migration(text: &mut String, name: &str, up: &[&str], down: &[&str]) {
    text.push_str(&format!("  - name: {name}\n    up: |\n"));
    up.iter()
        .for_each(|line| text.push_str(&format!("      {line};\n")));
    if !down.is_empty() {
        text.push_str("    down: |\n");
        down.iter()
            .rev()
            .for_each(|line| text.push_str(&format!("      {line};\n")));
    }
}

const HEAD: &str = "version: 1\nmigrations:\n";
const GROUND: &str = "  - {name: ground, up: CREATE TABLE ground (n integer)}\n";

fn each(kind: &str) -> String {
    let mut text = String::from(HEAD);
    for (n, (up, down)) in steps(kind).iter().enumerate() {
        migration(&mut text, &format!("m{:02}", n + 1), &[up], &[down]);
    }
    text
}

fn one(kind: &str) -> String {
    let steps = steps(kind);
    let (ups, downs): (Vec<&str>, Vec<&str>) = steps
        .iter()
        .map(|(up, down)| (up.as_str(), down.as_str()))
        .unzip();
    // The counter of the undo must outlive the undo.
    let mut text = format!("{HEAD}{GROUND}");
    migration(&mut text, "counter", &ups[..1], &[]);
    migration(&mut text, "one", &ups[1..], &downs[1..]);
    text
}

/// Each statement in a transaction of its own, where it can be.
fn apart(kind: &str) -> String {
    format!("{}    transaction: none\n", one(kind))
}

/// Rows only: what fits into one transaction everywhere.
fn rows() -> String {
    let mut text =
        format!("{HEAD}  - {{name: ground, up: CREATE TABLE counter (step integer NOT NULL)}}\n");
    for n in 1..=12 {
        let insert = format!("INSERT INTO counter VALUES ({n})");
        migration(&mut text, &format!("m{n:02}"), &[&insert], &[]);
    }
    text
}

/// What PostgreSQL runs outside a transaction, between what it runs inside.
fn concurrent() -> String {
    let mut text = String::from(HEAD);
    migration(
        &mut text,
        "mixed",
        &[
            "CREATE TABLE counter (step integer NOT NULL)",
            "INSERT INTO counter VALUES (2)",
            "CREATE INDEX CONCURRENTLY counter_one ON counter (step)",
            "INSERT INTO counter VALUES (4)",
            "CREATE INDEX CONCURRENTLY counter_two ON counter (step)",
            "ALTER TABLE counter ADD COLUMN more integer",
            "INSERT INTO counter VALUES (7)",
            "DROP INDEX CONCURRENTLY counter_one",
            "INSERT INTO counter VALUES (9)",
        ],
        &[],
    );
    text
}

fn outside() -> String {
    let mut text =
        format!("{HEAD}  - {{name: ground, up: CREATE TABLE counter (step integer NOT NULL)}}\n");
    migration(
        &mut text,
        "none",
        &[
            "CREATE INDEX CONCURRENTLY one ON counter (step)",
            "CREATE UNIQUE INDEX CONCURRENTLY two ON counter (step)",
            "VACUUM counter",
            "CREATE INDEX CONCURRENTLY three ON counter (step) WHERE step > 1",
            "DROP INDEX CONCURRENTLY two",
        ],
        &[],
    );
    text.push_str("    transaction: none\n");
    text
}

/// What a spec says for all databases: the statements are made of what the database holds, and after a
/// crash it holds something else.
const CHANGES: &str = "version: 1
migrations:
  - {name: ground, up: CREATE TABLE counter (step integer NOT NULL), down: DROP TABLE counter}
  - name: changes
    changes:
      - sql: {up: INSERT INTO counter VALUES (1), down: INSERT INTO counter VALUES (-1)}
      - create_table: {name: a, columns: [{name: id, type: int}, {name: note, type: varchar(20), nullable: true}]}
      - create_table: {name: b, columns: [{name: id, type: bigint, identity: by_default, primary_key: true}]}
      - sql: {up: \"INSERT INTO a VALUES (1, 'one')\", down: DELETE FROM a}
      - add_column: {table: a, name: more, type: int, default: 0}
      - rename_column: {table: a, from: note, to: text}
      - alter_column: {table: a, name: text, type: varchar(40), nullable: false, default: \"''\"}
      - sql: {up: INSERT INTO counter VALUES (2), down: INSERT INTO counter VALUES (-2)}
      - add_index: {table: a, name: a_more, columns: [more], concurrently: true}
      - rename_table: {from: b, to: c}
      - drop_column: {table: a, name: more}
      - sql: {up: INSERT INTO counter VALUES (3), down: INSERT INTO counter VALUES (-3)}
";

/// A schema that is declared over what migrations have made: nothing of it is a step that somebody wrote.
const DECLARED: &str = "\
version: 1
schemas: [declared.yaml]
strategy: both
migrations:
  - name: ground
    up: |
      CREATE TABLE a (id integer NOT NULL PRIMARY KEY, note varchar(20));
      CREATE TABLE b (id integer NOT NULL PRIMARY KEY, a integer, gone integer);
      INSERT INTO a VALUES (1, 'one');
      INSERT INTO b VALUES (1, 1, 1);
";
const SCHEMA: &str = "\
tables:
  - name: a
    columns:
      - {name: id, type: integer, primary_key: true}
      - {name: note, type: varchar(40), nullable: true}
      - {name: more, type: integer, nullable: true}
    indexes: [{name: a_more, columns: [more]}]
  - name: b
    columns:
      - {name: id, type: integer, primary_key: true}
      - {name: a, type: integer, nullable: true}
      - {name: text, type: text, nullable: true}
    foreign_keys: [{name: b_a, columns: [a], references: a}]
  - name: c
    columns:
      - {name: id, type: integer, primary_key: true}
      - {name: b, type: integer, nullable: true}
    foreign_keys: [{name: c_b, columns: [b], references: b}]
";

/// The shapes of one kind of database.
/// `FAULTS_SHAPE=words` leaves those whose name has the words.
pub fn shapes(kind: &str) -> Vec<Shape> {
    let shape =
        |name, spec: String, prelude: Option<&[&'static str]>, run: &[&'static str]| Shape {
            name,
            spec,
            prelude: prelude.map(<[_]>::to_vec),
            run: run.to_vec(),
        };
    let apply = &["apply"];
    let mut all = vec![
        shape("each", each(kind), None, apply),
        shape("one", one(kind), None, apply),
        shape("one, statement by statement", apart(kind), None, apply),
        shape(
            "rows in one transaction",
            rows(),
            Some(&["apply", "--to", "ground"]),
            &["apply", "--tx-mode", "all"],
        ),
        shape(
            "undo of each",
            each(kind),
            Some(apply),
            &["rollback", "--to", "m01", "--yes"],
        ),
        shape(
            "undo of one",
            one(kind),
            Some(apply),
            &["rollback", "--to", "counter", "--yes"],
        ),
        shape("changes", CHANGES.into(), None, apply),
        shape(
            "undo of changes",
            CHANGES.into(),
            Some(apply),
            &["rollback", "--to", "ground", "--yes"],
        ),
    ];
    let declared = &["apply", "--on-breaking-change", "warn"];
    all.push(shape(
        "declared",
        DECLARED.into(),
        Some(&["apply", "--to", "ground"]),
        declared,
    ));
    all.push(shape(
        "undo of declared",
        DECLARED.into(),
        Some(declared),
        &["rollback", "--to", "ground", "--yes"],
    ));
    if matches!(kind, "postgres" | "sqlite") {
        let run = &["apply", "--tx-mode", "all"];
        all.push(shape("all in one transaction", each(kind), None, run));
    }
    if kind == "postgres" {
        all.push(shape("concurrently", concurrent(), None, apply));
        let prelude: &[&str] = &["apply", "--to", "ground"];
        all.push(shape(
            "outside transactions",
            outside(),
            Some(prelude),
            apply,
        ));
    }
    let words = chosen();
    all.retain(|shape| shape.name.contains(&words));
    all
}

pub fn chosen() -> String {
    std::env::var("FAULTS_SHAPE").unwrap_or_default()
}

/// Everything that a run should leave, and nothing that two runs differ in: the catalog, every row
/// of the steps, what the ledger proves.
pub fn dump(db: &Database) -> String {
    let mut driver = db.open();
    let mut catalog = driver.introspect().unwrap();
    // PostgreSQL 18 leaves out what 15 puts before a column, and a drill may run on both.
    for view in &mut catalog.views {
        view.definition = view.definition.replace("a.", "");
    }
    let mut text = format!("{catalog:?}\n");
    let mut ask = |sql: &str| {
        let answer = match driver.query(sql) {
            Ok(mut rows) => {
                rows.rows.sort();
                format!("{:?}", rows.rows)
            }
            Err(error) => format!("{:?}", error.code()),
        };
        text += &format!("{sql}: {answer}\n");
    };
    for table in catalog.tables.iter().map(|table| &table.name.name) {
        match table.as_str() {
            "counter" => ask("SELECT step, count(*) FROM counter GROUP BY step ORDER BY step"),
            // The ledger of another target: its times and runs are its own.
            name if name.starts_with("initium_migrate_") => match name.rsplit('_').next() {
                Some("log" | "meta") => {}
                Some("step") => ask(&format!("SELECT count(*) FROM {name}")),
                _ => ask(&format!("SELECT id, seq, state, checksum FROM {name}")),
            },
            name => ask(&format!("SELECT * FROM {name}")),
        }
    }
    ask("SELECT id, seq, state, checksum FROM initium_migrate ORDER BY seq");
    ask("SELECT count(*) FROM initium_migrate_step");
    match db.kind {
        "postgres" => {
            ask(
                "SELECT c.relname, c.relkind, i.indisvalid, i.indisready FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid \
                 WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1",
            );
            ask(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database())",
            );
        }
        "sqlite" => {
            ask("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'initium%' ORDER BY name")
        }
        _ => {
            for what in [
                "table_name, table_type FROM information_schema.tables",
                "table_name, index_name, column_name FROM information_schema.statistics",
            ] {
                ask(&format!("SELECT {what} WHERE table_schema = DATABASE()"));
            }
        }
    }
    text
}

/// The lines in which two dumps differ.
pub fn difference(found: &str, expected: &str) -> String {
    let lines = found.lines().zip(expected.lines());
    let differ: Vec<_> = lines.filter(|(a, b)| a != b).collect();
    let shown = differ.iter().map(|(a, b)| format!("{a}\ninstead of\n{b}"));
    shown.collect::<Vec<_>>().join("\n")
}
