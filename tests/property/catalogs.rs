//! A random catalog, random edits of it, rows in its tables: the plan that lies between leads from
//! the one to the other on the real server, its reverse leads back, and a plan that is called safe
//! keeps every value. (Catches a change that is missed, invented, in the wrong order, not undone, or
//! called safe.)

use crate::chance::{Chance, amount, seed};
use crate::edits::true_hints;
use crate::kinds::quoted;
use crate::maker::Maker;
use crate::rows::{fill, statement, values};
use crate::stage::{Stage, run};
use crate::support::Database;
use crate::support::database::open;
use initium::diff::{Back, Difference, described, diff, difference};
use initium_driver::Driver;
use initium_driver::catalog::{Catalog, Sizes};
use initium_driver::change::{Change, Edit, Of, Way};
use std::time::Instant;

/// Two databases of one server, emptied for each round.
struct Ground {
    kind: &'static str,
    /// Where databases go and come.
    admin: Option<Box<dyn Driver>>,
    one: Database,
    other: Database,
}

#[derive(Default)]
struct Figures {
    changes: usize,
    safe: usize,
    refused: usize,
    rows: usize,
}

fn property(kind: &'static str, variable: &str) {
    let Some(Stage { one, other, .. }) = Stage::of(kind, variable) else {
        return;
    };
    let seed = seed();
    println!("PROPERTY_SEED={seed} on {variable}");
    let mut ground = Ground {
        kind,
        admin: matches!(kind, "mysql" | "mariadb").then(|| open(&std::env::var(variable).unwrap())),
        one,
        other,
    };
    let begin = Instant::now();
    let mut figures = Figures::default();
    let rounds = amount(20, 1_000);
    let mut failed = Vec::new();
    for round in 0..rounds {
        if round % 100 == 99 {
            println!(
                "{kind}: {} rounds in {} s",
                round + 1,
                begin.elapsed().as_secs()
            );
        }
        let own = seed.wrapping_add(round as u64);
        let mut maker = Maker::new(kind, Chance(own));
        let from = maker.catalog();
        let mut to = from.clone();
        for _ in 0..1 + maker.chance.below(5) {
            maker.edit(&mut to);
        }
        true_hints(&from, &mut to);
        if let Err(why) = round_of(&mut ground, &mut maker, &from, &to, &mut figures) {
            println!("PROPERTY_SEED={own} on {variable}, its first round\n{why}\n");
            failed.push(own);
            if failed.len() == amount(1, 10) {
                break;
            }
        }
    }
    println!(
        "{kind}: {rounds} rounds in {} s, {} changes, {} safe plans, {} refused by rows, {} rows",
        begin.elapsed().as_secs(),
        figures.changes,
        figures.safe,
        figures.refused,
        figures.rows
    );
    assert!(
        failed.is_empty(),
        "{variable}: {} failed: {failed:?}",
        failed.len()
    );
}

fn round_of(
    ground: &mut Ground,
    maker: &mut Maker,
    from: &Catalog,
    to: &Catalog,
    figures: &mut Figures,
) -> Result<(), String> {
    let kind = ground.kind;
    let mut one = emptied(kind, &ground.one, &mut ground.admin);
    let begun = built(&mut *one, from)?;
    figures.rows += fill(&mut *one, maker, from);
    // The second database says what the one should become. Where only a file would say something
    // else, in the words of its views, it is always asked.
    let keeps = !one.dialect().ddl().unwrap().habits().keys_after;
    let wanted = match !keeps && !to.views.is_empty() || maker.chance.one_in(4) {
        true => {
            let mut other = emptied(kind, &ground.other, &mut ground.admin);
            built(&mut *other, to)?
        }
        false => {
            let ddl = one.dialect().ddl().unwrap();
            let mut native = ddl
                .native(to.clone())
                .map_err(|e| format!("native: {e:?}"))?;
            unhinted(&mut native);
            native
        }
    };
    let plan = plan(&*one, &begun, &hinted(&wanted, to))?;
    figures.changes += plan.steps.len();
    let up = plan.script();
    let is_safe = plan.breaking().next().is_none();
    figures.safe += usize::from(is_safe);
    let context = |why: String| {
        let steps: Vec<_> = plan
            .steps
            .iter()
            .map(|step| (&step.what, &step.impact.risks))
            .collect();
        format!(
            "{why}\n--- up\n{up}\n--- steps\n{steps:#?}\n--- from\n{}\n--- to\n{}",
            script(kind, &begun),
            script(kind, &wanted)
        )
    };
    let before = is_safe.then(|| kept(&mut *one, kind, from, to, Side::Old));
    if let Err(error) = run(&mut *one, &up) {
        if is_safe {
            return Err(context(format!("a safe plan failed: {error:?}")));
        }
        // Rows stood in its way, as it said; without them it works.
        figures.refused += 1;
        drop(one);
        one = emptied(kind, &ground.one, &mut ground.admin);
        built(&mut *one, from)?;
        run(&mut *one, &up).map_err(|e| context(format!("without rows, too: {e:?}")))?;
    }
    let found = one.introspect().map_err(|e| context(format!("{e:?}")))?;
    nothing(&*one, &found, &wanted, "up").map_err(context)?;
    nothing_but_names(&*one, &wanted, &found).map_err(context)?;
    if let Some(before) = before {
        let after = kept(&mut *one, kind, from, to, Side::New);
        if before != after {
            return Err(context(format!("values changed:\n{before:?}\n{after:?}")));
        }
    }
    let down = match &plan.down {
        Back::Acts(_) => plan.script_down().unwrap(),
        Back::None(_) => return Ok(()),
    };
    if run(&mut *one, &down).is_err() {
        // What the new schema allowed the old one may not: without rows it works.
        drop(one);
        one = emptied(kind, &ground.one, &mut ground.admin);
        built(&mut *one, to)?;
        run(&mut *one, &down).map_err(|e| context(format!("down: {e:?}\n{down}")))?;
    }
    let again = one.introspect().map_err(|e| context(format!("{e:?}")))?;
    nothing(&*one, &again, &begun, "down").map_err(|why| context(format!("{why}\n{down}")))
}

/// An empty database with this catalog, as the server tells it; that must be what was declared.
fn built(driver: &mut dyn Driver, declared: &Catalog) -> Result<Catalog, String> {
    let ddl = driver.dialect().ddl().unwrap();
    let mut native = ddl
        .native(declared.clone())
        .map_err(|e| format!("native: {e:?}"))?;
    unhinted(&mut native);
    let text = plan(driver, &Catalog::default(), &native)?.script();
    run(driver, &text).map_err(|e| format!("create: {e:?}\n{text}"))?;
    let found = driver
        .introspect()
        .map_err(|e| format!("introspect: {e:?}\n{text}"))?;
    // A query is told in words of the server's own; SQLite alone keeps what was written.
    if driver.dialect().ddl().unwrap().habits().keys_after {
        native.views.clone_from(&found.views);
    }
    nothing(driver, &found, &native, "created").map_err(|why| format!("{why}\n{text}"))?;
    Ok(found)
}

fn plan(driver: &dyn Driver, from: &Catalog, to: &Catalog) -> Result<Difference, String> {
    let ddl = driver.dialect().ddl().unwrap();
    difference(from, to, &Sizes::new(), ddl, Way::Plain).map_err(|e| format!("render: {e:?}"))
}

fn nothing(driver: &dyn Driver, from: &Catalog, to: &Catalog, what: &str) -> Result<(), String> {
    let found = diff(from, to, driver.dialect().ddl().unwrap());
    let left: Vec<_> = found.changes.iter().map(described).collect();
    match left.is_empty() {
        true => Ok(()),
        false => Err(format!("{what} leaves {left:#?}\n{:#?}", found.changes)),
    }
}

/// The same seen from the other side.
fn nothing_but_names(driver: &dyn Driver, from: &Catalog, to: &Catalog) -> Result<(), String> {
    let mut found = diff(from, to, driver.dialect().ddl().unwrap()).changes;
    found.retain(|change| !is_name(change));
    match found.is_empty() {
        true => Ok(()),
        false => Err(format!("up, seen from there, leaves {found:#?}")),
    }
}

/// Whether it is another name and nothing else, as far as there are names that servers find: what
/// was found for a table or column keeps its name when that gets another.
fn is_name(change: &Change) -> bool {
    let alters = |from: &str, to: &str| from != to;
    match change {
        Change::Index(Of {
            edit: Edit::Alter { from, to },
            ..
        }) => alters(&from.name, &to.name),
        Change::Check(Of {
            edit: Edit::Alter { from, to },
            ..
        }) => alters(&from.name, &to.name),
        Change::ForeignKey(Of {
            edit: Edit::Alter { from, to },
            ..
        }) => alters(&from.name, &to.name),
        Change::Unique(Of {
            edit: Edit::Alter { from, to },
            ..
        })
        | Change::PrimaryKey(Of {
            edit: Edit::Alter { from, to },
            ..
        }) => alters(&from.name, &to.name),
        _ => false,
    }
}

/// What the server told, with the hints of the file.
fn hinted(told: &Catalog, declared: &Catalog) -> Catalog {
    let mut told = told.clone();
    for table in &mut told.tables {
        let Some(own) = declared.tables.iter().find(|own| own.name == table.name) else {
            continue;
        };
        table.renamed_from = own.renamed_from.clone();
        for column in &mut table.columns {
            let own = own.column(&column.name);
            column.renamed_from = own.and_then(|own| own.renamed_from.clone());
        }
    }
    told
}

fn unhinted(catalog: &mut Catalog) {
    for table in &mut catalog.tables {
        table.renamed_from = None;
        table
            .columns
            .iter_mut()
            .for_each(|column| column.renamed_from = None);
    }
}

/// On which side of the plan the names are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

type Kept = Vec<Vec<Vec<Option<String>>>>;

/// The values of what is on both sides.
fn kept(driver: &mut dyn Driver, kind: &str, from: &Catalog, to: &Catalog, side: Side) -> Kept {
    let mut all = Vec::new();
    for table in &to.tables {
        let old = table.renamed_from.as_ref().unwrap_or(&table.name);
        let Some(before) = from.tables.iter().find(|one| one.name == *old) else {
            continue;
        };
        let both: Vec<_> = table
            .columns
            .iter()
            .filter_map(|column| {
                let old = column.renamed_from.as_ref().unwrap_or(&column.name);
                let one = before.column(old)?;
                Some(match side {
                    Side::Old => one.name.as_str(),
                    Side::New => column.name.as_str(),
                })
            })
            .collect();
        let name = match side {
            Side::Old => &before.name.name,
            Side::New => &table.name.name,
        };
        all.push(values(driver, kind, name, &both));
    }
    all
}

fn script(kind: &str, catalog: &Catalog) -> String {
    let dialect = initium::connect::dialect(kind).unwrap();
    let ddl = dialect.ddl().unwrap();
    match difference(&Catalog::default(), catalog, &Sizes::new(), ddl, Way::Plain) {
        Ok(plan) => plan.script(),
        Err(error) => format!("{error:?}"),
    }
}

/// A connection to a database with nothing in it.
fn emptied(kind: &str, db: &Database, admin: &mut Option<Box<dyn Driver>>) -> Box<dyn Driver> {
    if kind == "sqlite" {
        for end in ["", "-journal", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", db.name));
        }
    }
    if let Some(admin) = admin {
        let name = quoted(kind, &db.name);
        statement(&mut **admin, &format!("DROP DATABASE {name}")).unwrap();
        statement(&mut **admin, &format!("CREATE DATABASE {name}")).unwrap();
    }
    let mut driver = db.open();
    if kind == "postgres" {
        statement(&mut *driver, "DROP SCHEMA public CASCADE").unwrap();
        statement(&mut *driver, "CREATE SCHEMA public").unwrap();
    }
    driver
}

#[test]
fn a_plan_leads_there_and_back_on_postgres() {
    property("postgres", "INITIUM_TEST_POSTGRES_URL");
}

#[test]
fn a_plan_leads_there_and_back_on_the_newest_postgres() {
    property("postgres", "INITIUM_TEST_POSTGRES18_URL");
}

#[test]
fn a_plan_leads_there_and_back_on_mysql() {
    property("mysql", "INITIUM_TEST_MYSQL_URL");
}

#[test]
fn a_plan_leads_there_and_back_on_mariadb() {
    property("mariadb", "INITIUM_TEST_MARIADB_URL");
}

#[test]
fn a_plan_leads_there_and_back_on_sqlite() {
    property("sqlite", "");
}
