//! A table that is built anew with rows in it, and with children, triggers and views that name it.
//! (Catches a row, a number, a reference or a setting that is lost on the way.)

mod changing;
mod folder;

use changing::{Place, acts, desired, told};
use initium_driver::Code;
use initium_driver::driver::Access;

const FAMILY: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT, n INTEGER); \
    CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER NOT NULL REFERENCES p (id) ON DELETE CASCADE); \
    CREATE TABLE d (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE SET NULL); \
    CREATE TABLE e (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE RESTRICT); \
    CREATE TABLE f (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED); \
    CREATE TABLE log (what TEXT); \
    CREATE TRIGGER p_in AFTER INSERT ON p BEGIN INSERT INTO log VALUES ('in'); END; \
    CREATE TRIGGER p_out AFTER DELETE ON p BEGIN INSERT INTO log VALUES ('out'); END; \
    CREATE TRIGGER c_out AFTER DELETE ON c BEGIN UPDATE p SET n = n - 1 WHERE id = OLD.p; END; \
    CREATE VIEW v AS SELECT p.name, count(*) FROM p JOIN c ON c.p = p.id GROUP BY p.id;";

const ROWS: &str = "INSERT INTO p VALUES (1, 'a', 1), (2, 'b', 2), (7, NULL, 3); DELETE FROM log; \
    INSERT INTO c VALUES (1, 1), (2, 2), (3, 7); INSERT INTO d VALUES (1, 1), (2, NULL); \
    INSERT INTO e VALUES (1, 7); INSERT INTO f VALUES (1, 2);";

fn grown() -> String {
    FAMILY.replace(
        "name TEXT, n INTEGER",
        "name VARCHAR(9) UNIQUE, n INTEGER DEFAULT 0",
    )
}

#[test]
fn rows_children_and_triggers_stay_whatever_is_said_of_foreign_keys() {
    for url in [
        "app.db",
        "app.db?foreign_keys=off",
        "app.db?foreign_keys=on",
    ] {
        let mut place = Place::at(url, FAMILY);
        place.run(ROWS).expect("rows");
        let watch = place.first("PRAGMA foreign_keys");
        let tables = ["p", "c", "d", "e", "f", "log"];
        let before = tables.map(|table| place.values(table));
        place.become_like(&grown()).expect("a rebuild");
        assert_eq!(tables.map(|table| place.values(table)), before, "{url}");
        assert_eq!(place.first("PRAGMA foreign_keys"), watch);
        assert_eq!(place.rows("PRAGMA foreign_key_check"), [] as [Vec<_>; 0]);
        assert_eq!(place.first("PRAGMA integrity_check"), "ok");
        // And they do what they did.
        place
            .run("INSERT INTO p VALUES (8, 'x', 0); DELETE FROM c WHERE id = 3")
            .expect("rows");
        assert_eq!(place.first("SELECT group_concat(what) FROM log"), "in");
        assert_eq!(place.first("SELECT n FROM p WHERE id = 7"), "2");
        assert_eq!(place.first("SELECT count(*) FROM v"), "2");
        if watch == "1" {
            place
                .run("INSERT INTO c VALUES (9, 99)")
                .expect_err("no such parent");
            place
                .run("DELETE FROM p WHERE id = 1")
                .expect("its child goes");
            assert_eq!(place.first("SELECT count(*) FROM c WHERE p = 1"), "0");
            assert_eq!(place.first("SELECT count(p) FROM d"), "0");
        }
    }
}

#[test]
fn what_names_the_table_is_not_touched_and_its_text_is_as_somebody_would_write_it() {
    let mut place = Place::new(FAMILY);
    let before = place.texts();
    place.become_like(&grown()).expect("a rebuild");
    let mut after = place.texts();
    let mut expected = before;
    let is_p = |row: &Vec<Option<String>>| {
        row[0].as_deref() == Some("table") && row[1].as_deref() == Some("p")
    };
    let text = "CREATE TABLE p (\n  id INTEGER PRIMARY KEY,\n  name VARCHAR(9) UNIQUE,\n  n INTEGER DEFAULT 0\n)";
    let own = after.iter().find(|row| is_p(row)).expect("the table");
    assert_eq!(own[3].as_deref(), Some(text));
    after.retain(|row| !is_p(row) && row[3].is_some());
    expected.retain(|row| !is_p(row) && row[3].is_some());
    assert_eq!(after, expected);
}

#[test]
fn a_number_is_never_given_twice() {
    let numbered = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);";
    for (rows, next) in [
        ("INSERT INTO t VALUES (5, 'x'); DELETE FROM t;", "6"),
        (
            "INSERT INTO t VALUES (5, 'x'), (9, 'y'); DELETE FROM t WHERE id = 9;",
            "10",
        ),
        ("", "1"),
    ] {
        let mut place = Place::new(&format!("{numbered} {rows}"));
        place
            .become_like(&numbered.replace("TEXT", "BLOB"))
            .expect("a rebuild");
        let again = "INSERT INTO t (a) VALUES ('z')";
        place.run(again).expect("a row");
        assert_eq!(place.first("SELECT max(id) FROM t"), next);
        let names = place.rows("SELECT name FROM sqlite_sequence");
        assert_eq!(names, [[Some("t".to_string())]]);
    }
    // A check that names its table takes the other way.
    let named = numbered.replace("a TEXT", "a TEXT, CHECK (t.a <> '')");
    let mut place = Place::new(&format!(
        "{named} INSERT INTO t VALUES (5, 'x'); DELETE FROM t;"
    ));
    place
        .become_like(&named.replace("a TEXT", "a BLOB"))
        .expect("a rebuild");
    place.run("INSERT INTO t (a) VALUES ('z')").expect("a row");
    assert_eq!(place.first("SELECT max(id) FROM t"), "6");
}

#[test]
fn rows_that_nothing_else_tells_apart_keep_their_ids() {
    let mut place = Place::new(
        "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('x'), ('x'); DELETE FROM t WHERE rowid = 2;",
    );
    place
        .become_like("CREATE TABLE t (a TEXT DEFAULT 'y')")
        .expect("a rebuild");
    assert_eq!(place.first("SELECT group_concat(rowid) FROM t"), "1,3");
    // And the id becomes a column, and is none again.
    place
        .become_like("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'y')")
        .expect("a rebuild");
    assert_eq!(place.first("SELECT group_concat(id) FROM t"), "1,3");
    place
        .become_like("CREATE TABLE t (a TEXT DEFAULT 'y')")
        .expect("a rebuild");
    assert_eq!(place.first("SELECT group_concat(rowid) FROM t"), "1,3");
}

#[test]
fn a_table_for_full_text_still_finds_the_rows_of_its_source() {
    let found = "CREATE VIRTUAL TABLE found USING fts5(body, content='docs');";
    let mut place = Place::new(&format!(
        "CREATE TABLE docs (title TEXT PRIMARY KEY, body TEXT); {found} \
         INSERT INTO docs VALUES ('a', 'one'), ('b', 'two'), ('c', 'three'); DELETE FROM docs WHERE title = 'b'; \
         INSERT INTO found(found) VALUES ('rebuild');"
    ));
    let source = "CREATE TABLE docs (title TEXT PRIMARY KEY, body TEXT NOT NULL DEFAULT '');";
    place
        .become_like(&format!("{source} {found}"))
        .expect("a rebuild");
    let told =
        "SELECT title FROM docs WHERE rowid = (SELECT rowid FROM found WHERE found MATCH 'three')";
    assert_eq!(place.first(told), "c");
}

#[test]
fn a_conflict_clause_loses_no_row() {
    for clause in ["REPLACE", "IGNORE", "FAIL", "ROLLBACK"] {
        let mut place = Place::new("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('x');");
        let (texts, values) = (place.texts(), place.values("t"));
        let unique = format!("CREATE TABLE t (a TEXT UNIQUE ON CONFLICT {clause})");
        let error = place.become_like(&unique).expect_err("twice the same");
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
        assert!(error.message().contains("UNIQUE"), "{error}");
        assert_eq!((place.texts(), place.values("t")), (texts, values));
    }
}

#[test]
fn a_rebuild_that_fails_leaves_everything_as_it_was() {
    let mut place = Place::new(FAMILY);
    place.run(ROWS).expect("rows");
    let before = (place.texts(), place.values("p"), place.values("c"));
    let strict = FAMILY.replace(
        "name TEXT, n INTEGER",
        "name VARCHAR(5) NOT NULL, n INTEGER",
    );
    let error = place.become_like(&strict).expect_err("there is a NULL");
    assert!(
        error
            .message()
            .contains("NOT NULL constraint failed: p.name"),
        "{error}"
    );
    assert_eq!(
        (place.texts(), place.values("p"), place.values("c")),
        before
    );
    assert_eq!(place.first("PRAGMA legacy_alter_table"), "0");
    assert_eq!(place.first("PRAGMA foreign_keys"), "1");
    // A rename follows into views again.
    place.run("ALTER TABLE p RENAME TO q").expect("a rename");
    assert_eq!(place.first("SELECT count(*) FROM v"), "3");
}

#[test]
fn a_reference_that_rows_do_not_keep_is_refused() {
    let mut place = Place::new(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER); INSERT INTO c VALUES (5);",
    );
    let before = place.texts();
    let error = place
        .become_like(
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p)",
        )
        .expect_err("no such parent");
    assert!(
        error
            .message()
            .contains("foreign keys are broken: c, row 1, refers to p"),
        "{error}"
    );
    assert_eq!(place.texts(), before);
}

#[test]
fn what_was_broken_before_does_not_stop_a_rebuild() {
    let mut place = Place::new(FAMILY);
    place.run(ROWS).expect("rows");
    let outside = rusqlite::Connection::open(place.folder.path("app.db")).expect("a file");
    let broken = "PRAGMA foreign_keys = OFF; INSERT INTO c VALUES (8, 88)";
    outside.execute_batch(broken).expect("a broken reference");
    place.become_like(&grown()).expect("a rebuild");
    assert_eq!(place.first("SELECT count(*) FROM c"), "4");
}

#[test]
fn a_key_that_fits_no_other_one_stops_only_what_makes_it() {
    let odd = "CREATE TABLE c (n INTEGER REFERENCES t (n)); CREATE TABLE t (n INTEGER, a TEXT);";
    let family = "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT); \
                  CREATE TABLE d (p INTEGER REFERENCES p (id));";
    let mut place = Place::new(&format!("{odd} {family}"));
    place
        .become_like(&format!("{odd} {}", family.replace("TEXT", "BLOB")))
        .expect("a rebuild");
    let error = place
        .become_like(&format!(
            "{odd} {}",
            family.replace("INTEGER PRIMARY KEY", "INTEGER")
        ))
        .expect_err("d refers to it");
    let message = "foreign keys are broken: foreign key mismatch - \"d\" referencing \"p\"";
    assert_eq!(error.message(), message);
}

#[test]
fn foreign_keys_are_left_alone_where_none_are_concerned() {
    // No foreign key is looked at where none is concerned.
    let acts = acts(
        &desired("CREATE TABLE t (a TEXT)"),
        &desired("CREATE TABLE t (a TEXT DEFAULT 'x')"),
    );
    assert!(!told(&acts.expect("acts")).contains("foreign_keys"));
}

/// Somebody who runs the statements by hand and dies behind the one with this number.
fn die(path: &str, statements: &[String], behind: usize) {
    let me = std::env::current_exe().expect("a program");
    let status = std::process::Command::new(me)
        .args(["--exact", "whoever_dies_says_nothing", "--nocapture"])
        .env("INITIUM_DIE_AT", behind.to_string())
        .env("INITIUM_DIE_IN", path)
        .env("INITIUM_DIE_WITH", statements.join("\u{1}"))
        .output()
        .expect("a process")
        .status;
    assert!(!status.success(), "it was to die");
}

/// The one that dies; a test of nothing where nobody asks for it.
#[test]
fn whoever_dies_says_nothing() {
    let Ok(path) = std::env::var("INITIUM_DIE_IN") else {
        return;
    };
    let all = std::env::var("INITIUM_DIE_WITH").expect("statements");
    let at: usize = std::env::var("INITIUM_DIE_AT")
        .expect("a place")
        .parse()
        .expect("a number");
    let connection = rusqlite::Connection::open(path).expect("a file");
    connection
        .pragma_update(None, "foreign_keys", "off")
        .expect("off");
    // Pages leave the cache early, so that there is a journal to be played back.
    connection
        .pragma_update(None, "cache_size", 2)
        .expect("a small cache");
    connection
        .execute_batch("BEGIN IMMEDIATE")
        .expect("a transaction");
    for (n, statement) in all.split('\u{1}').enumerate() {
        connection.execute_batch(statement).expect(statement);
        if n == at {
            std::process::abort();
        }
    }
    connection.execute_batch("COMMIT").expect("the end");
    std::process::abort();
}

#[test]
fn whoever_dies_in_the_middle_leaves_the_one_or_the_other() {
    let mut model = Place::new(FAMILY);
    let from = model.seen();
    let to = desired(&grown());
    let acts = acts(&from, &to).expect("acts");
    let statements: Vec<_> = acts.into_iter().map(|act| act.sql).collect();
    for journal in ["delete", "wal"] {
        for behind in 0..=statements.len() {
            let mut place = Place::new(FAMILY);
            let path = place.folder.path("app.db");
            place.run(ROWS).expect("rows");
            place
                .run(
                    "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
                     INSERT INTO p SELECT i, 'name ' || i, i FROM n",
                )
                .expect("many rows");
            let values = place.values("p");
            let outside = rusqlite::Connection::open(&path).expect("a file");
            outside
                .pragma_update(None, "journal_mode", journal)
                .expect("a journal");
            drop(outside);
            die(&path, &statements, behind);
            place.driver = place.folder.open("app.db", Access::Write).expect("a file");
            let expected = if behind < statements.len() {
                &from
            } else {
                &to
            };
            assert_eq!(place.seen(), *expected, "{journal}, {behind}");
            assert_eq!(place.values("p"), values);
            assert_eq!(place.first("PRAGMA integrity_check"), "ok");
            assert_eq!(place.first("SELECT count(*) FROM c"), "3");
        }
    }
}
