//! A catalog as it is behind changes. It does what they say and nothing more: what a database does by
//! itself beside that (a name that it finds, an index that a key needs) its [`Ddl::native`] says.
//!
//! [`Ddl::native`]: initium_driver::ddl::Ddl::native

use super::rename;
use initium_driver::catalog::{Catalog, Named, Table, View};
use initium_driver::change::{Change, Edit, Of};
use initium_driver::{Column, Name};

/// In the order of the list.
pub fn applied(list: &[Change], from: &Catalog) -> Catalog {
    let mut catalog = from.clone();
    for (n, change) in list.iter().enumerate() {
        apply(&mut catalog, change, &list[n + 1..]);
    }
    catalog.sort();
    catalog
}

/// `later`: what is still to come; a table may be renamed there.
fn apply(catalog: &mut Catalog, change: &Change, later: &[Change]) {
    match change {
        Change::Schema(edit) => put(&mut catalog.schemas, edit, |a, b| a.name == b.name),
        Change::Extension(edit) => put(&mut catalog.extensions, edit, |a, b| a.name == b.name),
        Change::Type(edit) => put(&mut catalog.types, edit, |a, b| a.name == b.name),
        Change::Sequence(edit) => put(&mut catalog.sequences, edit, |a, b| a.name == b.name),
        Change::Routine(edit) => put(&mut catalog.routines, edit, |a, b| {
            (&a.name, &a.arguments) == (&b.name, &b.arguments)
        }),
        Change::Table(edit) => table(catalog, edit),
        Change::View(edit) => view(&mut catalog.views, edit),
        Change::Column(of) => column(catalog, of, later),
        Change::PrimaryKey(of) => {
            if let Some(table) = holder(catalog, &of.table, later) {
                table.primary_key = of.edit.to().cloned();
            }
        }
        Change::Unique(of) => part(holder(catalog, &of.table, later), of, |t| &mut t.unique),
        Change::ForeignKey(of) => {
            part(holder(catalog, &of.table, later), of, |t| {
                &mut t.foreign_keys
            });
        }
        Change::Check(of) => part(holder(catalog, &of.table, later), of, |t| &mut t.checks),
        Change::Exclusion(of) => {
            part(holder(catalog, &of.table, later), of, |t| &mut t.exclusions);
        }
        Change::Index(of) => match seen(&mut catalog.views, &of.table) {
            Some(view) => part(Some(view), of, |view| &mut view.indexes),
            None => part(holder(catalog, &of.table, later), of, |t| &mut t.indexes),
        },
        Change::Trigger(of) => match seen(&mut catalog.views, &of.table) {
            Some(view) => part(Some(view), of, |view| &mut view.triggers),
            None => part(holder(catalog, &of.table, later), of, |t| &mut t.triggers),
        },
    }
}

/// One of a list, by what names it.
fn put<T: Clone>(all: &mut Vec<T>, edit: &Edit<T>, same: fn(&T, &T) -> bool) {
    let place = edit
        .from()
        .and_then(|from| all.iter().position(|one| same(one, from)));
    match (place, edit.to()) {
        (Some(at), Some(to)) => all[at] = to.clone(),
        (Some(at), None) => drop(all.remove(at)),
        (None, Some(to)) => all.push(to.clone()),
        (None, None) => {}
    }
}

/// Where nobody named a part its structure does.
fn part<H, T: Named + Clone + PartialEq>(
    holder: Option<&mut H>,
    of: &Of<T>,
    list: fn(&mut H) -> &mut Vec<T>,
) {
    if let Some(holder) = holder {
        put(list(holder), &of.edit, |a, b| match a.name() {
            "" => a == b,
            name => name == b.name(),
        });
    }
}

fn holder<'a>(catalog: &'a mut Catalog, name: &Name, later: &[Change]) -> Option<&'a mut Table> {
    let renamed = later.iter().filter_map(Change::renamed);
    let mut old = renamed.filter(|(_, new)| *new == name).map(|(old, _)| old);
    let name = old.next().unwrap_or(name);
    catalog.tables.iter_mut().find(|one| one.name == *name)
}

fn seen<'a>(views: &'a mut [View], name: &Name) -> Option<&'a mut View> {
    views.iter_mut().find(|view| view.name == *name)
}

fn table(catalog: &mut Catalog, edit: &Edit<Box<Table>>) {
    match edit {
        Edit::Add(table) => {
            let mut table = (**table).clone();
            unhinted(&mut table);
            catalog.tables.push(table);
        }
        Edit::Drop(table) => catalog.tables.retain(|one| one.name != table.name),
        Edit::Alter { from, to } => {
            let mut tables = catalog.tables.iter_mut();
            if let Some(table) = tables.find(|one| one.name == from.name) {
                table.name = to.name.clone();
                table.comment.clone_from(&to.comment);
                table.options.clone_from(&to.options);
                table.partition_by.clone_from(&to.partition_by);
                table.partition_of.clone_from(&to.partition_of);
                table.inherits.clone_from(&to.inherits);
            }
            if from.name != to.name {
                rename::table(catalog, &from.name, &to.name);
            }
        }
    }
}

/// A hint tells how one came to be the other; afterwards it is.
fn unhinted(table: &mut Table) {
    table.renamed_from = None;
    table
        .columns
        .iter_mut()
        .for_each(|it| it.renamed_from = None);
}

fn column(catalog: &mut Catalog, of: &Of<Box<Column>>, later: &[Change]) {
    let Some(table) = holder(catalog, &of.table, later) else {
        return;
    };
    let place = |name: &str| table.columns.iter().position(|one| one.name == name);
    let plain = |column: &Column| Column {
        renamed_from: None,
        ..column.clone()
    };
    match &of.edit {
        Edit::Add(to) => table.columns.push(plain(to)),
        Edit::Drop(from) => table.columns.retain(|one| one.name != from.name),
        Edit::Alter { from, to } => {
            if let Some(at) = place(&from.name) {
                table.columns[at] = plain(to);
            }
            if from.name != to.name {
                let table = table.name.clone();
                rename::column(catalog, &table, &from.name, &to.name);
            }
        }
    }
}

/// Its indexes and triggers are changes of their own while it stays.
fn view(views: &mut Vec<View>, edit: &Edit<Box<View>>) {
    match edit {
        Edit::Add(view) => views.push((**view).clone()),
        Edit::Drop(view) => views.retain(|one| one.name != view.name),
        Edit::Alter { from, to } => {
            if let Some(view) = seen(views, &from.name) {
                let (indexes, triggers) = (view.indexes.clone(), view.triggers.clone());
                *view = View {
                    indexes,
                    triggers,
                    ..(**to).clone()
                };
            }
        }
    }
}
