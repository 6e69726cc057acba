//! A container `FROM scratch` with a read-only root has no place for temporary files. strace takes them away here:
//! each folder in which SQLite looks for one says that it may not be written.
//! (Catches a sort, an index or a VACUUM that works on a laptop and fails in a pod.)
#![cfg(target_os = "linux")]

use super::support::{Database, of};
use std::process::{Command, Output};

/// More than the two megabytes that SQLite sorts in memory, and what its cache holds.
const MUCH: &str = "version: 1
migrations:
  - name: sort
    up: |
      CREATE TABLE t (n integer PRIMARY KEY, name text NOT NULL UNIQUE);
      INSERT INTO t (name) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 60000)
        SELECT hex(randomblob(40)) || n FROM c;
      CREATE INDEX by_name ON t (name DESC, n);
      UPDATE t SET name = name || 'x';
    verify: SELECT count(*) = 60000 FROM (SELECT DISTINCT name || 'y' FROM t ORDER BY 1)
  - name: tidy
    up: VACUUM
";

/// Where SQLite looks, but for what SQLITE_TMPDIR and TMPDIR say.
const PLACES: [&str; 4] = ["/var/tmp", "/usr/tmp", "/tmp", "."];

/// `None` where strace is not there and need not be.
fn traced(db: &Database, options: &[&str], arguments: &[&str]) -> Option<Command> {
    if let Err(error) = Command::new("strace").arg("-V").output() {
        assert!(
            std::env::var("INITIUM_TEST_SERVERS").as_deref() != Ok("required"),
            "strace is not there: {error}"
        );
        eprintln!("SKIPPED: strace is not there");
        return None;
    }
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-o", &db.folder.path("trace")])
        .args(options)
        .arg(env!("CARGO_BIN_EXE_initium"))
        .args(arguments)
        .current_dir("/")
        .env_remove("TMPDIR")
        .env_remove("SQLITE_TMPDIR")
        .env("DATABASE_URL", &db.url);
    Some(command)
}

fn without_places(db: &Database, arguments: &[&str]) -> Option<Output> {
    let mut options = vec![
        "-e",
        "trace=?access,?faccessat,?faccessat2",
        "-e",
        "inject=?access,?faccessat,?faccessat2:error=EACCES",
    ];
    options.extend(PLACES.iter().flat_map(|place| ["-P", place]));
    Some(traced(db, &options, arguments)?.output().unwrap())
}

#[test]
fn sqlite_needs_no_place_for_temporary_files_but_its_own_folder() {
    for db in of("sqlite") {
        let spec = db.folder.write("much.yaml", MUCH);
        for verb in ["apply", "verify", "check", "status"] {
            let Some(output) = without_places(&db, &["migrate", verb, "--spec", &spec]) else {
                return;
            };
            assert!(output.status.success(), "{verb}: {output:?}");
            let trace = std::fs::read_to_string(db.folder.path("trace")).unwrap();
            assert!(!trace.contains(" = 0"), "a place was left: {trace}");
        }
    }
}

#[test]
fn a_place_that_somebody_chose_is_taken() {
    for db in of("sqlite") {
        let spec = db.folder.write("much.yaml", MUCH);
        let chosen = db.folder.path("chosen");
        std::fs::create_dir(&chosen).unwrap();
        let arguments = ["migrate", "apply", "--spec", &spec];
        let Some(mut command) = traced(&db, &["-e", "trace=?open,openat"], &arguments) else {
            return;
        };
        let output = command.env("SQLITE_TMPDIR", &chosen).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let trace = std::fs::read_to_string(db.folder.path("trace")).unwrap();
        // With a name that is removed at once, where the system knows no file without one.
        let temporary = |line: &&str| line.contains("O_TMPFILE") || line.contains("/etilqs_");
        let made: Vec<_> = trace.lines().filter(temporary).collect();
        assert!(made.len() > 1, "it sorted in memory: {trace}");
        assert!(made.iter().all(|line| line.contains(&chosen)), "{made:?}");
    }
}
