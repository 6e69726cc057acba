//! Parts that a table has, had or will have from its parent. A catalog tells a partition's column
//! only where it says something of its own, so what a change of it means depends on the parent.

use super::{Writer, find};
use initium_driver::catalog::{Catalog, Column, Name, Table};
use initium_driver::change::{Change, Of};

type Two = (Option<Column>, Option<Column>);

pub fn parents(table: &Table) -> impl Iterator<Item = &Name> {
    let above = table.partition_of.iter().map(|place| &place.parent);
    above.chain(&table.inherits)
}

/// The column as the nearest parent that tells it does.
fn above<'a>(catalog: &'a Catalog, table: &Table, column: &str) -> Option<&'a Column> {
    let mut next: Vec<&Name> = parents(table).collect();
    let mut at = 0;
    while at < next.len() {
        let parent = find(catalog, next[at]);
        at += 1;
        match parent.map(|parent| (parent, parent.column(column))) {
            Some((_, Some(found))) => return Some(found),
            Some((parent, None)) if at < 100 => next.extend(parents(parent)),
            _ => {}
        }
    }
    None
}

/// What a child has of its parent's column: not the comment, and a partition not the numbers.
fn passed(column: &Column) -> Column {
    Column {
        comment: None,
        identity: None,
        ..column.clone()
    }
}

/// The column before and after, for a table that has a parent in one of the catalogs.
pub fn columns(writer: &Writer, of: &Of<Box<Column>>) -> Option<Two> {
    let (old, new) = (writer.before(&of.table), writer.after(&of.table));
    let has_parent = |table: Option<&Table>| table.is_some_and(|it| parents(it).next().is_some());
    if !has_parent(old) && !has_parent(new) {
        return None;
    }
    let name = &of.edit.from().or(of.edit.to())?.name;
    let from_above = old.and_then(|it| above(writer.changes.from, it, name));
    let to_above = new.and_then(|it| above(writer.changes.to, it, name));
    let own = |column: &Column| column.clone();
    let before = of.edit.from().map(|it| own(it)).or(from_above.map(passed));
    let after = of.edit.to().map(|it| own(it)).or(to_above.map(passed));
    match (before, after) {
        // The parent brings it, with its type.
        (None, Some(after)) => match to_above {
            Some(above) => Some((Some(passed(above)), Some(after))),
            None => Some((None, Some(after))),
        },
        (Some(before), Some(after)) if to_above.is_some() => {
            let before = Column {
                name: after.name.clone(),
                data_type: after.data_type.clone(),
                collation: after.collation.clone(),
                generated: after.generated.clone(),
                identity: after.identity.clone(),
                ..before
            };
            Some((Some(before), Some(after)))
        }
        two => Some(two),
    }
}

/// Whether a column goes with the column of its parent.
pub fn goes_with_parent(writer: &Writer, of: &Of<Box<Column>>) -> bool {
    let (Some(old), Some(new)) = (writer.before(&of.table), writer.after(&of.table)) else {
        return false;
    };
    let Some(column) = of.edit.from() else {
        return false;
    };
    parents(new).next().is_some() && above(writer.changes.from, old, &column.name).is_some()
}

/// Tables below one that say something of their own about a column.
pub fn below<'a>(catalog: &'a Catalog, table: &Name, column: &str) -> Vec<(&'a Name, &'a Column)> {
    let mut all = Vec::new();
    for child in &catalog.tables {
        if parents(child).any(|parent| parent == table)
            && let Some(own) = child.column(column)
        {
            all.push((&child.name, own));
        }
    }
    all
}

/// Whether a part of a table stays behind when it leaves its parent, or is taken over when it
/// becomes a partition: then nothing has to be said of it.
pub fn by_itself<T>(writer: &Writer, of: &Of<T>, has: impl Fn(&Table) -> bool) -> bool {
    let parent = |table: Option<&Table>| {
        let place = table?.partition_of.as_ref()?;
        Some(place.parent.clone())
    };
    let old = parent(writer.before(&of.table));
    let new = parent(writer.after(&of.table));
    match (&of.edit, old, new) {
        (initium_driver::change::Edit::Add(_), Some(old), None) => {
            find(writer.changes.from, &old).is_some_and(has)
        }
        (initium_driver::change::Edit::Drop(_), None, Some(new)) => {
            find(writer.changes.to, &new).is_some_and(has)
        }
        _ => false,
    }
}

/// Whether another change of the list is of this column.
pub fn is_changed(list: &[Change], table: &Name, column: &str) -> bool {
    list.iter().any(|change| match change {
        Change::Column(of) => {
            let is_it = |it: &Column| it.name == column;
            of.table == *table
                && (of.edit.from().is_some_and(|it| is_it(it))
                    || of.edit.to().is_some_and(|it| is_it(it)))
        }
        _ => false,
    })
}
