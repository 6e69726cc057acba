//! A schema of a thousand tables with twenty columns each. (Catches a question for every table, a
//! comparison of each with each, a catalog that is held many times.)

use crate::chance::{Chance, amount};
use crate::kinds::{self, Keyed, quoted};
use crate::rows::statement;
use crate::stage::run;
use crate::support::{Database, databases, proxy::Proxy, ran};
use initium::connect::dialect;
use initium::diff::{diff, difference};
use initium_driver::catalog::{
    Action, Catalog, Check, Column, ForeignKey, Index, Key, Name, Part, Sizes, Table,
};
use initium_driver::change::Way;
use std::hint::black_box;
use std::process::Child;

const COLUMNS: usize = 20;
/// In KiB, of a build that is not optimised: a catalog more would be seen.
const MEMORY: u64 = 72 << 10;
const TRIPS: usize = 12;

fn table(kind: &str, n: usize, chance: &mut Chance) -> Table {
    let all = kinds::of(kind);
    let id = match kind {
        "postgres" => "bigint",
        "sqlite" => "INTEGER",
        _ => "bigint",
    };
    let mut columns = vec![Column {
        name: "id".into(),
        data_type: id.into(),
        ..Column::default()
    }];
    for c in 1..COLUMNS {
        let of = &all[(n + c) % all.len()];
        let default =
            (chance.one_in(2) && !of.defaults.is_empty()).then(|| of.defaults[0].to_string());
        columns.push(Column {
            name: format!("c{c}"),
            data_type: of.of.into(),
            nullable: c % 3 > 0,
            default,
            ..Column::default()
        });
    }
    let key = |c: &Column| {
        all.iter()
            .any(|of| of.of == c.data_type && of.keyed == Keyed::Yes)
    };
    let keyed = columns[1..]
        .iter()
        .find(|c| key(c))
        .map(|c| c.name.clone())
        .unwrap();
    let mut table = Table {
        name: Name::new(format!("table_{n:04}")),
        columns,
        primary_key: Some(Key {
            parts: vec![Part::column("id")],
            ..Key::default()
        }),
        checks: vec![Check {
            name: format!("check_{n}"),
            expression: format!("{} > -100", quoted(kind, "id")),
            ..Check::default()
        }],
        indexes: vec![Index {
            name: format!("index_{n}"),
            parts: vec![Part::column(keyed)],
            ..Index::default()
        }],
        ..Table::default()
    };
    if n > 0 {
        table.columns.push(Column {
            name: "before".into(),
            data_type: id.into(),
            nullable: true,
            ..Column::default()
        });
        table.foreign_keys.push(ForeignKey {
            name: format!("key_{n}"),
            columns: vec!["before".into()],
            references: Name::new(format!("table_{:04}", n - 1)),
            referenced: vec!["id".into()],
            on_delete: Action::Cascade,
            ..ForeignKey::default()
        });
    }
    table
}

fn schema(kind: &str, tables: usize) -> Catalog {
    let mut chance = Chance(1);
    let dialect = dialect(kind).unwrap();
    let catalog = Catalog {
        tables: (0..tables).map(|n| table(kind, n, &mut chance)).collect(),
        ..Catalog::default()
    };
    dialect.ddl().unwrap().native(catalog).unwrap()
}

fn script(kind: &str, catalog: &Catalog) -> String {
    let dialect = dialect(kind).unwrap();
    let ddl = dialect.ddl().unwrap();
    let plan = difference(&Catalog::default(), catalog, &Sizes::new(), ddl, Way::Plain);
    plan.unwrap().script()
}

/// What this thread has had of a processor, in nanoseconds: what else the machine does is not in it.
fn spent() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn cost(kind: &str, tables: usize) -> u64 {
    let from = schema(kind, tables);
    let mut to = from.clone();
    // One of ten is another one.
    for table in to.tables.iter_mut().step_by(10) {
        table.columns[3].nullable = !table.columns[3].nullable;
        table.checks[0].expression = format!("{} >= -100", quoted(kind, "id"));
    }
    let dialect = dialect(kind).unwrap();
    let ddl = dialect.ddl().unwrap();
    let runs = (0..5).map(|_| {
        let before = spent();
        let found = difference(&from, &to, &Sizes::new(), ddl, Way::Plain).unwrap();
        assert!(found.steps.len() >= tables / 10);
        black_box(found);
        spent() - before
    });
    runs.min().unwrap()
}

#[test]
fn a_plan_costs_what_its_tables_say() {
    if !cfg!(target_os = "linux") {
        return;
    }
    for kind in ["postgres", "mysql", "mariadb", "sqlite"] {
        let (one, two, eight) = (cost(kind, 125), cost(kind, 250), cost(kind, 1_000));
        let doubled = two as f64 / one as f64;
        let ratio = eight as f64 / one as f64;
        println!(
            "{kind}: {} ms for 1,000 tables, {doubled:.1} and {ratio:.1} times that of 500 and 125",
            eight / 1_000_000
        );
        // Eight times as many, and what no longer fits into a cache; a square would be 64.
        assert!(ratio < 24.0, "{kind}: {one} {two} {eight}");
    }
}

/// What a program has of its own, in KiB: its code is none of it, of which a build that is not optimised
/// maps five times as much as a release. `tests/footprint` looks at all of one of those.
fn own(child: &Child) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    if !status.starts_with("Name:\tinitium\n") {
        return 0;
    }
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

/// On a server: how often it is asked, and how much memory the program has of its own.
fn measured(db: &Database, tables: usize) {
    let catalog = schema(db.kind, tables);
    let mut driver = db.open();
    run(&mut *driver, &script(db.kind, &catalog)).unwrap();
    drop(driver);
    let mut trips = 0;
    if db.kind != "sqlite" {
        let proxy = Proxy::before(&db.url);
        let mut driver = crate::support::database::open(&proxy.url);
        statement(&mut *driver, "SELECT 1").unwrap();
        proxy.take();
        let found = driver.introspect().unwrap();
        trips = proxy.take().trips;
        assert_eq!(found.tables.len(), tables);
        let ddl = driver.dialect().ddl().unwrap();
        let left = diff(&found, &catalog, ddl).changes;
        assert!(left.is_empty(), "{}: {left:#?}", db.kind);
        assert!(trips <= TRIPS, "{}: {trips} round trips", db.kind);
    }
    let file = db.folder.path("schema.yaml");
    db.initium(&["migrate", "inspect", "--format", "yaml", "--out", &file])
        .exits(0);
    let mut child = db
        .initium(&["migrate", "diff", "--to", &file, "--check"])
        .spawn();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(own(&child));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let ran = ran(child);
    assert_eq!(ran.status, 0, "{}: {}{}", db.kind, ran.out, ran.err);
    println!(
        "{}: {tables} tables, {trips} round trips, {most} KiB",
        db.kind
    );
    assert!(most < MEMORY, "{}: {most} KiB", db.kind);
}

#[test]
fn many_tables_are_read_at_once() {
    for db in databases() {
        measured(&db, amount(100, 1_000));
    }
}
