//! What the database holds: all questions in one message, every row into the catalog as it comes.
//! Only what people made: no system schemas, nothing that belongs to an extension, not the ledger.
//! Names are printed as the connection's own schema sees them. Never writes.

mod column;
mod constraint;
mod index;
mod inherit;
mod object;
mod routine;
mod row;
mod sequence;
mod sizes;
mod table;
mod trigger;
mod types;
mod view;

pub use inherit::is_like;
pub use sizes::sizes;
pub use table::sort_parts;

use crate::session::Link;
use initium_driver::catalog::{Catalog, Table, View};
use initium_driver::error::Result;
use row::Row;
use std::collections::HashMap;

/// What a question may need to know.
pub struct Asked<'a> {
    pub major: u16,
    /// The ledger's own tables, by their plain names.
    pub leave_out: &'a [String],
    /// Schemas that are not looked at, by their ids.
    pub besides: &'a [String],
}

/// The schema, where it is not the connection's own.
const NAME: &str =
    "CASE WHEN n.nspname IS DISTINCT FROM pg_catalog.current_schema() THEN n.nspname END";

/// Whether it is nobody's extension, by the catalog it stands in and its alias.
fn ours(class: &str, alias: &str) -> String {
    format!(
        "NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.{class}'::pg_catalog.regclass \
         AND x.objid = {alias}.oid AND x.deptype = 'e')"
    )
}

/// A join that brings `alias.description`.
fn described(class: &str, id: &str, part: &str, alias: &str) -> String {
    format!(
        "LEFT JOIN pg_catalog.pg_description {alias} ON {alias}.objoid = {id} \
         AND {alias}.classoid = 'pg_catalog.{class}'::pg_catalog.regclass AND {alias}.objsubid = {part}"
    )
}

/// A name in full where the session would not find it by its plain name.
fn visible(oid: &str, schema: &str, name: &str, test: &str) -> String {
    format!(
        "CASE WHEN pg_catalog.{test}({oid}) THEN pg_catalog.quote_ident({name}) \
         ELSE pg_catalog.concat(pg_catalog.quote_ident({schema}), '.', pg_catalog.quote_ident({name})) END"
    )
}

impl Asked<'_> {
    /// Which schemas are looked at.
    fn schemas(&self) -> String {
        let mut text = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'".to_string();
        if !self.besides.is_empty() {
            text.push_str(&format!(" AND n.oid NOT IN ({})", self.besides.join(", ")));
        }
        text
    }

    /// A column that only servers from a version on have.
    fn since(&self, major: u16, column: &str, otherwise: &'static str) -> String {
        match self.major >= major {
            true => column.into(),
            false => otherwise.into(),
        }
    }
}

/// What was read so far, and where it stands by the server's ids.
#[derive(Default)]
struct Found {
    catalog: Catalog,
    tables: HashMap<u32, usize>,
    views: HashMap<u32, usize>,
    types: HashMap<u32, usize>,
    /// A table and one that it inherits from.
    parents: Vec<(u32, u32)>,
    /// Columns that only come from a parent, by their table.
    inherited: Vec<(u32, String)>,
    own: String,
}

impl Found {
    fn table(&mut self, id: u32) -> Option<&mut Table> {
        let at = *self.tables.get(&id)?;
        self.catalog.tables.get_mut(at)
    }

    fn view(&mut self, id: u32) -> Option<&mut View> {
        let at = *self.views.get(&id)?;
        self.catalog.views.get_mut(at)
    }
}

/// A question, and what its rows are.
type Question = (fn(&Asked) -> String, fn(&mut Found, &Row, &Asked));

/// Holders stand before what they hold.
const QUESTIONS: &[Question] = &[
    (|_| PATH.into(), |found, row, _| found.own = row.text(1)),
    (object::schemas, object::schema),
    (object::extensions, object::extension),
    (types::types, types::one),
    (types::parts, types::part),
    (types::checks, types::check),
    (table::tables, table::one),
    (table::parents, table::parent),
    (column::columns, column::one),
    (sequence::sequences, sequence::one),
    (constraint::constraints, constraint::one),
    (view::views, view::one),
    (view::columns, view::column),
    (index::indexes, index::one),
    (trigger::triggers, trigger::one),
    (routine::routines, routine::one),
];

/// Names are printed without a schema where they are found without one: in the connection's own
/// schema, and in those of its search path that hold an extension. Others' are told in full, so
/// that a text means the same wherever it runs. In a transaction.
const PATH: &str = "SELECT pg_catalog.set_config('search_path', (SELECT coalesce(pg_catalog.string_agg( \
     pg_catalog.quote_ident(s.name), ', ' ORDER BY s.place), '') \
     FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS s(name, place) \
     WHERE s.place = 1 OR EXISTS (SELECT FROM pg_catalog.pg_extension x \
     JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace WHERE n.nspname = s.name)), true), \
     pg_catalog.current_schema()";

pub fn catalog(link: &mut Link, asked: &Asked) -> Result<Catalog> {
    let message = format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{};\nROLLBACK",
        questions(asked)
    );
    let read = read(link, &message, 1, asked);
    if read
        .as_ref()
        .is_err_and(|error| error.code() != initium_driver::Code::ConnectionLost)
    {
        link.rows("ROLLBACK")?;
    }
    read
}

/// Inside a transaction that is open, and is not ended.
pub fn inside(link: &mut Link, asked: &Asked) -> Result<Catalog> {
    read(link, &questions(asked), 0, asked)
}

fn questions(asked: &Asked) -> String {
    let all: Vec<_> = QUESTIONS.iter().map(|(sql, _)| sql(asked)).collect();
    all.join(";\n")
}

fn read(link: &mut Link, message: &str, before: usize, asked: &Asked) -> Result<Catalog> {
    let mut found = Found::default();
    let read = link.wire.each(message, &mut |number, row| {
        let question = number.checked_sub(before).and_then(|n| QUESTIONS.get(n));
        if let Some((_, hear)) = question {
            hear(&mut found, &Row(row), asked);
        }
    });
    read.map_err(|trouble| trouble.into_error())?;
    inherit::settle(&mut found);
    let mut catalog = found.catalog;
    catalog.sort();
    table::sort_parts(&mut catalog);
    Ok(catalog)
}
