//! The spec room from outside: every case in `tests/spec`, and what a single file cannot show.

#[path = "spec/files.rs"]
mod files;
#[cfg(unix)]
#[path = "spec/includes.rs"]
mod includes;
#[path = "spec/model.rs"]
mod model;
#[path = "spec/redis.rs"]
mod redis;
#[path = "spec/schemas.rs"]
mod schemas;
#[path = "spec/several.rs"]
mod several;

use initium::spec::{Input, PerDatabase, Scripts, Spec, load, schema_text, slug};
use initium_driver::{Code, Error, Source};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn text(source: &Source) -> String {
    source.whole().expect("held").into_owned()
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/spec")
        .join(name)
}

/// Every spec of a folder, in order.
fn cases(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(name)).expect("the folder of cases");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "yaml" || e == "json"));
    paths.sort();
    paths
}

fn valid(name: &str) -> Spec {
    good(&[Input::file(folder("valid").join(name))])
}

fn good(inputs: &[Input]) -> Spec {
    load(inputs).unwrap_or_else(|error| panic!("{}", told(&error)))
}

fn bad(inputs: &[Input]) -> Error {
    match load(inputs) {
        Ok(spec) => panic!("taken: {spec:#?}"),
        Err(error) => error,
    }
}

fn stdin(text: &str) -> Input {
    Input::Stdin(text.as_bytes().to_vec())
}

/// `code line:column message (help)` of an error and of all in it.
fn told(error: &Error) -> String {
    let place = error.spot().place.as_ref();
    let place = place.map_or("-".into(), |place| {
        format!("{}:{}", place.line, place.column)
    });
    let help = error
        .help_text()
        .map(|help| format!(" ({help})"))
        .unwrap_or_default();
    let mut told = format!("{} {place} {}{help}", error.code().word(), error.message());
    for other in error.others() {
        told.push('\n');
        told.push_str(&self::told(other));
    }
    told
}

/// An empty folder of this test alone.
fn room(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("initium-spec-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}

fn write(path: &Path, text: impl AsRef<[u8]>) -> Input {
    fs::write(path, text).expect("a file");
    Input::file(path)
}

#[test]
fn every_valid_case_is_taken() {
    let cases = cases("valid");
    assert!(cases.len() >= 8, "{cases:?}");
    for path in cases {
        if let Err(error) = load(&[Input::file(&path)]) {
            panic!("{}: {}", path.display(), told(&error));
        }
    }
}

#[test]
fn every_invalid_case_is_refused_with_its_code_place_and_words() {
    let cases = cases("invalid");
    assert!(cases.len() >= 45, "only {} cases", cases.len());
    as_expected(cases, |path| load(&[Input::file(path)]).err());
}

/// What each case says of itself with `expect:` is what is told of it.
fn as_expected(cases: Vec<PathBuf>, judge: impl Fn(&Path) -> Option<Error>) {
    let mut wrong = String::new();
    for path in cases {
        let expected = match path.extension().is_some_and(|e| e == "json") {
            true => fs::read_to_string(path.with_extension("expect")).expect("a .expect file"),
            false => fs::read_to_string(&path).expect("a spec"),
        };
        let told = match judge(&path) {
            None => "it is taken".into(),
            Some(error) => told(&error),
        };
        let mut rest = told.as_str();
        let expected = expected
            .lines()
            .filter_map(|line| line.trim_start_matches("# ").strip_prefix("expect: "));
        let mut count = 0;
        for line in expected {
            let (head, words) = line
                .splitn(3, ' ')
                .collect::<Vec<_>>()
                .split_at_checked(2)
                .map_or_else(
                    || panic!("{}: {line}", path.display()),
                    |(head, words)| (head.join(" "), words.join(" ")),
                );
            let (first, others) = rest.split_once('\n').unwrap_or((rest, ""));
            if !(first.starts_with(&format!("{head} ")) && first.contains(&words)) {
                wrong += &format!(
                    "{}\n  expected {line}\n  told     {first}\n",
                    path.display()
                );
            }
            rest = others;
            count += 1;
        }
        if count == 0 || !rest.is_empty() {
            wrong += &format!("{}\n  not expected: {rest}\n", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn sources(scripts: &Scripts) -> Vec<&Source> {
    match scripts {
        PerDatabase::Same(sources) => sources.iter().collect(),
        PerDatabase::Each(map) => map.iter().flat_map(|(_, one)| one).collect(),
    }
}

#[test]
fn stdin_is_json_where_it_begins_with_a_brace() {
    let yaml = good(&[stdin("version: 1\nmigrations: [{name: a, up: b}]")]);
    let json = good(&[stdin(
        "\n {\"version\": 1, \"migrations\": [{\"name\": \"a\", \"up\": \"b\"}]}",
    )]);
    assert_eq!(yaml.migrations[0].id, json.migrations[0].id);
    assert_eq!(json.migrations[0].place.file, "<stdin>");
    assert_eq!(
        bad(&[stdin("{version: 1, migrations: []}")]).code(),
        Code::SpecSyntax
    );
    let error = bad(&[stdin("version: 2\nmigrations: []")]);
    assert_eq!(error.spot().excerpt.as_deref(), Some("version: 2"));
}

#[test]
fn a_password_in_a_spec_is_refused_and_never_shown() {
    for spec in [
        "version: 1\nurl: postgres://u:hunter2@h/db\nmigrations: []",
        "version: 1\nurl: 'postgres://h/db?password=hunter2'\nmigrations: []",
        "version: 1\nurl: host=h password=hunter2\nmigrations: []",
        "version: 1\ntargets: {a: {url: 'mysql://u:hunter2@h/db'}}\nmigrations: []",
        "version: 1\ntargets: {a: {urll: 'mysql://u:hunter2@h/db'}}\nmigrations: []",
        "version: 1\ndatabase: postgres://u:hunter2@h/db\nmigrations: []",
        "version: 1\npassword: hunter2\nmigrations: []",
        "version: 1\nurl_env: postgres://u:hunter2@h/db\nmigrations: []",
        "version: 1\ntargets: {'postgres://u:hunter2@h/db': {}}\nmigrations: []",
        "{\"version\": 1, \"url\": \"postgres://u:hunter2@h/db\", \"migrations\": []}",
    ] {
        let error = bad(&[stdin(spec)]);
        assert!(
            !format!("{error:?} {}", told(&error)).contains("hunter2"),
            "{error:?}"
        );
        if spec.contains("url: ") || spec.contains("\"url\"") {
            assert_eq!(error.code(), Code::SecretInSpec, "{spec}");
        }
    }
}

#[test]
fn bombs_do_no_harm() {
    let deep = "[".repeat(1_000_000);
    let mut laughs = String::from("a0: &a0 [x, x]\n");
    for n in 1..40 {
        laughs += &format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1);
    }
    let many = format!(
        "version: 1\nmigrations: [{}]",
        "{name: a, up: b},".repeat(20_000)
    );
    for text in [
        deep.clone(),
        format!("{{\"a\": {}", &deep[9..]),
        laughs,
        "{a: ".repeat(250_000),
        "- ".repeat(500_000),
        many,
    ] {
        let begun = std::time::Instant::now();
        let _ = bad(&[stdin(&text)]);
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn the_schema_and_the_slug_are_there_for_others() {
    assert!(schema_text().contains("2020-12"));
    assert_eq!(slug("Create users!"), "create-users");
}
