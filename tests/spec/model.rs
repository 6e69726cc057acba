//! What a spec becomes: its model, and the place of every sign of its scripts.

use super::{cases, good, sources, text, valid};
use initium::spec::{Ask, Check, Input, PerDatabase, Secrecy, Severity, Spec, Transaction};
use initium_driver::Source;
use initium_driver::source::STEP;
use std::fs;
use std::time::Duration;

fn all_sources(spec: &Spec) -> Vec<&Source> {
    let migrations = spec.migrations.iter();
    let scripts = migrations.flat_map(|m| [Some(&m.up), m.down.as_ref(), m.cleanup.as_ref()]);
    scripts.flatten().flat_map(sources).collect()
}

/// What stands in the file at the place of a byte of a source.
fn in_file(source: &Source, offset: usize) -> Option<char> {
    let place = source.place(offset);
    let text = fs::read_to_string(&place.file).expect("the file of a source");
    let line = text
        .trim_start_matches('\u{feff}')
        .lines()
        .nth(place.line as usize - 1)?;
    line.chars().nth(place.column as usize - 1)
}

#[test]
fn every_sign_of_a_script_is_where_its_place_says() {
    let mut signs = 0;
    for name in ["places.yaml", "windows.yaml", "readme.yaml"] {
        let spec = valid(name);
        for source in all_sources(&spec) {
            for (at, c) in text(source)
                .char_indices()
                .filter(|(_, c)| !c.is_whitespace())
            {
                assert_eq!(
                    in_file(source, at),
                    Some(c),
                    "{name} {:?}",
                    source.place(at)
                );
                signs += 1;
            }
        }
    }
    assert!(signs > 200, "{signs}");
}

#[test]
fn the_first_sign_of_every_script_is_where_its_place_says() {
    for path in cases("valid") {
        let spec = good(&[Input::file(&path)]);
        // What is made of steps stands nowhere; `redis` looks for its places.
        let written = all_sources(&spec).into_iter().filter(|source| {
            let text = text(source);
            !text.starts_with(STEP) && !text.starts_with('"')
        });
        for source in written {
            let at = text(source)
                .find(|c: char| !c.is_whitespace())
                .expect("a sign");
            assert_eq!(
                in_file(source, at),
                text(source)[at..].chars().next(),
                "{source:?}"
            );
        }
    }
}

#[test]
fn a_spec_becomes_its_model() {
    let spec = valid("everything.yaml");
    let names: Vec<_> = spec
        .targets
        .iter()
        .map(|target| target.name.as_str())
        .collect();
    assert_eq!(names, ["app", "cache", "old"]);
    assert_eq!(spec.targets[0].url_env.as_deref(), Some("DATABASE_URL"));
    assert_eq!(spec.targets[1].url.as_deref(), Some("sqlite:cache.db"));
    assert_eq!(spec.targets[2].database, None);
    let secrecy: Vec<_> = spec.migrations.iter().map(|m| m.secrecy).collect();
    assert_eq!(secrecy, [Secrecy::Sensitive, Secrecy::Open]);
    assert_eq!(spec.defaults.lock_timeout, Some(Duration::from_millis(500)));
    assert_eq!(
        spec.defaults.statement_timeout,
        Some(Duration::from_secs(90))
    );

    assert_eq!(spec.lint.max_severity, Some(Severity::Off));
    let since = spec.lint.since.as_ref().expect("since");
    assert_eq!(
        (since.what.as_str(), since.place.line),
        ("2024.01_create-users", 11)
    );
    let rules: Vec<_> = spec.lint.rules.iter().map(|one| &one.what).collect();
    assert_eq!(
        rules,
        [
            &("drop-table".to_string(), Severity::Off),
            &("update-all".to_string(), Severity::Error)
        ]
    );

    let first = &spec.migrations[0];
    assert_eq!(
        (first.id.as_str(), first.name.as_str()),
        ("2024.01_create-users", "create users")
    );
    assert_eq!(first.targets, ["app"]);
    assert_eq!(first.tags, ["core", "v1.2"]);
    assert_eq!(first.metadata["share"], "0.50");
    assert_eq!(first.metadata["done"], "true");
    assert_eq!(first.transaction, Transaction::None);
    assert_eq!((first.place.line, first.place.column), (13, 5));
    let when = first.when.as_ref().expect("a condition");
    let Ask::Query(query) = &when.ask else {
        panic!("it asks a database");
    };
    assert_eq!(
        query.of(&["sqlite"]).map(text),
        Some("SELECT 1".to_string())
    );
    assert!(when.reason.is_some());
    let up = sources(&first.up);
    assert_eq!(up.len(), 3);
    assert!(text(up[0]).contains("& * !") && text(up[0]).ends_with(");\n"));
    assert!(up[2].file.ends_with("scripts/one.sql"));
    assert_eq!(
        text(sources(first.down.as_ref().expect("down"))[0]),
        "DROP TABLE users;"
    );
    assert_eq!(
        first
            .cleanup
            .as_ref()
            .and_then(|c| c.of(&["mariadb", "mysql"]))
            .map(Vec::len),
        Some(1)
    );

    let PerDatabase::Same(checks) = &first.verify else {
        panic!("one list of checks");
    };
    let cell = |text: &str| Some(text.to_string());
    assert_eq!(checks[0].expect, None);
    assert_eq!(checks[1].expect, Some(vec![vec![cell("1")]]));
    let rows = vec![
        vec![cell("1"), cell("x")],
        vec![None, cell("true")],
        vec![cell("single")],
    ];
    assert_eq!(checks[2].expect, Some(rows));
    assert_eq!(checks[3].expect, Some(vec![]));
    assert_eq!(checks[4].expect, Some(vec![vec![None]]));

    let second = &spec.migrations[1];
    assert_eq!(second.id, "second-quoted");
    assert_eq!(second.targets, ["app", "cache"]);
    let of = |c: &PerDatabase<Vec<Check>>| c.of(&["sqlite"]).map(Vec::len);
    assert_eq!(of(&second.verify), Some(1));
}

#[test]
fn signs_of_yaml_are_only_text_in_text() {
    let spec = valid("signs.yaml");
    let text = |n: usize| text(sources(&spec.migrations[n].up)[0]);
    assert!(text(0).starts_with("  indented by two more; & *x !y\n"));
    assert_eq!(text(1), "SELECT a & b & c * d !e");
    assert!(text(3).contains("kept *"));
    assert_eq!(text(4), "~");
    assert_eq!(spec.migrations[4].id, "010");
    assert_eq!(text(5), "-- a comment");
    assert_eq!(text(7), "yes");
}

#[test]
fn a_spec_without_targets_has_one_named_default() {
    let spec = valid("smallest.yaml");
    assert_eq!(spec.targets.len(), 1);
    assert_eq!(spec.targets[0].name, "default");
    assert_eq!(spec, valid("smallest.json"));
    assert_eq!(valid("readme.yaml").migrations[0].targets, ["default"]);
}
