//! What a change means on SQLite: who waits, what is done to the rows, and what may be lost, refused,
//! broken or slow. Pure. Whatever writes takes the one lock of the file; readers go on until the
//! commit.

mod column;

use crate::render::{Means, Scene, means, module};
use initium_driver::catalog::{Action, ForeignKey, Index, Table};
use initium_driver::change::{Blocks, Change, Changes, Edit, Impact, Lock, Of, Threat, Work};

pub fn of(change: &Change, changes: &Changes) -> Impact {
    let mut impact = Impact {
        lock: Lock {
            blocks: Blocks::Writes,
            name: "RESERVED",
        },
        work: work(change),
        ..Impact::default()
    };
    let part = match change {
        Change::Table(Edit::Add(_) | Edit::Drop(_)) | Change::Trigger(_) => None,
        _ => change.table(),
    };
    if let Some(table) = part {
        let scene = Scene::about(changes, table);
        let group = scene.of(change);
        if group.is_some_and(|group| matches!(means(group, &scene), Means::Rebuild)) {
            impact.work = Work::Rewrite;
        }
    }
    risks(change, changes, impact)
}

/// By itself, where no other change of the table asks for more.
fn work(change: &Change) -> Work {
    match change {
        Change::Column(Of { edit, .. }) => column::work(edit),
        Change::Check(Of { edit, .. }) if edit.to().is_some() => Work::Scan,
        Change::Index(Of { edit, .. }) if edit.to().is_some() => Work::Build,
        _ => Work::None,
    }
}

fn risks(change: &Change, changes: &Changes, impact: Impact) -> Impact {
    let table = change
        .table()
        .map(|name| name.to_string())
        .unwrap_or_default();
    match change {
        Change::Table(Edit::Add(_)) => impact,
        Change::Table(Edit::Drop(_)) => impact
            .risk(Threat::Loss, format!("the rows of {table}"))
            .risk(Threat::Clients, format!("{table} is gone")),
        Change::Table(Edit::Alter { from, to }) => altered(from, to, impact),
        Change::Column(of) => column::risks(of, changes, impact),
        Change::PrimaryKey(of) => key(&of.edit, &format!("the primary key of {table}"), impact),
        Change::Unique(of) => key(&of.edit, &format!("a unique constraint of {table}"), impact),
        Change::ForeignKey(of) => foreign_key(of, &table, changes, impact),
        Change::Check(of) if of.edit.to().is_some() => impact.risk(
            Threat::Refusal,
            format!("rows of {table} that the check is not true of"),
        ),
        Change::Check(_) => impact,
        Change::Index(of) => index(&of.edit, &table, impact),
        Change::Trigger(of) => match of.edit.from() {
            Some(trigger) => impact.risk(
                Threat::Clients,
                format!(
                    "what trigger {} did is not done, or otherwise",
                    trigger.name
                ),
            ),
            None => impact,
        },
        Change::View(Edit::Add(_)) => impact,
        Change::View(Edit::Drop(view)) => {
            impact.risk(Threat::Clients, format!("view {} is gone", view.name))
        }
        Change::View(Edit::Alter { to, .. }) => impact.risk(
            Threat::Clients,
            format!("what reads view {} may find other columns or rows", to.name),
        ),
        // It is refused before anybody asks.
        _ => impact,
    }
}

fn altered(from: &Table, to: &Table, mut impact: Impact) -> Impact {
    let name = &to.name;
    if from.name != to.name {
        impact = impact.risk(Threat::Clients, format!("{} is called {name}", from.name));
    }
    if module(from) != module(to) {
        return impact
            .risk(
                Threat::Loss,
                format!("what {name} holds: it is made anew and empty"),
            )
            .risk(Threat::Clients, format!("{name} is another kind of table"));
    }
    let turned_on =
        |option: &str| to.options.contains_key(option) && !from.options.contains_key(option);
    if turned_on("strict") {
        impact = impact.risk(
            Threat::Refusal,
            format!("values of {name} that are not of the type of their column"),
        );
    }
    let any = |table: &Table| table.columns.iter().any(|column| column.data_type == "ANY");
    if from.options.contains_key("strict") && !to.options.contains_key("strict") && any(from) {
        let what = format!(
            "values of {name} in columns of type ANY: text that looks like a number becomes one"
        );
        impact = impact.risk(Threat::Loss, what);
    }
    if turned_on("without_rowid") {
        impact = impact.risk(Threat::Clients, format!("{name} has no rowid any more"));
    }
    impact
}

fn key(edit: &Edit<initium_driver::catalog::Key>, what: &str, mut impact: Impact) -> Impact {
    if edit.to().is_some() {
        impact = impact.risk(Threat::Refusal, format!("rows that are twice by {what}"));
    }
    if edit.from().is_some() {
        impact = impact
            .risk(
                Threat::Clients,
                format!("ON CONFLICT and foreign keys that name {what}"),
            )
            .risk(Threat::Speed, format!("queries that used {what}"));
    }
    impact
}

fn foreign_key(of: &Of<ForeignKey>, table: &str, changes: &Changes, impact: Impact) -> Impact {
    let to = match &of.edit {
        Edit::Add(key) => key,
        Edit::Drop(_) => return impact,
        Edit::Alter { from, to } if from.on_delete == to.on_delete => return impact,
        Edit::Alter { to, .. } => to,
    };
    // A new column without a default refers to nothing.
    let is_new = |name: &String| {
        changes.list.iter().any(|change| match change {
            Change::Column(it) => {
                it.table == of.table
                    && matches!(&it.edit, Edit::Add(c) if c.name == *name && c.default.is_none())
            }
            _ => false,
        })
    };
    let mut impact = impact;
    if !to.columns.iter().any(is_new) {
        impact = impact.risk(
            Threat::Refusal,
            format!("rows of {table} that refer to no row of {}", to.references),
        );
    }
    match to.on_delete {
        Action::NoAction | Action::Restrict => impact.risk(
            Threat::Refusal,
            format!("deleting rows of {} that {table} refers to", to.references),
        ),
        _ => impact,
    }
}

fn index(edit: &Edit<Index>, table: &str, mut impact: Impact) -> Impact {
    if let Some(index) = edit.to().filter(|index| index.unique) {
        impact = impact.risk(
            Threat::Refusal,
            format!("rows of {table} that are twice by {}", index.name),
        );
    }
    if let Some(index) = edit.from() {
        if index.unique {
            let what = format!("ON CONFLICT and foreign keys that name {}", index.name);
            impact = impact.risk(Threat::Clients, what);
        }
        impact = impact.risk(Threat::Speed, format!("queries that used {}", index.name));
    }
    impact
}
