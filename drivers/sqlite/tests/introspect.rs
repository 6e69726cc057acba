//! What is told of each kind of object, and what is left out.

mod changing;
mod folder;

use changing::Place;
use initium_driver::catalog::{
    Action, Check, Column, Conflict, Deferrable, ForeignKey, Generated, Identity, Index, Key,
    NotNull, Of, Part, Serves, Sort, Storage, Trigger, View,
};
use initium_driver::driver::Access;
use initium_driver::{Catalog, Code, Dialect, Name, Source, Table};
use initium_sqlite::SqliteDialect;

fn table(sql: &str) -> Table {
    let catalog = Place::new(sql).seen();
    catalog.table("t").expect("a table t").clone()
}

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.into(),
        data_type: data_type.into(),
        nullable: true,
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
fn columns() {
    let computed = |expression: &str, storage| {
        let expression = expression.into();
        Some(Generated {
            expression,
            storage,
        })
    };
    let found = table(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a varchar (50) not null default 'it''s', \
         b, c decimal(10 , 2) DEFAULT (-1), d TEXT COLLATE nocase, e TEXT COLLATE binary, \
         f INTEGER GENERATED ALWAYS AS ( length( a ) ) STORED, g AS (c*2), \
         h TEXT CONSTRAINT told NOT NULL ON CONFLICT IGNORE, i TEXT DEFAULT (datetime ( 'now' /* utc */ )))",
    );
    let expected = [
        Column {
            nullable: false,
            identity: Some(Identity::new(Serves::ByDefault)),
            ..column("id", "INTEGER")
        },
        Column {
            nullable: false,
            default: Some("'it''s'".into()),
            ..column("a", "VARCHAR(50)")
        },
        column("b", ""),
        Column {
            default: Some("-1".into()),
            ..column("c", "DECIMAL(10,2)")
        },
        Column {
            collation: Some("NOCASE".into()),
            ..column("d", "TEXT")
        },
        column("e", "TEXT"),
        Column {
            generated: computed("length( a )", Storage::Stored),
            ..column("f", "INTEGER")
        },
        Column {
            generated: computed("c*2", Storage::Virtual),
            ..column("g", "")
        },
        Column {
            nullable: false,
            not_null: Some(NotNull {
                name: "told".into(),
                ..NotNull::default()
            }),
            on_conflict: Some(Conflict::Ignore),
            ..column("h", "TEXT")
        },
        Column {
            default: Some("datetime ( 'now' )".into()),
            ..column("i", "TEXT")
        },
    ];
    assert_eq!(found.columns, expected);
    assert_eq!(found.primary_key, Some(key(&["id"])));
}

#[test]
fn keys_and_checks() {
    let found = table(
        "CREATE TABLE t (a TEXT CONSTRAINT one UNIQUE, b TEXT CHECK (b <> ''), c TEXT, \
         PRIMARY KEY (b, c DESC) ON CONFLICT REPLACE, UNIQUE (c COLLATE nocase), \
         CONSTRAINT two CHECK (a < b) CONSTRAINT three CHECK (c > 1))",
    );
    let mut down = Part::column("c");
    down.sort = Sort::Down;
    let primary = Key {
        parts: vec!["b".into(), down],
        on_conflict: Some(Conflict::Replace),
        ..Key::default()
    };
    assert_eq!(found.primary_key, Some(primary));
    let mut nocase = Part::column("c");
    nocase.collation = Some("NOCASE".into());
    let unique = [
        Key {
            parts: vec![nocase],
            ..Key::default()
        },
        Key {
            name: "one".into(),
            ..key(&["a"])
        },
    ];
    assert_eq!(found.unique, unique);
    let check = |name: &str, expression: &str| Check {
        name: name.into(),
        expression: expression.into(),
        ..Check::default()
    };
    let checks = [
        check("", "b <> ''"),
        check("three", "c > 1"),
        check("two", "a < b"),
    ];
    assert_eq!(found.checks, checks);
}

#[test]
fn foreign_keys_are_completed() {
    let found = table(
        "CREATE TABLE Other (Id INTEGER PRIMARY KEY, code TEXT UNIQUE); \
         CREATE TABLE t (a INTEGER REFERENCES other ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, b TEXT, \
         CONSTRAINT x FOREIGN KEY (B) REFERENCES other (CODE) ON UPDATE CASCADE)",
    );
    let expected = [
        ForeignKey {
            columns: vec!["a".into()],
            references: Name::new("Other"),
            referenced: vec!["Id".into()],
            on_delete: Action::SetNull,
            deferrable: Some(Deferrable::Deferred),
            ..ForeignKey::default()
        },
        ForeignKey {
            name: "x".into(),
            columns: vec!["b".into()],
            references: Name::new("Other"),
            referenced: vec!["code".into()],
            on_update: Action::Cascade,
            ..ForeignKey::default()
        },
    ];
    assert_eq!(found.foreign_keys, expected);
}

#[test]
fn indexes() {
    let found = table(
        "CREATE TABLE t (a TEXT COLLATE NOCASE, b TEXT UNIQUE); \
         CREATE UNIQUE INDEX x ON t (A DESC, lower ( b ) COLLATE nocase) WHERE \"b\" IS NOT NULL",
    );
    let mut down = Part::column("a");
    down.sort = Sort::Down;
    let mut low = Part::of(Of::Expression("lower ( b )".into()));
    low.collation = Some("NOCASE".into());
    let expected = [Index {
        name: "x".into(),
        parts: vec![down, low],
        unique: true,
        predicate: Some("b IS NOT NULL".into()),
        ..Index::default()
    }];
    assert_eq!(found.indexes, expected);
}

#[test]
fn views_and_triggers() {
    let mut place = Place::new(
        "CREATE TABLE t (a TEXT); CREATE VIEW v(x) AS\n  SELECT a -- all\n  FROM t; \
         CREATE TRIGGER IF NOT EXISTS one AFTER INSERT ON t BEGIN SELECT 1; END; \
         CREATE TRIGGER two INSTEAD OF DELETE ON v BEGIN DELETE FROM t; END",
    );
    let catalog = place.seen();
    let trigger = |name: &str, rest: &str| Trigger {
        name: name.into(),
        definition: format!("CREATE TRIGGER {name} {rest}"),
        ..Trigger::default()
    };
    let one = trigger("one", "AFTER INSERT ON t BEGIN SELECT 1; END");
    assert_eq!(catalog.tables[0].triggers, [one]);
    let view = View {
        name: Name::new("v"),
        definition: "SELECT a -- all\n  FROM t".into(),
        triggers: vec![trigger(
            "two",
            "INSTEAD OF DELETE ON v BEGIN DELETE FROM t; END",
        )],
        options: [("columns".to_string(), "x".to_string())].into(),
        ..View::default()
    };
    assert_eq!(catalog.views, [view]);
}

#[test]
fn options_and_virtual_tables_without_what_they_keep_for_themselves() {
    let mut place = Place::new(
        "CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID, STRICT; \
         CREATE VIRTUAL TABLE f USING fts5(body, tokenize = 'porter'); \
         CREATE VIRTUAL TABLE r USING rtree(id, a, b); \
         CREATE TABLE f_mine (a TEXT)",
    );
    let catalog = place.seen();
    let names: Vec<_> = catalog
        .tables
        .iter()
        .map(|t| t.name.name.as_str())
        .collect();
    assert_eq!(names, ["f", "f_mine", "r", "t"]);
    let virtual_of = |n: usize| catalog.tables[n].options["virtual"].clone();
    assert_eq!(virtual_of(0), "fts5(body, tokenize = 'porter')");
    assert_eq!(virtual_of(2), "rtree(id, a, b)");
    let options: Vec<_> = catalog.tables[3].options.keys().cloned().collect();
    assert_eq!(options, ["strict", "without_rowid"]);
    assert!(!catalog.tables[3].columns[0].nullable);
}

#[test]
fn a_file_that_is_only_read_and_one_that_is_not_there_are_told_of() {
    let mut place = Place::new("CREATE TABLE t (a TEXT); ANALYZE; CREATE INDEX x ON t (a)");
    let expected = place.seen();
    let path = place.folder.path("app.db");
    let mut rights = std::fs::metadata(&path).expect("a file").permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(&path, rights).expect("rights");
    let before = std::fs::read(&path).expect("bytes");
    let mut reader = place.folder.open("app.db", Access::Read).expect("a file");
    assert_eq!(reader.introspect().expect("a catalog"), expected);
    reader.sizes().expect("sizes");
    assert_eq!(std::fs::read(&path).expect("bytes"), before);
    let mut nothing = place.folder.open("none.db", Access::Read).expect("none");
    assert_eq!(nothing.introspect().expect("a catalog"), Catalog::default());
}

#[test]
fn sizes_are_what_analyze_found_and_else_the_span_of_the_ids() {
    let mut place = Place::new(
        "CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER); CREATE TABLE c (n TEXT PRIMARY KEY) WITHOUT ROWID; \
         CREATE TABLE d (id INTEGER PRIMARY KEY); CREATE TABLE e (rowid TEXT); CREATE INDEX a_n ON a (n); \
         INSERT INTO a VALUES (1), (2), (3); ANALYZE; INSERT INTO b VALUES (1), (2); \
         INSERT INTO d VALUES (9000000000000000000), (1)",
    );
    let sizes = place.driver.sizes().expect("sizes");
    let of = |name: &str| sizes.get(&Name::new(name)).copied();
    assert_eq!(
        (of("a"), of("b"), of("c"), of("e")),
        (Some(3), Some(2), None, None)
    );
    // No more than the file has room for.
    assert!(of("d").is_some_and(|rows| rows < 100_000), "{:?}", of("d"));
}

fn realised(place: &mut Place, sql: &str) -> initium_driver::Result<Catalog> {
    let statements = SqliteDialect.split(&Source::file("schema.sql", sql))?;
    place.driver.realise(&statements)
}

#[test]
fn what_statements_build_is_told_and_leaves_nothing_behind() {
    let mut place = Place::new("CREATE TABLE mine (a TEXT)");
    let before = place.texts();
    let sql = "BEGIN; CREATE TABLE c (p INTEGER REFERENCES p); INSERT INTO c VALUES (1); \
               CREATE TABLE p (id INTEGER PRIMARY KEY); COMMIT; ALTER TABLE c ADD COLUMN n TEXT; VACUUM";
    let catalog = realised(&mut place, sql).expect("a catalog");
    let names: Vec<_> = catalog
        .tables
        .iter()
        .map(|t| t.name.name.as_str())
        .collect();
    assert_eq!(names, ["c", "p"]);
    assert_eq!(catalog.tables[0].columns.len(), 2);
    assert_eq!(place.texts(), before);
    let error = realised(&mut place, "CREATE TABLE t (a);\nCREATE TABLE t (b)").expect_err("twice");
    assert_eq!(error.failed_at().map(|at| at.statement), Some(1));
    for text in [
        "ATTACH 'x.db' AS x",
        "VACUUM INTO 'x.db'",
        "vacuum main into 'x.db'",
    ] {
        let error = realised(&mut place, text).expect_err(text);
        assert_eq!(error.code(), Code::NotSupported);
    }
    assert_eq!(place.folder.files(), ["app.db"]);
}
