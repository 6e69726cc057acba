//! What files say, as SQLite would tell it: built and looked at, it is told so.

mod changing;
mod folder;

use changing::{Place, acts, told};
use initium_driver::catalog::{
    Action, Body, Catalog, Check, Column, ForeignKey, Identity, Index, Key, Kind, Nulls, Numbers,
    Part, Routine, Sequence, Serves, Sort, Table, Trigger, Type, View,
};
use initium_driver::{Code, Dialect, Name};
use initium_sqlite::SqliteDialect;

fn native(catalog: Catalog) -> initium_driver::Result<Catalog> {
    SqliteDialect.ddl().expect("one").native(catalog)
}

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.into(),
        data_type: data_type.into(),
        nullable: true,
        ..Column::default()
    }
}

fn of(table: Table) -> Catalog {
    Catalog {
        tables: vec![Table {
            name: Name::new("t"),
            ..table
        }],
        ..Catalog::default()
    }
}

/// In SQLite's words, and found the same where it is built.
fn built(catalog: Catalog) -> Catalog {
    let native = native(catalog).expect("it can be had");
    let mut place = Place::memory("");
    let all = told(&acts(&Catalog::default(), &native).expect("acts"));
    place.run(&all).expect(&all);
    assert_eq!(place.seen(), native, "{all}");
    native
}

#[test]
fn portable_types_are_stored_as_they_mean() {
    let types = [
        ("string", "TEXT"),
        ("text", "TEXT"),
        ("int", "INTEGER"),
        ("bigint", "BIGINT"),
        ("smallint", "SMALLINT"),
        ("decimal(10, 2)", "DECIMAL(10,2)"),
        ("float", "FLOAT"),
        ("double", "DOUBLE"),
        ("boolean", "BOOLEAN"),
        ("date", "DATE"),
        ("time", "TIME"),
        ("timestamp", "TIMESTAMP"),
        ("timestamptz", "TIMESTAMP"),
        ("datetime", "DATETIME"),
        ("uuid", "TEXT"),
        ("json", "TEXT"),
        ("jsonb", "TEXT"),
        ("bytes", "BLOB"),
        ("varchar(50)", "VARCHAR(50)"),
        ("char(2)", "CHAR(2)"),
        ("VARCHAR(7)", "VARCHAR(7)"),
        ("my own", "MY OWN"),
    ];
    let columns = types.iter().enumerate();
    let columns = columns
        .map(|(n, (portable, _))| column(&format!("c{n}"), portable))
        .collect();
    let table = Table {
        columns,
        ..Table::default()
    };
    let found = built(of(table));
    let found: Vec<_> = found.tables[0]
        .columns
        .iter()
        .map(|c| c.data_type.as_str())
        .collect();
    let wanted: Vec<_> = types.iter().map(|(_, wanted)| *wanted).collect();
    assert_eq!(found, wanted);
}

#[test]
fn what_sqlite_has_otherwise_is_said_otherwise() {
    let id = Column {
        nullable: false,
        ..column("id", "bigserial")
    };
    let state = Column {
        default: Some("'new'".into()),
        ..column("state", "mood")
    };
    let made = Column {
        nullable: false,
        default: Some("now()".into()),
        comment: Some("when".into()),
        ..column("made", "timestamptz")
    };
    let mut last = Part::column("made");
    (last.sort, last.nulls) = (Sort::Down, Some(Nulls::Last));
    let table = Table {
        columns: vec![
            id,
            column("kind", "enum('a', 'it''s')"),
            state,
            made,
            column("age", "years"),
        ],
        primary_key: Some(Key {
            parts: vec!["id".into()],
            ..Key::default()
        }),
        indexes: vec![Index {
            parts: vec!["kind".into(), last],
            include: vec!["age".into()],
            method: Some("btree".into()),
            ..Index::default()
        }],
        comment: Some("a table".into()),
        ..Table::default()
    };
    let mood = Type {
        name: Name::new("mood"),
        comment: None,
        body: Body::Enum(vec!["new".into(), "old".into()]),
    };
    let years = Type {
        name: Name::new("years"),
        comment: None,
        body: Body::Domain {
            data_type: "int".into(),
            not_null: true,
            default: Some("0".into()),
            collation: None,
            checks: vec![Check {
                expression: "(VALUE >= 0)".into(),
                ..Check::default()
            }],
        },
    };
    let catalog = Catalog {
        types: vec![mood, years],
        ..of(table)
    };
    let mut place = Place::memory("");
    let all = told(&acts(&Catalog::default(), &built(catalog)).expect("acts"));
    place.run(&all).expect(&all);
    assert_eq!(
        all,
        "CREATE TABLE t (\n  id INTEGER PRIMARY KEY AUTOINCREMENT,\n  kind TEXT,\n  state TEXT DEFAULT 'new',\n  \
         made TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,\n  age INTEGER NOT NULL DEFAULT 0,\n  CHECK (age >= 0),\n  \
         CHECK (kind IN ('a', 'it''s')),\n  CHECK (state IN ('new', 'old'))\n);\n\
         CREATE INDEX t_kind_made_age_idx ON t (kind, made DESC, age);\n"
    );
}

#[test]
fn a_strict_table_gets_the_types_that_it_knows() {
    let all = [
        "varchar(5)",
        "boolean",
        "timestamptz",
        "float",
        "bytes",
        "ANY",
    ];
    let columns = all.iter().enumerate();
    let table = Table {
        columns: columns
            .map(|(n, it)| column(&format!("c{n}"), it))
            .collect(),
        options: [("strict".to_string(), "true".to_string())].into(),
        ..Table::default()
    };
    let found = built(of(table));
    let found: Vec<_> = found.tables[0]
        .columns
        .iter()
        .map(|c| c.data_type.as_str())
        .collect();
    assert_eq!(found, ["TEXT", "INTEGER", "TEXT", "REAL", "BLOB", "ANY"]);
}

#[test]
fn what_sqlite_cannot_hold_is_refused_by_its_name() {
    let plain = || Table {
        columns: vec![column("a", "text")],
        ..Table::default()
    };
    let with = |change: &dyn Fn(&mut Table)| {
        let mut table = plain();
        change(&mut table);
        of(table)
    };
    let index = |index: Index| {
        with(&move |t| {
            t.indexes = vec![Index {
                name: "i".into(),
                parts: vec!["a".into()],
                ..index.clone()
            }]
        })
    };
    let of_column = |change: &dyn Fn(&mut Column)| with(&|t| change(&mut t.columns[0]));
    let options = |key: &str| with(&|t| t.options = [(key.to_string(), "x".to_string())].into());
    let name = || Name::new("x");
    for (catalog, words) in [
        (
            Catalog {
                sequences: vec![Sequence {
                    name: name(),
                    ..Sequence::default()
                }],
                ..Catalog::default()
            },
            "sequence x",
        ),
        (
            Catalog {
                routines: vec![Routine {
                    name: name(),
                    arguments: String::new(),
                    kind: Kind::Function,
                    definition: String::new(),
                    comment: None,
                }],
                ..Catalog::default()
            },
            "routine x",
        ),
        (
            Catalog {
                views: vec![View {
                    name: name(),
                    materialized: true,
                    ..View::default()
                }],
                ..Catalog::default()
            },
            "view x",
        ),
        (
            with(&|t| t.partition_by = Some("RANGE (a)".into())),
            "table t: SQLite has no partitions",
        ),
        (options("engine"), "no option engine"),
        (options("unlogged"), "no option unlogged"),
        (of_column(&|c| c.invisible = true), "column t.a"),
        (
            of_column(&|c| c.charset = Some("latin1".into())),
            "column t.a",
        ),
        (
            of_column(&|c| c.on_update = Some("now()".into())),
            "a trigger does it",
        ),
        (
            of_column(&|c| c.data_type = "serial".into()),
            "numbered columns",
        ),
        (
            of_column(&|c| {
                let numbers = Numbers {
                    start: Some(7),
                    ..Numbers::default()
                };
                c.identity = Some(Box::new(Identity {
                    serves: Serves::Always,
                    sequence: None,
                    numbers,
                }));
            }),
            "start or step",
        ),
        (
            index(Index {
                method: Some("gin".into()),
                ..Index::default()
            }),
            "index i",
        ),
        (
            index(Index {
                unique: true,
                include: vec!["a".into()],
                ..Index::default()
            }),
            "index i",
        ),
        (
            index(Index {
                invisible: true,
                ..Index::default()
            }),
            "index i",
        ),
        (
            index(Index {
                nulls_not_distinct: true,
                ..Index::default()
            }),
            "NULL",
        ),
        (
            with(&|t| {
                t.unique = vec![Key {
                    parts: vec!["a".into()],
                    nulls_not_distinct: true,
                    ..Key::default()
                }];
            }),
            "keys in which NULL is like NULL",
        ),
        (
            with(&|t| {
                let references = Name::within("other", "p");
                t.foreign_keys = vec![ForeignKey {
                    columns: vec!["a".into()],
                    references,
                    ..ForeignKey::default()
                }];
            }),
            "schemas besides its own",
        ),
        (
            with(&|t| {
                let on_delete = Action::SetNullOf(vec!["a".into()]);
                t.foreign_keys = vec![ForeignKey {
                    columns: vec!["a".into()],
                    references: Name::new("p"),
                    on_delete,
                    ..ForeignKey::default()
                }];
            }),
            "actions for some columns",
        ),
        (
            with(&|t| {
                t.checks = vec![Check {
                    expression: "a".into(),
                    not_enforced: true,
                    ..Check::default()
                }]
            }),
            "not asked",
        ),
        (
            with(&|t| {
                t.triggers = vec![Trigger {
                    name: "x".into(),
                    disabled: true,
                    ..Trigger::default()
                }]
            }),
            "trigger x",
        ),
    ] {
        let error = native(catalog).expect_err(words);
        assert_eq!(error.code(), Code::NotSupported);
        assert!(error.message().contains(words), "{error} has no {words}");
        assert!(error.help_text().is_some(), "{error}");
    }
}

#[test]
fn a_name_that_was_found_here_is_known_again() {
    let ddl = SqliteDialect.ddl().expect("one");
    let sql = "CREATE TABLE t (a TEXT UNIQUE, b TEXT); CREATE INDEX t_a_b_idx ON t (a, b); \
               CREATE INDEX mine ON t (lower(a), b)";
    let catalog = Place::memory(sql).seen();
    let table = &catalog.tables[0];
    assert!(ddl.generated(table, "sqlite_autoindex_t_1"));
    assert!(ddl.generated(table, "t_a_b_idx"));
    assert!(!ddl.generated(table, "mine"));
    assert!(!ddl.generated(table, "t_b_a_idx"));
}
