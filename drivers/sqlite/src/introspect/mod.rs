//! What a SQLite file holds, without the ledger: read from the texts in `sqlite_schema`, in five
//! questions at most, whatever its size. Reads only. Tables that a virtual table keeps for itself are
//! its own affair and are left out; the virtual table is told by its text, as its option `virtual`.

mod ends;
mod sizes;

pub use sizes::sizes;

use crate::read;
use crate::session::SqliteSession;
use initium_driver::sorted;
use initium_driver::{Catalog, Result};
use std::collections::{HashMap, HashSet};

/// SQLite's own are nobody's schema.
const SCHEMA: &str = "FROM main.sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_' AND type";

pub fn catalog(session: &mut SqliteSession, ledger: &[String]) -> Result<Catalog> {
    let is_ledger = |name: &str| ledger.iter().any(|own| own.eq_ignore_ascii_case(name));
    let mut catalog = Catalog::default();
    let tables = format!("SELECT name, sql {SCHEMA} = 'table'");
    session.each(&tables, |row| {
        if !is_ledger(cell(row, 0)) {
            catalog
                .tables
                .push(read::table(cell(row, 0), cell(row, 1))?);
        }
        Ok(())
    })?;
    if catalog
        .tables
        .iter()
        .any(|t| t.options.contains_key("virtual"))
    {
        let shadows = shadows(session)?;
        catalog
            .tables
            .retain(|table| !shadows.contains(&table.name.name));
    }
    sorted::by(&mut catalog.tables, |a, b| a.name.cmp(&b.name));
    let place = |names: Vec<String>| -> HashMap<String, usize> {
        let small = names.into_iter().map(|name| name.to_ascii_lowercase());
        small.zip(0..).collect()
    };
    let tables = place(catalog.tables.iter().map(|t| t.name.name.clone()).collect());
    let at =
        |names: &HashMap<String, usize>, name: &str| names.get(&name.to_ascii_lowercase()).copied();
    let indexes = format!("SELECT tbl_name, name, sql {SCHEMA} = 'index' AND sql IS NOT NULL");
    session.each(&indexes, |row| {
        if let Some(n) = at(&tables, cell(row, 0)) {
            let table = &mut catalog.tables[n];
            let names: Vec<_> = table.columns.iter().map(|c| c.name.clone()).collect();
            let index = read::index(cell(row, 1), cell(row, 2), &names)?;
            table.indexes.push(index);
        }
        Ok(())
    })?;
    let views = format!("SELECT name, sql {SCHEMA} = 'view'");
    session.each(&views, |row| {
        catalog.views.push(read::view(cell(row, 0), cell(row, 1))?);
        Ok(())
    })?;
    sorted::by(&mut catalog.views, |a, b| a.name.cmp(&b.name));
    let views = place(catalog.views.iter().map(|v| v.name.name.clone()).collect());
    let triggers = format!("SELECT tbl_name, name, sql {SCHEMA} = 'trigger'");
    session.each(&triggers, |row| {
        let trigger = || read::trigger(cell(row, 1), cell(row, 2));
        if let Some(n) = at(&tables, cell(row, 0)) {
            catalog.tables[n].triggers.push(trigger()?);
        } else if let Some(n) = at(&views, cell(row, 0)) {
            catalog.views[n].triggers.push(trigger()?);
        }
        Ok(())
    })?;
    ends::complete(&mut catalog);
    order(&mut catalog);
    Ok(catalog)
}

/// The tables in which virtual ones keep what they hold.
fn shadows(session: &SqliteSession) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    let question = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'";
    session.each(question, |row| {
        names.insert(cell(row, 0).into());
        Ok(())
    })?;
    Ok(names)
}

/// The parts of tables in order, too: where a constraint stands in a text does not count.
pub fn order(catalog: &mut Catalog) {
    catalog.sort();
    for table in &mut catalog.tables {
        let text = |parts: &[_]| format!("{parts:?}");
        sorted::by(&mut table.unique, |a, b| {
            (&a.name, text(&a.parts)).cmp(&(&b.name, text(&b.parts)))
        });
        sorted::by(&mut table.foreign_keys, |a, b| {
            (&a.name, &a.columns, &a.references).cmp(&(&b.name, &b.columns, &b.references))
        });
        sorted::by(&mut table.checks, |a, b| {
            (&a.name, &a.expression).cmp(&(&b.name, &b.expression))
        });
        sorted::by(&mut table.indexes, |a, b| a.name.cmp(&b.name));
        sorted::by(&mut table.triggers, |a, b| a.name.cmp(&b.name));
    }
    for view in &mut catalog.views {
        sorted::by(&mut view.triggers, |a, b| a.name.cmp(&b.name));
    }
}

pub use ends::complete;

fn cell(row: &[Option<String>], n: usize) -> &str {
    row.get(n).and_then(Option::as_deref).unwrap_or_default()
}
