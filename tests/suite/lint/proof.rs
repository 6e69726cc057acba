//! What the cases claim, on real servers: which lock a statement takes, whether it writes the table
//! anew or has to copy it, whether it fails, and that a safe form leaves the same catalog behind.

use super::{Case, cases};
use crate::support::{Database, of};
use initium::lint::Version;
use serde_json::{Value, json};

const POSTGRES: &str = "CREATE TABLE p (id bigint PRIMARY KEY, name text NOT NULL); \
    CREATE TABLE t (id bigint PRIMARY KEY, a integer, b text, p_id bigint, at timestamptz, note varchar(20)); \
    CREATE INDEX t_b ON t (b); INSERT INTO p VALUES (1, 'x'); INSERT INTO t VALUES (1, 1, 'x', 1, now(), 'y');";
const MYSQL: &str = "CREATE TABLE p (id bigint PRIMARY KEY, name varchar(50) NOT NULL); \
    CREATE TABLE t (id bigint PRIMARY KEY, a integer, b text, p_id bigint, at datetime NOT NULL, note varchar(20)); \
    INSERT INTO p VALUES (1, 'x'); INSERT INTO t VALUES (1, 1, 'x', 1, now(), 'y');";
const SQLITE: &str = "CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT NOT NULL); \
    CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, p_id INTEGER, at TEXT, note TEXT); \
    INSERT INTO p VALUES (1, 'x'); INSERT INTO t VALUES (1, 1, 'x', 1, 'now', 'y');";

fn ground(kind: &str) -> &'static str {
    match kind {
        "postgres" => POSTGRES,
        "sqlite" => SQLITE,
        _ => MYSQL,
    }
}

/// Applies scripts, each a migration of its own; whether it went well, and what was said.
fn apply(db: &Database, case: &Case, scripts: &[String]) -> (i32, String) {
    let mut all = vec![ground(db.kind).to_string()];
    all.extend(case.text("setup").map(String::from));
    all.extend(scripts.iter().cloned());
    let migration = |(n, text): (usize, &String)| {
        let mut one = json!({"name": format!("m{n}"), "up": text});
        if n + scripts.len() >= all.len() {
            one["transaction"] = json!(case.text("transaction").unwrap_or("auto"));
        }
        one
    };
    let migrations: Vec<Value> = all.iter().enumerate().map(migration).collect();
    let text = json!({"version": 1, "migrations": migrations}).to_string();
    let spec = db.folder.write("plan.json", &text);
    let ran = db.initium(&["migrate", "apply", "--spec", &spec]).run();
    (ran.status, ran.err)
}

fn runs(db: &Database, case: &Case, scripts: &[String]) {
    let (status, said) = apply(db, case, scripts);
    assert_eq!(
        status, 0,
        "{} on {}: {scripts:?}\n{said}",
        case.rule, db.kind
    );
}

/// A case of a later version proves nothing on an older server.
fn is_new_enough(db: &Database, case: &Case) -> bool {
    let said = case.text("version").and_then(Version::parse);
    said.is_none_or(|said| Version::parse(&db.open().server()).is_some_and(|own| own >= said))
}

/// Cases whose proof says this, with a fresh database on each server that they are for.
fn each(key: &str, mut test: impl FnMut(&Case, &Database)) {
    let mut count = 0;
    for case in cases()
        .iter()
        .filter(|case| !case.said["proof"][key].is_null())
    {
        for kind in &case.on {
            for db in of(kind).iter().filter(|db| is_new_enough(db, case)) {
                test(case, db);
                count += 1;
            }
        }
    }
    assert!(count > 0, "no case says {key}");
}

#[test]
fn a_statement_takes_the_lock_that_its_rule_tells_of() {
    each("lock", |case, db| {
        let seen = "CREATE TABLE seen AS SELECT l.mode AS mode, c.relname AS name FROM pg_locks l \
             JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid();";
        runs(db, case, &[format!("{}\n{seen}", case.sql())]);
        let proof = &case.said["proof"];
        let (mode, on) = (
            proof["lock"].as_str().unwrap(),
            proof["on"].as_str().unwrap_or("t"),
        );
        let sql = format!("SELECT count(*) FROM seen WHERE mode = '{mode}' AND name = '{on}'");
        assert_eq!(db.ask(&sql), "1", "{}: {mode} on {on}", case.sql());
    });
}

fn filenode(db: &Database) -> String {
    db.ask("SELECT pg_relation_filenode('t')")
}

#[test]
fn a_table_is_written_anew_exactly_where_a_rule_says_so() {
    for (key, anew) in [("rewrites", true), ("keeps", true)] {
        each(key, |case, db| {
            runs(db, case, &[]);
            let before = filenode(db);
            runs(db, case, &[case.sql().into()]);
            let changed = filenode(db) != before;
            assert_eq!(changed, anew && key == "rewrites", "{}", case.sql());
        });
    }
}

/// With what makes the server refuse rather than copy or lock.
fn guarded(sql: &str) -> String {
    let sql = sql.trim_end().trim_end_matches(';');
    format!("{sql}, ALGORITHM=INPLACE, LOCK=NONE;")
}

#[test]
fn a_server_refuses_to_do_online_what_a_rule_says_it_copies() {
    each("copies", |case, db| {
        let (status, said) = apply(db, case, &[guarded(case.sql())]);
        assert!(
            status == 1,
            "{} on {}: {status}\n{said}",
            case.sql(),
            db.kind
        );
        let refused = ["1845", "1846", "Try ALGORITHM=COPY", "is not supported"];
        assert!(
            refused.iter().any(|word| said.contains(word)),
            "{}: {said}",
            case.sql()
        );
    });
    each("copies", |case, db| runs(db, case, &[case.sql().into()]));
}

#[test]
fn what_a_rule_lets_pass_is_done_online() {
    each("online", |case, db| runs(db, case, &[guarded(case.sql())]));
}

#[test]
fn what_a_rule_says_fails_fails_and_what_it_judges_otherwise_runs() {
    each("fails", |case, db| {
        let (status, said) = apply(db, case, &[case.sql().into()]);
        assert!(
            [1, 2].contains(&status),
            "{} on {}: {status}\n{said}",
            case.sql(),
            db.kind
        );
    });
    each("runs", |case, db| runs(db, case, &[case.sql().into()]));
}

#[test]
fn what_a_script_put_into_a_transaction_of_its_own_stays_when_it_fails() {
    each("stays", |case, db| {
        let (status, said) = apply(db, case, &[case.sql().into()]);
        assert!(
            status == 1,
            "{} on {}: {status}\n{said}",
            case.sql(),
            db.kind
        );
        let proof = &case.said["proof"];
        let found = db.ask(proof["stays"].as_str().unwrap());
        assert_eq!(
            found,
            proof["as"].as_str().unwrap(),
            "{} on {}",
            case.sql(),
            db.kind
        );
    });
}

/// Everything of the catalog that a safe form could leave behind in another way.
fn catalog(db: &Database) -> String {
    let questions: &[&str] = match db.kind {
        "postgres" => &[
            "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns \
             WHERE table_schema = 'public' ORDER BY 1, ordinal_position",
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
            "SELECT i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), i.indisvalid FROM pg_index i \
             JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT relname, relkind, relispartition FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
        ],
        _ => &[
            "SELECT table_name, column_name, column_type, is_nullable, column_default FROM information_schema.columns \
             WHERE table_schema = DATABASE() ORDER BY 1, ordinal_position",
            "SELECT table_name, index_name, column_name, seq_in_index FROM information_schema.statistics \
             WHERE table_schema = DATABASE() ORDER BY 1, 2, 4",
        ],
    };
    let mut driver = db.open();
    let mut text = String::new();
    for question in questions {
        let rows = driver.query(question).unwrap().rows;
        let ours = |row: &&Vec<Option<String>>| !format!("{row:?}").contains("initium_migrate");
        for row in rows.iter().filter(ours) {
            text += &format!("{row:?}\n");
        }
    }
    text
}

#[test]
fn a_safe_form_runs_and_leaves_the_same_catalog_where_it_means_the_same() {
    let (mut same, mut ran) = (0, 0);
    for case in cases().into_iter().filter(|case| case.fires) {
        let is_same = case.said["same"] == true;
        let proven = is_same || case.said["proof"]["runs"] == true;
        for kind in case.on.iter().filter(|_| proven) {
            let found = case.find(kind);
            assert!(
                !is_same || !found[0].rewrite.is_empty(),
                "{case:?} has no safe form"
            );
            for found in found.iter().filter(|found| !found.rewrite.is_empty()) {
                for (plain, safe) in of(kind).into_iter().zip(of(kind)) {
                    runs(&safe, &case, &found.rewrite);
                    ran += 1;
                    if is_same {
                        runs(&plain, &case, &[case.sql().into()]);
                        assert_eq!(
                            catalog(&safe),
                            catalog(&plain),
                            "{case:?}\n{:?}",
                            found.rewrite
                        );
                        same += 1;
                    }
                }
            }
        }
    }
    assert!(same >= 10 && ran > same, "{same} of {ran}");
}
