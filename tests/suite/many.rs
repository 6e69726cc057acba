//! Sixteen copies at once. (Catches a lock that is none, a plan made before the lock, a race in
//! creating the ledger.)

use super::crash::{active, until};
use super::support::{databases, ran};

#[test]
fn sixteen_processes_at_once_apply_each_migration_once() {
    for db in databases() {
        let spec = db.folder.write(
            "many.yaml",
            "version: 1\nmigrations:\n  \
             - {name: one, up: CREATE TABLE counter (n integer)}\n  \
             - {name: two, up: INSERT INTO counter VALUES (1)}\n  \
             - {name: three, up: INSERT INTO counter VALUES (1)}\n",
        );
        let arguments = ["migrate", "apply", "--spec", &spec, "--format", "json"];
        let children: Vec<_> = (0..16).map(|_| db.initium(&arguments).spawn()).collect();
        let mut applied = 0;
        for child in children {
            let ran = ran(child);
            assert_eq!(ran.status, 0, "{}: {}\n{}", db.kind, ran.out, ran.err);
            applied += ran.json()["migrations"].as_array().unwrap().len();
        }
        assert_eq!(applied, 3, "{}", db.kind);
        assert_eq!(db.ask("SELECT count(*) FROM counter"), "2", "{}", db.kind);
        assert_eq!(
            db.ask("SELECT count(*) FROM initium_migrate"),
            "3",
            "{}",
            db.kind
        );
    }
}

#[test]
fn who_waits_is_told_the_holder_and_gives_up_with_its_code() {
    for db in databases() {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n",
        );
        let mut holder = db.open();
        assert_eq!(holder.try_lock().unwrap(), initium_driver::Locked::Taken);
        let ran = db
            .initium(&["migrate", "apply", "--spec", &spec, "--lock-wait", "300ms"])
            .exits(6);
        assert_eq!(ran.code(), "lock-held", "{}", ran.err);
        assert!(
            ran.err.contains("waiting for another run: session"),
            "{}",
            ran.err
        );
        let shown = db
            .initium(&["migrate", "unlock", "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(shown["locks"][0]["state"], "held", "{}", db.kind);
        holder.unlock().unwrap();
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        let shown = db
            .initium(&["migrate", "unlock", "--format", "json"])
            .exits(0)
            .json();
        assert_eq!(shown["locks"][0]["state"], "free", "{}", db.kind);
    }
}

#[test]
fn unlock_with_a_yes_ends_the_session_that_holds_the_lock() {
    for db in databases().into_iter().filter(|db| db.kind != "sqlite") {
        let mut holder = db.open();
        assert_eq!(holder.try_lock().unwrap(), initium_driver::Locked::Taken);
        db.initium(&["migrate", "unlock", "--yes", "--reason", "stuck"])
            .exits(0);
        assert!(holder.query("SELECT 1").is_err(), "{}", db.kind);
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n",
        );
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
    }
}

#[test]
fn who_stands_in_the_way_of_a_statement_is_named() {
    for db in databases().into_iter().filter(|db| db.kind != "sqlite") {
        db.statement("CREATE TABLE a (n integer)");
        db.statement("INSERT INTO a VALUES (1)");
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: ALTER TABLE a ADD COLUMN m integer}\n",
        );
        let (url, slow) = (
            db.url.clone(),
            match db.kind {
                "postgres" => "SELECT n, pg_sleep(8) FROM a",
                _ => "SELECT n, sleep(8) FROM a",
            },
        );
        let reader = std::thread::spawn(move || {
            super::support::database::open(&url).query(slow).unwrap();
        });
        until("the reader", || active(&db, "sleep(8)"));
        let arguments = ["migrate", "apply", "--spec", &spec, "--lock-wait", "2s"];
        let ran = db.initium(&arguments).beside().exits(5);
        assert_eq!(ran.code(), "lock-timeout", "{}: {}", db.kind, ran.err);
        for told in [
            "it waits for session",
            "it waited for session",
            "user initium",
        ] {
            assert!(ran.err.contains(told), "{}: {told}: {}", db.kind, ran.err);
        }
        reader.join().unwrap();
        db.initium(&arguments).exits(0);
    }
}
