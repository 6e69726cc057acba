//! What a change of a column means. SQLite keeps any kind of value in any column and converts by the
//! affinity of the type when a row is written, which a copy of the table does to all of them.

use crate::expression::same;
use crate::types::{Affinity, affinity};
use initium_driver::catalog::{Catalog, Column, Name, Storage};
use initium_driver::change::{Changes, Edit, Impact, Of, Threat, Work};

pub fn work(edit: &Edit<Box<Column>>) -> Work {
    let is_virtual = |column: &Column| {
        column
            .generated
            .as_ref()
            .is_some_and(|it| it.storage == Storage::Virtual)
    };
    match edit {
        // What is computed must not be NULL, so every row is asked.
        Edit::Add(column) if is_virtual(column) && !column.nullable => Work::Scan,
        Edit::Add(_) => Work::None,
        Edit::Drop(column) if is_virtual(column) => Work::None,
        // In place, without its indexes.
        Edit::Drop(_) => Work::Rewrite,
        Edit::Alter { from, to } if from.nullable && !to.nullable => Work::Scan,
        Edit::Alter { .. } => Work::None,
    }
}

pub fn risks(of: &Of<Box<Column>>, changes: &Changes, impact: Impact) -> Impact {
    let path = |column: &Column| format!("{}.{}", of.table, column.name);
    match &of.edit {
        Edit::Add(column) => {
            let missing = !column.nullable && column.default.is_none() && column.identity.is_none();
            match (missing, &column.generated) {
                (true, Some(_)) => impact.risk(
                    Threat::Refusal,
                    format!("rows for which {} comes out as NULL", path(column)),
                ),
                (true, None) if !is_id(of, column, changes) => impact.risk(
                    Threat::Refusal,
                    format!(
                        "rows that stand there, and new ones without {}",
                        path(column)
                    ),
                ),
                _ => impact,
            }
        }
        Edit::Drop(column) => {
            let impact = match column.generated {
                Some(_) => impact,
                None => impact.risk(Threat::Loss, format!("the values of {}", path(column))),
            };
            impact.risk(Threat::Clients, format!("{} is gone", path(column)))
        }
        Edit::Alter { from, to } => altered(from, to, &path(to), strict(of, changes), impact),
    }
}

/// SQLite numbers the rows itself.
fn is_id(of: &Of<Box<Column>>, column: &Column, changes: &Changes) -> bool {
    let table = changes
        .to
        .tables
        .iter()
        .find(|table| table.name == of.table);
    let key = table.and_then(|table| table.primary_key.as_ref());
    column.data_type == "INTEGER"
        && key.is_some_and(|key| key.parts.len() == 1 && key.parts[0].name() == Some(&column.name))
}

/// Whether the table is strict before and behind the change.
fn strict(of: &Of<Box<Column>>, changes: &Changes) -> (bool, bool) {
    let old = changes
        .list
        .iter()
        .find_map(|change| match change.renamed() {
            Some((old, new)) if *new == of.table => Some(old),
            _ => None,
        });
    let is = |catalog: &Catalog, name: &Name| {
        let mut tables = catalog.tables.iter();
        tables.any(|table| table.name == *name && table.options.contains_key("strict"))
    };
    (
        is(changes.from, old.unwrap_or(&of.table)),
        is(changes.to, &of.table),
    )
}

fn altered(
    from: &Column,
    to: &Column,
    path: &str,
    strict: (bool, bool),
    mut impact: Impact,
) -> Impact {
    let mut risk = |kind, what: String| impact = std::mem::take(&mut impact).risk(kind, what);
    if from.name != to.name {
        risk(
            Threat::Clients,
            format!("{} is called {}", from.name, to.name),
        );
    }
    if from.data_type != to.data_type {
        let old = stored(&from.data_type, strict.0);
        let new = stored(&to.data_type, strict.1);
        if let Some(what) = converted(old, new) {
            risk(Threat::Loss, format!("{path}: {what}"));
        }
        if strict.1 && to.data_type != "ANY" {
            let what = format!("values of {path} that do not become {}", to.data_type);
            risk(Threat::Refusal, what);
        }
    }
    if from.nullable && !to.nullable {
        risk(Threat::Refusal, format!("rows in which {path} is NULL"));
    }
    if from.default.is_some() && to.default.is_none() && !to.nullable && to.generated.is_none() {
        risk(Threat::Refusal, format!("new rows without {path}"));
    }
    if from.collation != to.collation {
        let what = format!("{path} is compared and sorted otherwise, also where it is unique");
        risk(Threat::Refusal, what);
    }
    if from.on_conflict != to.on_conflict {
        risk(
            Threat::Refusal,
            format!("rows in which {path} is NULL, otherwise than before"),
        );
    }
    if from.identity.is_some() && to.identity.is_none() {
        risk(
            Threat::Clients,
            format!("numbers of {path} may come again when their rows are gone"),
        );
    }
    match (&from.generated, &to.generated) {
        (Some(one), Some(other)) if same(&one.expression, &other.expression) => {}
        (_, Some(_)) => risk(
            Threat::Loss,
            format!("the values of {path}: they are computed anew"),
        ),
        (Some(computed), None) => {
            // SQLite copies what is computed when it is read before it makes it REAL.
            let loose =
                computed.storage == Storage::Virtual && affinity(&from.data_type) == Affinity::Real;
            if loose {
                let what = format!("{path}: what has no fraction may become an integer");
                risk(Threat::Loss, what);
            }
            risk(Threat::Clients, format!("{path} is not computed any more"));
        }
        (None, None) => {}
    }
    impact
}

/// In a strict table ANY is any value as it comes; elsewhere it is a word like any other.
fn stored(data_type: &str, strict: bool) -> Affinity {
    match strict && data_type == "ANY" {
        true => Affinity::Blob,
        false => affinity(data_type),
    }
}

/// What a copy does to values of the one kind in a column of the other; nothing where they stay.
fn converted(from: Affinity, to: Affinity) -> Option<&'static str> {
    use Affinity::{Blob, Integer, Numeric, Real, Text};
    match (from, to) {
        (_, Blob) => None,
        (one, other) if one == other => None,
        (Integer | Numeric, Integer | Numeric) => None,
        (_, Text) => Some("numbers become text, and a fraction may be rounded"),
        (Integer | Numeric, Real) => Some("integers beyond 2^53 are rounded"),
        (Real, Integer | Numeric) => Some("what has no fraction becomes an integer"),
        (Text | Blob, _) => Some("text that looks like a number becomes one ('007' becomes 7)"),
        (Real, Real) => None,
    }
}
