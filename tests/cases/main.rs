//! A schema that is, a schema that should be, and the statements between them, as files: see
//! `docs/testing.md`. On a real server the statements up lead from the one to the other, the
//! statements down lead back, and what is left to do is nothing. (Catches a change that is missed,
//! invented, written wrongly, or not undone.)
//!
//! `CASE=words` runs those whose name has the words; `INITIUM_WRITE=1` writes what is found into the
//! files, to be read before it is committed.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

#[allow(dead_code)]
#[path = "../suite/support/mod.rs"]
mod support;

mod file;
mod known;
mod play;
mod stage;

use file::File;
use stage::Stage;

/// Every case of the files of this folder, on this server.
fn all(folder: &str, kind: &'static str, variable: &str) {
    let Some(mut stage) = Stage::of(kind, variable) else {
        return;
    };
    let only = std::env::var("CASE").unwrap_or_default();
    let mut failed = Vec::new();
    let mut count = 0;
    for mut file in File::all(folder) {
        let mut changed = false;
        for case in &mut file.cases {
            if !case.name.contains(&only) {
                continue;
            }
            count += 1;
            match play::case(&mut stage, case) {
                Ok(found) => {
                    if let Some((up, down)) = found {
                        changed |= (&case.up, &case.down) != (&up, &down);
                        (case.up, case.down) = (up, down);
                    }
                }
                Err(why) => {
                    failed.push(format!("--- {}: {}\n{why}", file.path.display(), case.name))
                }
            }
        }
        if changed && file::writes() {
            file.write();
        }
    }
    assert!(count > 0, "no case in {folder}");
    let all = failed.join("\n");
    assert!(
        failed.is_empty(),
        "{} of {count} failed on {kind}\n{all}",
        failed.len()
    );
    println!("{count} cases on {kind}");
}

#[test]
fn every_case_holds_on_postgres() {
    all("postgres", "postgres", "INITIUM_TEST_POSTGRES_URL");
}

#[test]
fn every_case_holds_on_the_newest_postgres() {
    all("postgres", "postgres", "INITIUM_TEST_POSTGRES18_URL");
}

#[test]
fn every_known_schema_is_told_and_built_on_postgres() {
    known::every_schema("postgres", "postgres", "INITIUM_TEST_POSTGRES_URL");
}

#[test]
fn every_known_schema_is_told_and_built_on_the_newest_postgres() {
    known::every_schema("postgres", "postgres", "INITIUM_TEST_POSTGRES18_URL");
}

#[test]
fn every_known_schema_is_told_and_built_on_mariadb() {
    known::every_schema("mysql", "mariadb", "INITIUM_TEST_MARIADB_URL");
}

#[test]
fn every_known_schema_is_told_and_built_on_mysql() {
    known::every_schema("mysql", "mysql", "INITIUM_TEST_MYSQL_URL");
}

#[test]
fn every_known_schema_is_told_and_built_on_sqlite() {
    known::every_schema("sqlite", "sqlite", "");
}

#[test]
fn every_case_holds_on_mariadb() {
    all("mysql", "mariadb", "INITIUM_TEST_MARIADB_URL");
}

#[test]
fn every_case_holds_on_mysql() {
    all("mysql", "mysql", "INITIUM_TEST_MYSQL_URL");
}

#[test]
fn every_case_holds_on_sqlite() {
    all("sqlite", "sqlite", "");
}
