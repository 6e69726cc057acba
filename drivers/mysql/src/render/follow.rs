//! Texts that do not follow a rename by themselves: views, triggers and routines keep the old words
//! here. Where something was renamed, and one of them reads otherwise than it should, it is made anew.

use super::code;
use crate::impact::{old_name, table};
use initium_driver::change::{Act, Change, Changes, Edit};

pub fn follow(changes: &Changes, acts: &mut Vec<Act>) {
    let places: Vec<_> = changes
        .list
        .iter()
        .enumerate()
        .filter(|(_, change)| is_rename(change))
        .map(|(n, _)| n)
        .collect();
    if places.is_empty() {
        return;
    }
    let mut add = |sql| {
        acts.push(Act {
            sql,
            changes: places.clone(),
        });
    };
    for new in &changes.to.tables {
        let Some(old) = table(changes.from, old_name(changes, &new.name)) else {
            continue;
        };
        for it in &new.triggers {
            let was = old.triggers.iter().find(|was| was.name == it.name);
            let is_same = was.is_none_or(|was| body(&was.definition) == body(&it.definition));
            if !is_same
                && !changes
                    .list
                    .iter()
                    .any(|change| is_trigger(change, &it.name))
            {
                add(super::drop_trigger(it));
                add(code::trigger(
                    it,
                    super::next(it, &new.name, changes).as_deref(),
                ));
            }
        }
    }
    for it in &changes.to.routines {
        let mut all = changes.from.routines.iter();
        let was = all.find(|was| was.name == it.name && was.kind == it.kind);
        let is_same = was.is_none_or(|was| was.definition == it.definition);
        let is_told = |change: &Change| match change {
            Change::Routine(edit) => edit.to().is_some_and(|to| to == it),
            _ => false,
        };
        if !is_same && !changes.list.iter().any(is_told) {
            add(code::drop_routine(it));
            add(it.definition.clone());
        }
    }
    for it in &changes.to.views {
        let was = changes.from.views.iter().find(|was| was.name == it.name);
        let is_same = was.is_none_or(|was| was.definition == it.definition);
        let is_told = |change: &Change| match change {
            Change::View(edit) => edit.to().is_some_and(|to| to.name == it.name),
            _ => false,
        };
        if !is_same && !changes.list.iter().any(is_told) {
            add(code::view(it, "CREATE OR REPLACE"));
        }
    }
}

fn is_rename(change: &Change) -> bool {
    match change {
        Change::Column(of) => match &of.edit {
            Edit::Alter { from, to } => from.name != to.name,
            _ => false,
        },
        change => change.renamed().is_some(),
    }
}

fn is_trigger(change: &Change, name: &str) -> bool {
    match change {
        Change::Trigger(of) => of.edit.to().is_some_and(|it| it.name == name),
        _ => false,
    }
}

/// What a trigger does; its head follows its table.
fn body(definition: &str) -> &str {
    let body = crate::read::trigger_body(definition);
    body.unwrap_or(definition)
}
