//! Scripts on SQLite: what its own habits would let pass.

mod folder;

use folder::Folder;
use initium_driver::driver::{Access, Driver, Limits, Part, Run, Script};
use initium_driver::{Code, Error, Phase, Result, Settings, Source, Statement, Step, Verdict};
use std::time::{Duration, Instant};

fn split(driver: &dyn Driver, text: &str) -> Vec<Statement> {
    let source = Source::file("a.sql", text);
    driver.dialect().split(&source).expect("a script")
}

fn run(driver: &mut dyn Driver, text: &str) -> Result<()> {
    let statements = split(driver, text);
    let entries = vec![];
    driver.execute(&Script::Together(vec![Part {
        statements,
        entries,
    }]))
}

fn alone(driver: &mut dyn Driver, text: &str) -> Result<()> {
    let statement = Box::new(split(driver, text).remove(0));
    driver.execute(&Script::Alone {
        before: vec![],
        statement,
        after: vec![],
    })
}

fn first(driver: &mut dyn Driver, query: &str) -> String {
    let rows = driver.query(query).expect(query);
    rows.first().unwrap_or("NULL").to_string()
}

/// A parent whose children go with it, and a child.
const FAMILY: &str = "CREATE TABLE parent (id INTEGER PRIMARY KEY, name text); \
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent ON DELETE CASCADE); \
    INSERT INTO parent VALUES (1, 'a'); INSERT INTO child VALUES (1, 1)";

const REBUILD: &str = "CREATE TABLE new (id INTEGER PRIMARY KEY, name text NOT NULL); \
    INSERT INTO new SELECT id, name FROM parent; DROP TABLE parent; \
    ALTER TABLE new RENAME TO parent";

fn open(folder: &Folder) -> Box<dyn Driver> {
    folder.open("app.db", Access::Write).expect("a file")
}

#[test]
fn a_rebuilt_table_keeps_its_children() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, FAMILY).expect("a family");
    let text = format!("PRAGMA foreign_keys=OFF; {REBUILD}; PRAGMA foreign_keys=ON");
    run(&mut *driver, &text).expect("a rebuild");
    assert_eq!(first(&mut *driver, "SELECT count(*) FROM child"), "1");
    // And afterwards they are enforced as before.
    assert_eq!(first(&mut *driver, "PRAGMA foreign_keys"), "1");
    run(&mut *driver, "INSERT INTO child VALUES (2, 99)").expect_err("no such parent");
}

#[test]
fn a_rebuild_that_takes_children_along_is_undone() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, FAMILY).expect("a family");
    for (action, text) in [("CASCADE", REBUILD), ("SET NULL", REBUILD)] {
        let family = FAMILY.replace("CASCADE", action);
        let fresh = format!("DROP TABLE child; DROP TABLE parent; {family}");
        run(&mut *driver, &fresh).expect("another family");
        let error = run(&mut *driver, text).expect_err("the child would lose its parent");
        assert!(error.message().contains("took 1 row of child"), "{error}");
        assert!(
            error
                .help_text()
                .is_some_and(|help| help.contains("foreign_keys = OFF"))
        );
        assert_eq!(first(&mut *driver, "SELECT count(parent) FROM child"), "1");
    }
    // Who says so may.
    let said = format!("DELETE FROM child; {REBUILD}");
    run(&mut *driver, &said).expect("a rebuild");
}

#[test]
fn a_rebuild_that_breaks_references_is_undone() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, FAMILY).expect("a family");
    let text = format!("PRAGMA foreign_keys=OFF; {REBUILD}; DELETE FROM parent");
    let error = run(&mut *driver, &text).expect_err("a child without parent");
    assert!(error.message().contains("child"), "{error}");
    assert_eq!(first(&mut *driver, "SELECT count(*) FROM parent"), "1");
    assert_eq!(first(&mut *driver, "PRAGMA foreign_keys"), "1");
    // What was broken before is not this script's doing.
    let text = "PRAGMA foreign_keys=OFF; INSERT INTO child VALUES (7, 7)";
    let outside = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
    outside.execute_batch(text).expect("a broken reference");
    let text = format!("PRAGMA foreign_keys=OFF; {REBUILD}");
    run(&mut *driver, &text).expect("a rebuild");
}

#[test]
fn the_url_says_whether_foreign_keys_are_enforced() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, FAMILY).expect("a family");
    let mut loose = folder
        .open("app.db?foreign_keys=off", Access::Write)
        .expect("a file");
    run(&mut *loose, "INSERT INTO child VALUES (2, 99)").expect("not enforced");
    run(&mut *driver, "INSERT INTO child VALUES (3, 99)").expect_err("enforced");
}

#[test]
fn a_parameter_is_refused_instead_of_null() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, "CREATE TABLE t (n)").expect("a table");
    for text in ["INSERT INTO t VALUES (:name)", "INSERT INTO t VALUES (?)"] {
        let error = run(&mut *driver, text).expect_err("a parameter");
        assert_eq!(error.failed_at().map(|at| at.statement), Some(0), "{error}");
    }
    assert_eq!(first(&mut *driver, "SELECT count(*) FROM t"), "0");
}

fn offset(error: &Error) -> Option<usize> {
    error.failed_at()?.offset
}

#[test]
fn the_fault_is_found_in_the_text() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    let error = run(&mut *driver, "SELECT 1;\nSELECT\n  nobody FROM x").expect_err("no table");
    assert_eq!(error.server_said().state.as_deref(), Some("1"));
    let error = run(&mut *driver, "SELECT 1,, 2").expect_err("a syntax error");
    assert_eq!(offset(&error), Some(9), "{error}");
}

#[test]
fn every_row_of_a_statement_is_stepped_to_its_end() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(
        &mut *driver,
        "CREATE TABLE t (n); INSERT INTO t VALUES (1), (2), (3) RETURNING n; \
         UPDATE t SET n = n + 1 RETURNING n; SELECT * FROM t; PRAGMA table_info(t); \
         PRAGMA user_version = 7",
    )
    .expect("a script");
    assert_eq!(first(&mut *driver, "SELECT sum(n) FROM t"), "9");
    assert_eq!(first(&mut *driver, "PRAGMA user_version"), "7");
}

#[test]
fn a_statement_that_rolls_back_by_itself_leaves_nothing() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, "CREATE TABLE t (n UNIQUE)").expect("a table");
    let text = "INSERT INTO t VALUES (1); INSERT OR ROLLBACK INTO t VALUES (1)";
    run(&mut *driver, text).expect_err("twice the same");
    assert_eq!(first(&mut *driver, "SELECT count(*) FROM t"), "0");
    run(&mut *driver, "INSERT INTO t VALUES (1)").expect("it still works");
}

#[test]
fn who_ends_the_transaction_or_leaves_one_open_is_caught() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    let error = run(&mut *driver, "COMMIT").expect_err("the end of a transaction");
    assert_eq!(error.code(), Code::TransactionControl);
    let error = alone(&mut *driver, "BEGIN").expect_err("an open transaction");
    assert_eq!(error.code(), Code::TransactionControl);
    run(
        &mut *driver,
        "SAVEPOINT a; CREATE TABLE t (n); ROLLBACK TO a; RELEASE a",
    )
    .expect("fine");
    run(&mut *driver, "CREATE TABLE t (n)").expect("a table");
}

#[test]
fn what_must_be_outside_runs_outside() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    alone(&mut *driver, "PRAGMA journal_mode = wal").expect("a log");
    alone(&mut *driver, "VACUUM").expect("a vacuum");
    let text = format!("ATTACH '{}' AS other", folder.path("other.db"));
    alone(&mut *driver, &text).expect("another file");
    run(&mut *driver, "CREATE TABLE other.t (n)").expect("a table there");
    alone(&mut *driver, "DETACH other").expect("gone");
    assert_eq!(journal_mode(&folder), "wal");
}

#[test]
fn what_must_be_outside_may_run_twice_unless_it_writes_a_file() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    let mut judged = |text: &str| {
        let statement = split(&*driver, text).remove(0);
        let step = Step::new("m", Phase::Up, 1, "v1:x".into(), text);
        driver.verdict(&step, &statement).expect(text)
    };
    for text in [
        "VACUUM",
        "pragma journal_mode = wal",
        "ATTACH 'x' AS x",
        "DETACH x",
    ] {
        assert_eq!(judged(text), Verdict::Without { clear: vec![] }, "{text}");
    }
    for text in ["VACUUM INTO 'copy.db'", "INSERT INTO t VALUES (1)"] {
        assert!(matches!(judged(text), Verdict::Invisible(_)), "{text}");
    }
}

#[test]
fn a_query_changes_nothing_whatever_it_says() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, "CREATE TABLE t (n)").expect("a table");
    for text in [
        "INSERT INTO t VALUES (1) RETURNING n",
        "WITH x AS (SELECT 1) DELETE FROM t",
        "PRAGMA user_version = 3",
        "PRAGMA journal_mode = wal",
        "SELECT 1; DROP TABLE t",
        "VACUUM",
        "",
    ] {
        driver.query(text).expect_err(text);
    }
    let _ = driver.query("BEGIN");
    let _ = driver.query("PRAGMA query_only = OFF");
    run(&mut *driver, "INSERT INTO t VALUES (1)").expect("no transaction is left open");
    assert_eq!(first(&mut *driver, "PRAGMA user_version"), "0");
    assert_eq!(journal_mode(&folder), "delete");
}

fn journal_mode(folder: &Folder) -> String {
    let outside = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
    let mode = outside.pragma_query_value(None, "journal_mode", |row| row.get(0));
    mode.expect("a mode")
}

#[test]
fn another_writer_is_a_lock_timeout_and_not_at_once() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, "CREATE TABLE t (n)").expect("a table");
    let other = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
    other.execute_batch("BEGIN IMMEDIATE").expect("a writer");
    let start = Instant::now();
    let error = run(&mut *driver, "INSERT INTO t VALUES (1)").expect_err("busy");
    assert_eq!(error.code(), Code::LockTimeout, "{error}");
    assert!(start.elapsed() >= Duration::from_millis(150), "no waiting");
    assert!(start.elapsed() < Duration::from_secs(5), "too long");
    other.execute_batch("COMMIT").expect("done");
    run(&mut *driver, "INSERT INTO t VALUES (1)").expect("free");
}

#[test]
fn a_full_disk_leaves_nothing() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    run(&mut *driver, "CREATE TABLE t (n)").expect("a table");
    let error = run(
        &mut *driver,
        "PRAGMA max_page_count = 10; INSERT INTO t VALUES (1); \
         INSERT INTO t VALUES (randomblob(100000))",
    )
    .expect_err("full");
    assert_eq!(error.code(), Code::StatementFailed);
    assert!(error.message().contains("full"), "{error}");
    assert_eq!(error.failed_at().map(|at| at.statement), Some(2));
    assert_eq!(first(&mut *driver, "SELECT count(*) FROM t"), "0");
}

#[test]
fn a_statement_that_runs_too_long_is_stopped() {
    let folder = Folder::new();
    let url = format!("sqlite:{}", folder.path("app.db"));
    let run_with_limit = Run {
        limits: Limits {
            statement: Duration::from_millis(100),
            ..Limits::default()
        },
        ..folder::run(Access::Write)
    };
    let settings = Settings::parse(&url, "URL").expect("a URL");
    let mut driver = (initium_sqlite::OPENER.open)(&settings, &run_with_limit).expect("a file");
    let endless = "CREATE TABLE t (n); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 \
                   FROM c) SELECT max(n) FROM c";
    let error = run(&mut *driver, endless).expect_err("endless");
    assert_eq!(error.code(), Code::StatementFailed, "{error}");
    assert_eq!(error.failed_at().map(|at| at.statement), Some(1));
    run(&mut *driver, "CREATE TABLE t (n)").expect("nothing was left");
}

#[test]
fn one_transaction_for_many_parts() {
    let folder = Folder::new();
    let mut driver = open(&folder);
    let part = |text: &str| Part {
        statements: split(&*driver, text),
        entries: vec![],
    };
    let parts = vec![
        part("CREATE TABLE a (n)"),
        part("CREATE TABLE b (n); CREATE TABLE a (n)"),
    ];
    let error = driver
        .execute(&Script::Together(parts))
        .expect_err("a is there");
    let at = error.failed_at().expect("a place");
    assert_eq!((at.part, at.statement), (1, 1));
    assert_eq!(driver.introspect().expect("a catalog").tables, []);
}
