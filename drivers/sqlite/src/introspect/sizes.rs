//! How many rows there may be: what ANALYZE found, and where it never ran, the span of the row ids,
//! as far as the file has room for so many.

use super::{catalog, cell};
use crate::names;
use crate::session::SqliteSession;
use initium_driver::catalog::Sizes;
use initium_driver::{Name, Result, Table};

/// SQLite takes no more terms in one compound SELECT than 500.
const TERMS: usize = 400;

/// No row takes less than six bytes.
const ROOM: &str = "(SELECT page_count * page_size / 6 FROM pragma_page_count, pragma_page_size)";

pub fn sizes(session: &mut SqliteSession, ledger: &[String]) -> Result<Sizes> {
    let catalog = catalog(session, ledger)?;
    let mut sizes = Sizes::new();
    let mut take = |row: &[Option<String>]| {
        let rows = cell(row, 1).parse::<i64>().unwrap_or(0);
        let name = Name::new(cell(row, 0));
        if catalog.table(&name.name).is_some() {
            sizes.entry(name).or_insert(rows.max(0) as u64);
        }
        Ok(())
    };
    let there = session.rows("SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1'")?;
    if there.first().is_some() {
        let question = "SELECT tbl, max(CAST(stat AS INTEGER)) FROM main.sqlite_stat1 GROUP BY tbl";
        session.each(question, &mut take)?;
    }
    // The first and the last id are found without reading what lies between.
    let terms: Vec<_> = catalog
        .tables
        .iter()
        .filter(|table| has_ids(table))
        .map(term)
        .collect();
    for some in terms.chunks(TERMS) {
        session.each(&some.join(" UNION ALL "), &mut take)?;
    }
    Ok(sizes)
}

fn has_ids(table: &Table) -> bool {
    let says = |option| table.options.contains_key(option);
    let hidden = table
        .columns
        .iter()
        .any(|column| names::same(&column.name, "rowid"));
    !says("without_rowid") && !says("virtual") && !hidden
}

fn term(table: &Table) -> String {
    let (name, from) = (
        names::literal(&table.name.name),
        names::written(&table.name.name),
    );
    format!(
        "SELECT {name}, min({ROOM}, (SELECT max(rowid) FROM main.{from}) - \
         (SELECT min(rowid) FROM main.{from}) + 1)"
    )
}
