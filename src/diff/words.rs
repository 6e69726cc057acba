//! A change in a few words, for people.

use initium_driver::Name;
use initium_driver::catalog::{Column, Named};
use initium_driver::change::{Change, Edit, Of};

pub fn described(change: &Change) -> String {
    match change {
        Change::Schema(edit) => named("schema", edit, |it| it.name.clone()),
        Change::Extension(edit) => named("extension", edit, |it| it.name.clone()),
        Change::Type(edit) => named("type", edit, |it| it.name.to_string()),
        Change::Sequence(edit) => named("sequence", edit, |it| it.name.to_string()),
        Change::Table(edit) => named("table", edit, |it| it.name.to_string()),
        Change::View(edit) => named("view", edit, |it| it.name.to_string()),
        Change::Routine(edit) => named("routine", edit, |it| {
            format!("{}({})", it.name, it.arguments)
        }),
        Change::Column(of) => column(&of.table, &of.edit),
        Change::PrimaryKey(of) => match &of.edit {
            Edit::Add(_) => format!("add the primary key of {}", of.table),
            Edit::Drop(_) => format!("drop the primary key of {}", of.table),
            Edit::Alter { .. } => format!("change the primary key of {}", of.table),
        },
        Change::Unique(of) => part("unique constraint", of),
        Change::ForeignKey(of) => part("foreign key", of),
        Change::Check(of) => part("check", of),
        Change::Exclusion(of) => part("exclusion", of),
        Change::Index(of) => part("index", of),
        Change::Trigger(of) => part("trigger", of),
    }
}

fn named<T>(kind: &str, edit: &Edit<T>, name: impl Fn(&T) -> String) -> String {
    match edit {
        Edit::Add(it) => format!("create {kind} {}", name(it)),
        Edit::Drop(it) => format!("drop {kind} {}", name(it)),
        Edit::Alter { from, to } => match (name(from), name(to)) {
            (from, to) if from == to => format!("change {kind} {to}"),
            (from, to) => format!("rename {kind} {from} to {to}"),
        },
    }
}

fn part<T: Named>(kind: &str, of: &Of<T>) -> String {
    let table = &of.table;
    let called = |it: &T| match it.name() {
        "" => String::new(),
        name => format!(" {name}"),
    };
    match &of.edit {
        Edit::Add(it) => format!("add {kind}{} to {table}", called(it)),
        Edit::Drop(it) => format!("drop {kind}{} of {table}", called(it)),
        Edit::Alter { from, to } if from.name() != to.name() => {
            format!("rename {kind}{} of {table} to{}", called(from), called(to))
        }
        Edit::Alter { to, .. } => format!("change {kind}{} of {table}", called(to)),
    }
}

fn column(table: &Name, edit: &Edit<Box<Column>>) -> String {
    let (from, to) = match edit {
        Edit::Add(it) => return format!("add column {table}.{} {}", it.name, it.data_type),
        Edit::Drop(it) => return format!("drop column {table}.{}", it.name),
        Edit::Alter { from, to } => (from, to),
    };
    let mut what = Vec::new();
    if from.name != to.name {
        what.push(format!(
            "rename column {table}.{} to {}",
            from.name, to.name
        ));
    }
    if from.data_type != to.data_type {
        let (old, new) = (&from.data_type, &to.data_type);
        what.push(format!(
            "change the type of {table}.{} from {old} to {new}",
            to.name
        ));
    }
    match (from.nullable, to.nullable) {
        (true, false) => what.push(format!("{table}.{} no longer takes NULL", to.name)),
        (false, true) => what.push(format!("{table}.{} takes NULL", to.name)),
        _ => {}
    }
    if from.default != to.default {
        what.push(match &to.default {
            Some(text) => format!("the default of {table}.{} becomes {text}", to.name),
            None => format!("{table}.{} has no default any more", to.name),
        });
    }
    match what.is_empty() {
        true => format!("change column {table}.{}", to.name),
        false => what.join(", "),
    }
}
