//! What a database holds, written as files and read back, is what it holds. (Catches a part of a
//! schema that a file loses, a file that is written over, a filter that lets through too much.)

use super::support::database::{Database, databases, of, statement};
use super::support::{Folder, root};
use initium::diff::Scope;
use initium::run::{Ground, Here, Look, Wanted, between, ddl, declared};
use initium::spec;
use initium_driver::change::Way;
use initium_driver::{Catalog, Source};

fn execute(db: &Database, sql: &str) {
    let dialect = initium::connect::dialect(db.kind).unwrap();
    let statements = dialect.split(&Source::file("test.sql", sql)).unwrap();
    for one in statements {
        statement(&db.url, &one.text);
    }
}

/// A database with everything that it can hold.
fn full(db: &Database) {
    let path = root().join(format!("tests/suite/inspect/{}.sql", db.kind));
    execute(db, &std::fs::read_to_string(path).unwrap());
}

/// What is different between the database and these files, where the files are built, too.
fn left(db: &Database, path: &str) -> Vec<String> {
    let mut driver = db.open();
    let names = driver.dialect().names();
    let said = spec::declared(&[spec::Input::file(path)], names).unwrap();
    let wanted = declared(said, driver.dialect()).unwrap();
    let live = Wanted::Live(driver.introspect().unwrap());
    let empty = of(db.kind).into_iter().find(|it| same_server(it, db));
    let mut scratch = empty.as_ref().unwrap().open();
    let mut ground = Ground {
        here: Here::Driver(&mut *driver),
        scratch: (db.kind != "sqlite").then_some(&mut *scratch as _),
    };
    let look = Look {
        scope: &Scope::default(),
        sizes: &Default::default(),
        way: Way::Plain,
    };
    let found = between(live, wanted, &mut ground, &look).unwrap();
    let steps = found.difference.steps;
    steps
        .iter()
        .map(|step| format!("{}\n{:#?}", step.what, step.change))
        .collect()
}

fn inspect(db: &Database, arguments: &[&str]) -> String {
    let arguments = [&["migrate", "inspect"], arguments].concat();
    db.initium(&arguments).exits(0).out
}

#[test]
fn what_is_written_of_a_database_is_what_it_holds() {
    for db in databases() {
        full(&db);
        let file = |name: &str| db.folder.path(name);
        inspect(&db, &["--out", &file("all.yaml")]);
        inspect(&db, &["--out", &file("all.json")]);
        inspect(&db, &["--out", &format!("{}/", file("each"))]);
        db.folder
            .write("shown.yaml", &inspect(&db, &["--format", "yaml"]));
        db.folder
            .write("shown.json", &inspect(&db, &["--format", "json"]));
        for name in ["all.yaml", "all.json", "each", "shown.yaml", "shown.json"] {
            let left = left(&db, &file(name));
            let text = std::fs::read_to_string(file("all.yaml")).unwrap();
            assert!(
                left.is_empty(),
                "{} {name}: {}\n{text}",
                db.kind,
                left.join("\n")
            );
        }
    }
}

#[test]
fn the_statements_that_are_written_build_the_same_database() {
    for db in databases() {
        full(&db);
        let sql = inspect(&db, &["--format", "sql"]);
        inspect(&db, &["--out", &db.folder.path("all.yaml")]);
        let other = of(db.kind)
            .into_iter()
            .find(|it| same_server(it, &db))
            .unwrap();
        execute(&other, &sql);
        let left = left(&other, &db.folder.path("all.yaml"));
        assert!(left.is_empty(), "{}: {}\n{sql}", db.kind, left.join("\n"));
    }
}

fn same_server(one: &Database, other: &Database) -> bool {
    let server = |db: &Database| {
        db.url
            .rsplit_once('/')
            .map(|(server, _)| server.to_string())
    };
    one.kind == "sqlite" || server(one) == server(other)
}

#[test]
fn the_declared_example_is_what_every_database_then_holds() {
    let folder = root()
        .join("examples/migrate/declarative/schema")
        .display()
        .to_string();
    for db in databases() {
        let driver = db.open();
        let said = spec::declared(&[spec::Input::file(&folder)], driver.dialect().names()).unwrap();
        assert_eq!(said.catalog.tables.len(), 4);
        let Wanted::Files(wanted) = declared(said, driver.dialect()).unwrap() else {
            panic!("no script is among them");
        };
        let (empty, none) = (Catalog::default(), Default::default());
        let ddl = ddl(driver.dialect()).unwrap();
        let found = initium::diff::difference(&empty, &wanted, &none, ddl, Way::Plain).unwrap();
        execute(&db, &found.script());
        let left = left(&db, &folder);
        assert!(
            left.is_empty(),
            "{}: {}\n{}",
            db.kind,
            left.join("\n"),
            found.script()
        );
        // And what it is written as then.
        inspect(&db, &["--out", &db.folder.path("all.yaml")]);
        let left = self::left(&db, &db.folder.path("all.yaml"));
        assert!(left.is_empty(), "{}: {}", db.kind, left.join("\n"));
    }
}

fn sqlite(sql: &str) -> Database {
    let db = of("sqlite").remove(0);
    execute(&db, sql);
    db
}

#[test]
fn a_file_that_is_there_is_not_written_over_unless_somebody_says_so() {
    let db = sqlite("CREATE TABLE a (n int); CREATE TABLE b (n int);");
    let folder = db.folder.path("schema");
    let written = db.folder.write("schema/b.yaml", "mine\n");
    db.folder.write("schema/old.yaml", "mine\n");
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let run = |more: &[&str]| {
        let line = [&["migrate", "inspect", "--out", &folder], more].concat();
        db.initium(&line)
    };
    let ran = run(&[]).exits(2);
    assert!(ran.err.contains("b.yaml' is there already"), "{}", ran.err);
    assert_eq!(read(&written), "mine\n");
    assert!(!std::path::Path::new(&db.folder.path("schema/a.yaml")).exists());
    let ran = run(&["--force"]).exits(0);
    assert!(ran.err.contains("old.yaml is left as it is"), "{}", ran.err);
    assert!(read(&written).starts_with("table: b\n"));
    assert_eq!(read(&db.folder.path("schema/old.yaml")), "mine\n");

    let file = db.folder.write("all.sql", "mine\n");
    let line = ["migrate", "inspect", "--out", &file];
    db.initium(&line).exits(2);
    assert_eq!(read(&file), "mine\n");
    db.initium(&[&line[..], &["--force"]].concat()).exits(0);
    assert!(read(&file).starts_with("CREATE TABLE"));
}

#[test]
fn only_what_is_asked_for_is_shown() {
    let db = sqlite(
        "CREATE TABLE users (n int); CREATE TABLE audit_a (n int); CREATE TABLE audit_b (n int);",
    );
    let tables = |arguments: &[&str]| {
        let text = inspect(&db, arguments);
        let names = text.lines().filter_map(|line| line.strip_prefix("table "));
        names.map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(tables(&[]), ["audit_a", "audit_b", "users"]);
    assert_eq!(tables(&["--include", "audit_*"]), ["audit_a", "audit_b"]);
    assert_eq!(tables(&["--exclude", "audit_?"]), ["users"]);
    let both = [
        "--include",
        "audit_*",
        "--include",
        "users",
        "--exclude",
        "*_b",
    ];
    assert_eq!(tables(&both), ["audit_a", "users"]);
    let line = ["migrate", "inspect", "--include", "userz"];
    let ran = db.initium(&line).exits(2);
    assert!(
        ran.err.contains("nothing of what is asked for"),
        "{}",
        ran.err
    );
    for line in [
        &["--out", "x.pdf"][..],
        &["--out", "x"],
        &["--force"],
        &["--format", "svgg"],
        &["--out", "folder/", "--format", "sql"],
        &["--schema", "app"],
    ] {
        db.initium(&[&["migrate", "inspect"], line].concat())
            .exits(2);
    }
}

#[test]
fn a_schema_of_many_is_shown_alone() {
    for db in of("postgres") {
        execute(
            &db,
            "CREATE SCHEMA app; CREATE SCHEMA ops; CREATE TABLE app.a (n int); CREATE TABLE ops.o (n int); CREATE TABLE own (n int);",
        );
        let text = inspect(&db, &["--format", "yaml", "--schema", "app"]);
        assert!(text.contains("name: app.a"), "{text}");
        assert!(!text.contains("ops") && !text.contains("own"), "{text}");
        let text = inspect(&db, &["--format", "yaml", "--exclude", "*.*"]);
        assert!(
            text.contains("name: own") && !text.contains("app.a"),
            "{text}"
        );
    }
}

#[test]
fn inspect_writes_nothing_to_the_database_and_creates_no_file() {
    let folder = Folder::new();
    let path = folder.path("absent.db");
    let url = format!("sqlite:{path}");
    let line = ["migrate", "inspect", "--url", &url];
    super::support::initium(&line).exits(0);
    assert!(!std::path::Path::new(&path).exists());
    let db = sqlite("CREATE TABLE a (n int);");
    let before = std::fs::read(&db.name).unwrap();
    inspect(&db, &[]);
    assert_eq!(std::fs::read(&db.name).unwrap(), before);
}
