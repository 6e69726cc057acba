//! Reading commands do not write. (Catches a ledger created by a question, a dry run that is wet,
//! and a gate that needs more rights than SELECT.)

use super::support::{Database, databases, initium, of};

const SPEC: &str = "version: 1\nmigrations:\n  \
    - {name: one, up: CREATE TABLE a (n integer), down: DROP TABLE a}\n  \
    - {name: two, up: INSERT INTO a VALUES (1), verify: SELECT count(*) = 1 FROM a, cleanup: DELETE FROM a, down: DELETE FROM a}\n";
const MORE: &str = "  - {name: three, up: INSERT INTO a VALUES (2)}\n";

const READING: &[(&[&str], i32)] = &[
    (&["plan"], 0),
    (&["plan", "--exit-code"], 3),
    (&["status"], 0),
    (&["list"], 0),
    (&["check"], 3),
    (&["wait", "--timeout", "10ms"], 5),
    (&["history"], 0),
    (&["unlock"], 0),
    (&["apply", "--dry-run"], 0),
    (&["rollback", "--dry-run"], 0),
    (&["cleanup", "--dry-run"], 4),
];

#[test]
fn reading_commands_leave_every_table_as_it_was() {
    for db in databases() {
        let first = db.folder.write("first.yaml", SPEC);
        let more = db.folder.write("more.yaml", &format!("{SPEC}{MORE}"));
        let before = db.contents();
        for (arguments, _) in READING {
            let ran = db
                .initium(&[&["migrate"], *arguments, &["--spec", &more]].concat())
                .run();
            assert!(ran.status != 1, "{arguments:?}: {}", ran.err);
        }
        assert_eq!(db.contents(), before, "{}: an empty database", db.kind);
        db.initium(&["migrate", "apply", "--spec", &first]).exits(0);
        let before = db.contents();
        for (arguments, status) in READING {
            db.initium(&[&["migrate"], *arguments, &["--spec", &more]].concat())
                .exits(*status);
        }
        assert_eq!(db.contents(), before, "{}", db.kind);
    }
}

#[test]
fn reading_commands_work_for_a_role_that_may_only_read() {
    for db in databases() {
        if db.kind == "sqlite" {
            continue;
        }
        let first = db.folder.write("first.yaml", SPEC);
        db.initium(&["migrate", "apply", "--spec", &first]).exits(0);
        let reader = db.reader().unwrap();
        let more = db.folder.write("more.yaml", &format!("{SPEC}{MORE}"));
        for (arguments, status) in READING.iter().filter(|(a, _)| a[0] != "unlock") {
            let arguments = [&["migrate"], *arguments, &["--spec", &more]].concat();
            initium(&arguments)
                .env("DATABASE_URL", &reader)
                .exits(*status);
        }
        let ready = initium(&["migrate", "check", "--spec", &first])
            .env("DATABASE_URL", &reader)
            .exits(0);
        assert!(ready.out.starts_with("up to date"), "{}", ready.out);
        // With nothing to do there is nothing to be allowed.
        initium(&["migrate", "apply", "--spec", &first])
            .env("DATABASE_URL", &reader)
            .exits(0);
    }
}

#[test]
fn asking_for_a_sqlite_file_does_not_create_it() {
    for db in of("sqlite") {
        let spec = db.folder.write("a.yaml", SPEC);
        for arguments in [
            &["check"][..],
            &["status"],
            &["plan"],
            &["history"],
            &["apply", "--dry-run"],
        ] {
            db.initium(&[&["migrate"], arguments, &["--spec", &spec]].concat())
                .run();
            assert!(!std::path::Path::new(&db.name).exists(), "{arguments:?}");
        }
    }
}

#[test]
fn a_role_without_create_can_apply_where_the_ledger_is_and_is_told_the_grants_where_it_is_not() {
    for db in of("postgres")
        .into_iter()
        .chain(of("mariadb"))
        .chain(of("mysql"))
    {
        let reader = db.reader().unwrap();
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
        );
        let ran = initium(&["migrate", "apply", "--spec", &spec])
            .env("DATABASE_URL", &reader)
            .exits(2);
        assert_eq!(ran.code(), "ledger-denied", "{}", ran.err);
        let role = reader
            .split("://")
            .nth(1)
            .unwrap()
            .split(':')
            .next()
            .unwrap();
        let grants: Vec<&str> = ran
            .err
            .lines()
            .filter(|line| line.trim().starts_with("GRANT "))
            .collect();
        assert!(
            !grants.is_empty() && grants.iter().all(|g| g.contains(role)),
            "{}",
            ran.err
        );
        // Exactly these rights are enough.
        let grants: Vec<String> = grants.iter().map(|g| g.to_string()).collect();
        grant(&db, &grants);
        initium(&["migrate", "apply", "--spec", &spec])
            .env("DATABASE_URL", &reader)
            .exits(0);
    }
}

fn grant(db: &Database, grants: &[String]) {
    for grant in grants {
        db.statement(grant.trim().trim_end_matches(';'));
    }
}

#[test]
fn a_role_that_may_not_write_an_existing_ledger_is_told_the_grants() {
    for db in of("postgres")
        .into_iter()
        .chain(of("mariadb"))
        .chain(of("mysql"))
    {
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n",
        );
        db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
        let reader = db.reader().unwrap();
        let more = "version: 1\nmigrations:\n  - {name: one, up: SELECT 1}\n  - {name: two, up: SELECT 2}\n";
        let spec = db.folder.write("a.yaml", more);
        let ran = initium(&["migrate", "apply", "--spec", &spec])
            .env("DATABASE_URL", &reader)
            .exits(2);
        assert_eq!(ran.code(), "ledger-denied", "{}", ran.err);
        let grants = ran
            .err
            .lines()
            .filter(|line| line.trim().starts_with("GRANT "))
            .map(String::from)
            .collect::<Vec<_>>();
        assert!(
            grants.iter().all(|grant| !grant.contains("CREATE")),
            "{grants:?}"
        );
        grant(&db, &grants);
        initium(&["migrate", "apply", "--spec", &spec])
            .env("DATABASE_URL", &reader)
            .exits(0);
    }
}
