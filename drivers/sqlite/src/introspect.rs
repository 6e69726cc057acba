//! What a SQLite file holds, without the ledger. Reads only.

use crate::dialect::SqliteDialect;
use crate::session::SqliteSession;
use initium_driver::catalog::{Key, Part};
use initium_driver::{Catalog, Column, Ddl, Index, Name, Result, Table};

/// SQLite's own tables, and the shadows of virtual ones, are nobody's schema.
const TABLES: &str = "pragma_table_list l WHERE l.schema = 'main' \
     AND l.type IN ('table', 'virtual') AND substr(l.name, 1, 7) <> 'sqlite_'";

pub fn catalog(session: &mut SqliteSession, ledger: &[String]) -> Result<Catalog> {
    let columns = session.rows(&format!(
        "SELECT t.name, t.wr, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk \
         FROM (SELECT l.name, l.wr FROM {TABLES}) t \
         JOIN pragma_table_xinfo(t.name, 'main') c WHERE c.hidden <> 1 ORDER BY t.name, c.cid"
    ))?;
    let indexes = session.rows(&format!(
        "SELECT t.name, i.name, i.\"unique\", x.name FROM (SELECT l.name FROM {TABLES}) t \
         JOIN pragma_index_list(t.name, 'main') i JOIN pragma_index_xinfo(i.name, 'main') x \
         WHERE i.origin <> 'pk' AND x.key = 1 ORDER BY t.name, i.name, x.seqno"
    ))?;
    let is_ledger = |name: &str| ledger.iter().any(|own| own.eq_ignore_ascii_case(name));
    let mut tables: Vec<Drawn> = Vec::new();
    for row in columns.rows.iter().filter(|row| !is_ledger(cell(row, 0))) {
        if tables.last().is_none_or(|last| last.name != cell(row, 0)) {
            tables.push(Drawn::new(cell(row, 0), cell(row, 1) == "1"));
        }
        if let Some(table) = tables.last_mut() {
            table.add(row);
        }
    }
    let mut tables: Vec<_> = tables.into_iter().map(Drawn::finish).collect();
    for row in &indexes.rows {
        if let Some(table) = tables.iter_mut().find(|t| t.name.is(cell(row, 0))) {
            add_index(table, row);
        }
    }
    Ok(Catalog {
        tables,
        ..Catalog::default()
    })
}

fn add_index(table: &mut Table, row: &[Option<String>]) {
    let part = match &row[3] {
        Some(column) => Part::column(column),
        // It has no name.
        None => Part::expression("expression"),
    };
    match table.indexes.last_mut() {
        Some(last) if last.name == cell(row, 1) => last.parts.push(part),
        _ => table.indexes.push(Index {
            name: cell(row, 1).into(),
            parts: vec![part],
            unique: cell(row, 2) == "1",
            ..Index::default()
        }),
    }
}

fn cell(row: &[Option<String>], n: usize) -> &str {
    row[n].as_deref().unwrap_or_default()
}

/// A table while its columns come in.
struct Drawn {
    name: String,
    without_rowid: bool,
    columns: Vec<Column>,
    /// Place in the key (from 1) and index of the column.
    key: Vec<(u64, usize)>,
}

impl Drawn {
    fn new(name: &str, without_rowid: bool) -> Drawn {
        Drawn {
            name: name.into(),
            without_rowid,
            columns: Vec::new(),
            key: Vec::new(),
        }
    }

    fn add(&mut self, row: &[Option<String>]) {
        if let Ok(place @ 1..) = cell(row, 6).parse() {
            self.key.push((place, self.columns.len()));
        }
        self.columns.push(Column {
            name: cell(row, 2).into(),
            data_type: SqliteDialect.canonical(cell(row, 3)),
            nullable: cell(row, 4) == "0",
            default: row[5].clone(),
            ..Column::default()
        });
    }

    fn finish(mut self) -> Table {
        self.key.sort_unstable();
        let key: Vec<_> = self.key.iter().map(|(_, column)| *column).collect();
        // The row id is never NULL; any other key column may be, an old mistake SQLite keeps.
        let row_id = |c: &Column| c.data_type.eq_ignore_ascii_case("integer");
        if self.without_rowid || matches!(key[..], [one] if row_id(&self.columns[one])) {
            key.iter().for_each(|n| self.columns[*n].nullable = false);
        }
        let parts: Vec<_> = key
            .iter()
            .map(|n| Part::column(&self.columns[*n].name))
            .collect();
        Table {
            name: Name::new(self.name),
            columns: self.columns,
            primary_key: (!parts.is_empty()).then_some(Key {
                parts,
                ..Key::default()
            }),
            ..Table::default()
        }
    }
}
