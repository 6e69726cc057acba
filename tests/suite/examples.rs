//! Every example is planned, applied twice, verified and rolled back on every database it is for.
//! (Catches documentation that never ran.)

use super::support::{Database, databases, of, root};
use std::path::PathBuf;

fn examples() -> Vec<PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(root().join("examples/migrate"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.ends_with(".yaml") || name.ends_with(".json")
        })
        .collect();
    all.sort();
    all
}

fn through(db: &Database, path: &str) {
    let run = |arguments: &[&str], status: i32| {
        let arguments = [&["migrate"], arguments, &["--spec", path]].concat();
        db.initium(&arguments)
            .env("APP_DATABASE_URL", &db.url)
            .exits(status)
    };
    let before = db.open().introspect().unwrap();
    assert!(run(&["plan", "--exit-code"], 3).out.contains(" to run, "));
    run(&["apply"], 0);
    assert_eq!(run(&["apply"], 0).out, "nothing to do\n", "{path}");
    run(&["check"], 0);
    run(&["verify"], 0);
    run(&["rollback", "--steps", "100", "--yes"], 0);
    assert_eq!(
        db.open().introspect().unwrap(),
        before,
        "{path} on {}",
        db.kind
    );
    run(&["apply"], 0);
    run(&["verify"], 0);
    run(&["cleanup", "--yes"], 0);
    run(&["check"], 0);
}

#[test]
fn every_example_runs_on_every_database_it_is_for() {
    let all = examples();
    assert!(all.len() >= 7, "{all:?}");
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        let path = path.display().to_string();
        let kind = text
            .lines()
            .find_map(|line| line.strip_prefix("database: "))
            .map(str::trim);
        let wanted = match kind {
            None => databases(),
            Some("mysql") => of("mysql").into_iter().chain(of("mariadb")).collect(),
            Some(kind) => of(kind),
        };
        for db in wanted {
            through(&db, &path);
        }
    }
}

#[test]
fn every_yaml_example_names_its_schema_for_editors() {
    for path in examples() {
        let text = std::fs::read_to_string(&path).unwrap();
        if path.extension().is_some_and(|e| e == "yaml") {
            assert!(
                text.starts_with(
                    "# yaml-language-server: $schema=../../schema/migration.schema.json\n"
                ),
                "{path:?}"
            );
        }
    }
}
