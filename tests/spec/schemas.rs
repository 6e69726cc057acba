//! Schema files from outside: every case in `tests/spec/schemas`, what short forms mean, and what a
//! folder holds.

use super::{as_expected, cases, room, stdin, told, write};
use initium::spec::{Declared, Input, declared};
use initium_driver::catalog::{
    Action, Body, Catalog, Check, Column, ForeignKey, Identity, Index, Key, Name, Part, Serves,
    Table,
};
use initium_driver::{Code, Error};
use std::fs;

const POSTGRES: &[&str] = &["postgres"];

fn of(text: &str, names: &[&str]) -> Declared {
    declared(&[stdin(text)], names).unwrap_or_else(|error| panic!("{}\n{text}", told(&error)))
}

fn refused(inputs: &[Input]) -> Error {
    match declared(inputs, POSTGRES) {
        Ok(declared) => panic!("taken: {declared:#?}"),
        Err(error) => error,
    }
}

#[test]
fn every_valid_schema_file_is_taken_for_every_database_it_is_for() {
    let cases = cases("schemas/valid");
    assert!(cases.len() >= 4, "{cases:?}");
    for path in cases {
        for names in [POSTGRES, &["mariadb", "mysql"]] {
            if let Err(error) = declared(&[Input::file(&path)], names) {
                panic!("{}: {}", path.display(), told(&error));
            }
        }
    }
}

#[test]
fn every_invalid_schema_file_is_refused_with_its_code_place_and_words() {
    let cases = cases("schemas/invalid");
    assert!(cases.len() >= 20, "only {} cases", cases.len());
    as_expected(cases, |path| declared(&[Input::file(path)], POSTGRES).err());
}

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.into(),
        data_type: data_type.into(),
        ..Column::default()
    }
}

fn key(columns: &[&str]) -> Key {
    Key {
        parts: columns.iter().map(|name| Part::column(*name)).collect(),
        ..Key::default()
    }
}

#[test]
fn the_form_of_one_table_per_file_is_read_as_it_is() {
    let text = fs::read_to_string(super::folder("schemas/valid/upstream.yaml")).expect("a file");
    let expected = Table {
        name: Name::new("users"),
        columns: vec![
            Column {
                default: Some("gen_random_uuid()".into()),
                ..column("id", "uuid")
            },
            column("email", "varchar(255)"),
            Column {
                default: Some("0".into()),
                ..column("logins", "integer")
            },
            Column {
                nullable: true,
                default: Some("true".into()),
                ..column("active", "boolean")
            },
            Column {
                default: Some("'new'".into()),
                ..column("status", "text")
            },
        ],
        primary_key: Some(key(&["id"])),
        unique: vec![key(&["email"])],
        indexes: vec![
            Index {
                parts: key(&["email", "status"]).parts,
                ..Index::default()
            },
            Index {
                name: "idx_users_status".into(),
                parts: key(&["status"]).parts,
                unique: true,
                ..Index::default()
            },
        ],
        ..Table::default()
    };
    assert_eq!(of(&text, POSTGRES).catalog.tables, [expected]);
}

#[test]
fn short_forms_mean_what_the_long_ones_say() {
    let short = "\
tables:
  - name: orders
    columns:
      - {name: id, type: bigint, identity: always, primary_key: true}
      - {name: shop, type: bigint, primary_key: true, references: app.shops.id}
      - {name: owner, type: bigint, unique: true, references: users}
      - {name: other, type: bigint, references: {table: users, column: id, on_delete: cascade}, check: other > 0}
    unique: [[id, owner]]
    checks: [id <> 1]
";
    let long = Table {
        name: Name::new("orders"),
        columns: vec![
            Column {
                identity: Some(Identity::new(Serves::Always)),
                ..column("id", "bigint")
            },
            column("shop", "bigint"),
            column("owner", "bigint"),
            column("other", "bigint"),
        ],
        primary_key: Some(key(&["id", "shop"])),
        unique: vec![key(&["id", "owner"]), key(&["owner"])],
        foreign_keys: vec![
            ForeignKey {
                columns: vec!["shop".into()],
                references: Name::within("app", "shops"),
                referenced: vec!["id".into()],
                ..ForeignKey::default()
            },
            ForeignKey {
                columns: vec!["owner".into()],
                references: Name::new("users"),
                ..ForeignKey::default()
            },
            ForeignKey {
                columns: vec!["other".into()],
                references: Name::new("users"),
                referenced: vec!["id".into()],
                on_delete: Action::Cascade,
                ..ForeignKey::default()
            },
        ],
        checks: ["id <> 1", "other > 0"]
            .map(|expression| Check {
                expression: expression.into(),
                ..Check::default()
            })
            .to_vec(),
        ..Table::default()
    };
    assert_eq!(of(short, POSTGRES).catalog.tables, [long]);
}

/// The catalog as one line per thing, for comparisons that are about a few words.
fn seen(declared: &Declared) -> Vec<String> {
    let tables = declared.catalog.tables.iter().flat_map(|table| {
        let columns = table.columns.iter().map(|column| {
            let default = column.default.as_deref().unwrap_or("-");
            format!(
                "{}.{} {} {default}",
                table.name, column.name, column.data_type
            )
        });
        let options = table
            .options
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        let indexes = table
            .indexes
            .iter()
            .map(|index| format!("index {}", index.name));
        columns.chain(options).chain(indexes).collect::<Vec<_>>()
    });
    tables.collect()
}

#[test]
fn what_is_said_per_database_is_that_of_the_most_exact_name() {
    let text = "\
table: t
columns:
  - {name: a, type: {postgres: jsonb, mysql: json, sqlite: text}, default: {postgres: now(), mariadb: 1}}
  - {name: b, type: int, only: sqlite}
indexes:
  - {name: fast, columns: [a], method: {postgres: gin}, only: postgres}
  - {name: plain, columns: [a], only: [mysql, sqlite]}
options: {comment: x, mysql: {engine: InnoDB, comment: y}, mariadb: {engine: Aria}}
";
    let lines = |names: &[&str]| seen(&of(text, names));
    assert_eq!(
        lines(POSTGRES),
        ["t.a jsonb now()", "comment=x", "index fast"]
    );
    assert_eq!(
        lines(&["mysql"]),
        ["t.a json -", "comment=y", "engine=InnoDB", "index plain"]
    );
    assert_eq!(
        lines(&["mariadb", "mysql"]),
        ["t.a json 1", "comment=x", "engine=Aria", "index plain"]
    );
    assert_eq!(
        lines(&["sqlite"]),
        ["t.a text -", "t.b int -", "comment=x", "index plain"]
    );
}

#[test]
fn one_name_for_two_databases_is_no_contradiction() {
    let text = "\
types:
  - {name: mood, enum: [sad], only: postgres}
tables:
  - {name: t, columns: [{name: a, type: mood}], only: postgres}
  - {name: t, columns: [{name: a, type: \"enum('sad')\"}], only: mysql}
";
    assert_eq!(seen(&of(text, POSTGRES)), ["t.a mood -"]);
    assert_eq!(seen(&of(text, &["mysql"])), ["t.a enum('sad') -"]);
    assert_eq!(of(text, &["sqlite"]).catalog, Catalog::default());
    let types = of(text, POSTGRES).catalog.types;
    assert_eq!(types[0].body, Body::Enum(vec!["sad".into()]));
}

#[test]
fn a_folder_means_its_schema_files_in_the_order_of_their_names() {
    let room = room("schema-folder");
    fs::create_dir_all(room.join("below/..hidden")).expect("a folder");
    fs::create_dir_all(room.join("empty")).expect("a folder");
    write(&room.join("b.YAML"), "table: b\ncolumns: []");
    write(&room.join("a.json"), "{\"table\": \"a\", \"columns\": []}");
    write(&room.join("2.sql"), "CREATE VIEW v AS SELECT 2;");
    write(&room.join("1.sql"), "CREATE VIEW u AS SELECT 1;");
    write(&room.join("README.md"), "not looked at");
    write(&room.join(".hidden.yaml"), "not looked at");
    write(&room.join("below/c.yml"), "table: c\ncolumns: []\n");
    write(&room.join("below/..hidden/d.yml"), "not looked at");
    let names = |declared: &Declared| -> Vec<String> {
        let tables = declared.catalog.tables.iter();
        tables.map(|table| table.name.to_string()).collect()
    };
    let one = declared(&[Input::file(&room)], POSTGRES).expect("a folder");
    assert_eq!(names(&one), ["a", "b"]);
    let scripts: Vec<_> = one.scripts.iter().map(super::text).collect();
    assert_eq!(
        scripts,
        ["CREATE VIEW u AS SELECT 1;", "CREATE VIEW v AS SELECT 2;"]
    );
    assert_eq!(
        one.scripts[0].file,
        room.join("1.sql").display().to_string()
    );
    let all = declared(&[Input::file(room.join("**"))], POSTGRES).expect("a folder");
    assert_eq!(names(&all), ["a", "b", "c"]);
    assert_eq!(
        all.places[&Name::new("b")].file,
        room.join("b.YAML").display().to_string()
    );

    let error = refused(&[Input::file(room.join("empty"))]);
    assert_eq!(error.code(), Code::FileUnreadable, "{}", told(&error));
    let error = refused(&[Input::file(room.join("nowhere"))]);
    assert_eq!(error.code(), Code::FileUnreadable, "{}", told(&error));
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn two_files_that_say_one_table_are_refused_with_both_places() {
    let room = room("schema-twice");
    write(&room.join("a.yaml"), "table: users\ncolumns: []\n");
    write(
        &room.join("b.yaml"),
        "tables:\n  - name: users\n    columns: []\n",
    );
    let error = told(&refused(&[Input::file(&room)]));
    let first = room.join("a.yaml").display().to_string();
    assert!(
        error.starts_with(&format!(
            "schema-invalid 2:5 the table 'users' is declared here and at {first}:1:8"
        )),
        "{error}"
    );
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn all_that_is_wrong_in_all_files_is_told_at_once() {
    let room = room("schema-all");
    write(&room.join("a.yaml"), "table: a\ncolumns: [{name: x}]\n");
    write(&room.join("b.yaml"), "tabel: b\ncolumns: []\n");
    write(&room.join("c.sql"), "  \n");
    let error = told(&refused(&[Input::file(&room)]));
    let lines: Vec<_> = error.lines().collect();
    assert!(
        lines[0].contains("missing key 'type' in column 'x'"),
        "{error}"
    );
    assert!(
        lines[1].contains("unknown key 'tabel' in the schema file"),
        "{error}"
    );
    assert!(error.contains("c.sql is empty"), "{error}");
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn a_schema_file_has_its_own_limit_and_says_so() {
    let big = format!("tables: []\n#{}\n", "x".repeat(3 << 20));
    assert_eq!(of(&big, POSTGRES).catalog, Catalog::default());
    let error = told(&refused(&[stdin(&big.repeat(2))]));
    assert!(
        error.contains("is larger than 4 MiB, the limit of a schema file (split it"),
        "{error}"
    );
    assert_eq!(refused(&[]).code(), Code::Usage);
}

/// (Catches a key of the page that is not there, an example that never ran.)
#[test]
fn every_schema_file_of_the_page_is_one() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/schemas.md")).expect("the page");
    let blocks = page.split("\n```yaml\n").skip(1);
    let blocks: Vec<_> = blocks
        .filter_map(|rest| rest.split("\n```").next())
        .collect();
    assert!(blocks.len() >= 6, "{blocks:?}");
    for names in [POSTGRES, &["mariadb", "mysql"], &["sqlite"]] {
        for block in &blocks {
            let declared = of(&format!("{block}\n"), names);
            assert_ne!(declared.catalog, Catalog::default(), "{names:?}\n{block}");
        }
    }
}

#[test]
fn every_key_of_a_schema_file_stands_on_its_page() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/schemas.md")).expect("the page");
    let schema: serde_json::Value =
        serde_json::from_str(initium::spec::schemas_schema_text()).expect("JSON");
    let mut keys = Vec::new();
    properties(&schema, &mut keys);
    assert!(keys.len() > 60);
    let words: Vec<_> = page
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .collect();
    keys.retain(|key| !words.contains(&key.trim_start_matches('$')));
    assert!(keys.is_empty(), "docs/schemas.md says nothing of {keys:?}");
}

fn properties(value: &serde_json::Value, keys: &mut Vec<String>) {
    if let Some(map) = value["properties"].as_object() {
        keys.extend(map.keys().cloned());
    }
    match value {
        serde_json::Value::Object(map) => map.values().for_each(|it| properties(it, keys)),
        serde_json::Value::Array(all) => all.iter().for_each(|it| properties(it, keys)),
        _ => {}
    }
}
