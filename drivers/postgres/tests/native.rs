//! What files say, as a server would tell it: each is made on a server and told by it. (Catches a
//! name, a type or a word that would be a difference for ever.)

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::Dialect;
use initium_driver::catalog::{
    Action, Body, Check, Exclusion, ForeignKey, Identity, Index, Key, Nulls, Numbers, Part, Serves,
    Sort, Type,
};
use initium_driver::change::{Change, Changes, Edit, Way};
use initium_driver::driver::Driver;
use initium_driver::error::Code;
use initium_driver::{Catalog, Column, Table};
use initium_postgres::Postgres;
use servers::{alone, each};

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.into(),
        data_type: data_type.into(),
        nullable: true,
        ..Column::default()
    }
}

fn table(name: &str, columns: Vec<Column>) -> Table {
    Table {
        name: name.into(),
        columns,
        ..Table::default()
    }
}

fn catalog(tables: Vec<Table>) -> Catalog {
    Catalog {
        tables,
        ..Catalog::default()
    }
}

/// Its statements, in an order that works for these.
fn make(driver: &mut dyn Driver, to: &Catalog) {
    let types = to
        .types
        .iter()
        .cloned()
        .map(|it| Change::Type(Edit::Add(it)));
    let tables = to
        .tables
        .iter()
        .cloned()
        .map(|it| Change::Table(Edit::Add(Box::new(it))));
    let list: Vec<_> = types.chain(tables).collect();
    let from = Catalog::default();
    let changes = Changes {
        from: &from,
        to,
        list: &list,
        way: Way::Plain,
    };
    let acts = driver.dialect().ddl().unwrap().render(&changes).unwrap();
    for act in acts {
        alone(driver, &act.sql).unwrap_or_else(|e| panic!("{}: {e:?}", act.sql));
    }
}

fn everything() -> Catalog {
    let mut owner = table(
        "owner",
        vec![column("id", "bigserial"), column("name", "string")],
    );
    owner.primary_key = Some(Key {
        parts: vec!["id".into()],
        ..Key::default()
    });
    let mut things = table(
        "things",
        vec![
            column("id", "int"),
            column("owner", "int8"),
            column("state", "enum('new','it''s done')"),
            column("data", "jsonb"),
            column("raw", "blob"),
            column("at", "datetime(3)"),
            column("price", "decimal(10, 2)"),
            column("ratio", "double"),
            column("code", "char(3)"),
            column("during", "tstzrange"),
            column("flag", "bool"),
            Column {
                default: Some("NULL".into()),
                comment: Some(String::new()),
                ..column("label", "varchar(20)")
            },
        ],
    );
    things.columns[0].identity = Some(Box::new(Identity {
        serves: Serves::Always,
        sequence: None,
        numbers: Numbers {
            start: Some(1),
            increment: Some(1),
            ..Numbers::default()
        },
    }));
    things.primary_key = Some(Key {
        parts: vec!["id".into()],
        ..Key::default()
    });
    things.unique = vec![
        Key {
            parts: vec!["owner".into(), "code".into()],
            include: vec!["price".into()],
            ..Key::default()
        },
        Key {
            parts: vec!["code".into()],
            ..Key::default()
        },
    ];
    things.foreign_keys = vec![ForeignKey {
        columns: vec!["owner".into()],
        references: "owner".into(),
        on_delete: Action::Cascade,
        ..ForeignKey::default()
    }];
    let check = |text: &str| Check {
        expression: text.into(),
        ..Check::default()
    };
    things.checks = vec![check("(price > id)"), check("id > 0"), check("id < 100000")];
    things.exclusions = vec![Exclusion {
        definition: "EXCLUDE USING gist (during WITH &&)".into(),
        ..Exclusion::default()
    }];
    let index = |parts: Vec<Part>| Index {
        parts,
        method: Some("BTREE".into()),
        ..Index::default()
    };
    let down = Part {
        sort: Sort::Down,
        nulls: Some(Nulls::First),
        ..Part::column("at")
    };
    things.indexes = vec![
        index(vec!["code".into(), down]),
        index(vec![Part::expression("(lower(label::text))")]),
        index(vec![Part::expression("id + 1"), Part::expression("id + 2")]),
        index(vec!["code".into()]),
        Index {
            include: vec!["price".into()],
            predicate: Some("(id > 5)".into()),
            ..index(vec!["code".into()])
        },
    ];
    catalog(vec![things, owner])
}

#[test]
fn names_and_types_are_found_as_the_server_finds_them() {
    each(|database| {
        let mut driver = database.open();
        let ddl = Postgres { major: 15 };
        let native = ddl.ddl().unwrap().native(everything()).unwrap();
        // The server has to find the names itself.
        let mut nameless = native.clone();
        for table in &mut nameless.tables {
            table
                .primary_key
                .iter_mut()
                .chain(&mut table.unique)
                .for_each(|it| it.name.clear());
            table.foreign_keys.iter_mut().for_each(|it| it.name.clear());
            table.checks.iter_mut().for_each(|it| it.name.clear());
            table.exclusions.iter_mut().for_each(|it| it.name.clear());
            table.indexes.iter_mut().for_each(|it| it.name.clear());
        }
        nameless.tables.reverse();
        nameless.tables.sort_by_key(|it| it.name.name != "owner");
        make(&mut *driver, &nameless);
        let seen = driver.introspect().unwrap();
        let names = |catalog: &Catalog| {
            let table = catalog.table("things").unwrap();
            let keys = table
                .primary_key
                .iter()
                .chain(&table.unique)
                .map(|it| it.name.clone());
            let mut all: Vec<String> = keys
                .chain(table.foreign_keys.iter().map(|it| it.name.clone()))
                .chain(
                    table
                        .checks
                        .iter()
                        .map(|it| format!("{}: {}", it.name, it.expression)),
                )
                .chain(table.exclusions.iter().map(|it| it.name.clone()))
                .chain(table.indexes.iter().map(|it| it.name.clone()))
                .collect();
            all.sort();
            all
        };
        let types = |catalog: &Catalog| -> Vec<(String, bool)> {
            let columns = catalog.tables.iter().flat_map(|it| &it.columns);
            columns
                .map(|it| (it.data_type.clone(), it.nullable))
                .collect()
        };
        let plain = |names: Vec<String>| {
            names
                .into_iter()
                .map(|it| it.replace("::numeric", ""))
                .collect::<Vec<_>>()
        };
        assert_eq!(plain(names(&seen)), plain(names(&native)));
        assert_eq!(types(&seen), types(&native));
        assert_eq!(seen.types, native.types);
        let again = ddl.ddl().unwrap().native(seen.clone()).unwrap();
        assert_eq!(again, seen);
        assert_eq!(
            seen.table("owner").unwrap().columns,
            native.table("owner").unwrap().columns
        );
    });
}

#[test]
fn a_type_that_people_made_keeps_its_name() {
    let dialect = Postgres::OLDEST;
    let mut told = catalog(vec![table(
        "t",
        vec![column("a", "string"), column("b", "string[]")],
    )]);
    told.types.push(Type {
        name: "string".into(),
        comment: None,
        body: Body::Enum(vec!["a".into()]),
    });
    let native = dialect.ddl().unwrap().native(told).unwrap();
    let types: Vec<_> = native.tables[0]
        .columns
        .iter()
        .map(|it| it.data_type.as_str())
        .collect();
    assert_eq!(types, ["string", "string[]"]);
}

#[test]
fn a_partition_tells_only_what_is_its_own() {
    let mut parent = table("p", vec![column("a", "int"), column("b", "int")]);
    parent.partition_by = Some("RANGE (a)".into());
    let own = Column {
        default: Some("1".into()),
        ..column("b", "int")
    };
    let mut child = table("p1", vec![column("a", "integer"), own]);
    child.partition_of = Some(initium_driver::catalog::Partition {
        parent: "p".into(),
        bound: "DEFAULT".into(),
    });
    let native = Postgres::OLDEST
        .ddl()
        .unwrap()
        .native(catalog(vec![parent, child]))
        .unwrap();
    let columns = &native.table("p1").unwrap().columns;
    assert_eq!((columns.len(), columns[0].name.as_str()), (1, "b"));
}

#[test]
fn what_it_cannot_hold_is_refused_by_its_name() {
    type Spoil = Box<dyn Fn(&mut Table)>;
    let refusals: [(&str, Spoil); 7] = [
        (
            "t.a",
            Box::new(|it| it.columns[0].charset = Some("utf8".into())),
        ),
        (
            "t.a",
            Box::new(|it| it.columns[0].on_update = Some("now()".into())),
        ),
        ("t.a", Box::new(|it| it.columns[0].invisible = true)),
        (
            "engine",
            Box::new(|it| drop(it.options.insert("engine".into(), "MyISAM".into()))),
        ),
        ("by_a", Box::new(|it| it.indexes[0].invisible = true)),
        (
            "by_a",
            Box::new(|it| it.indexes[0].parts[0].length = Some(3)),
        ),
        (
            "by_a",
            Box::new(|it| it.indexes[0].nulls_not_distinct = true),
        ),
    ];
    for (name, spoil) in refusals {
        let mut it = table("t", vec![column("a", "text")]);
        it.indexes.push(Index {
            name: "by_a".into(),
            parts: vec!["a".into()],
            ..Index::default()
        });
        spoil(&mut it);
        let error = Postgres::OLDEST
            .ddl()
            .unwrap()
            .native(catalog(vec![it]))
            .unwrap_err();
        assert_eq!(error.code(), Code::NotSupported);
        assert!(error.message().contains(name), "{error}");
        assert!(error.help_text().is_some());
    }
}
