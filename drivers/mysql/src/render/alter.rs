//! The changes of one table as few ALTER TABLEs. What the server does at once stands apart from what
//! makes it work through the rows: together all of it would.

use super::clause::{Clause, Kind};
use super::column::{definition, own_check};
use super::part;
use super::place::Places;
use crate::defaults::{has_room, is_literal, written};
use crate::dialect::{Family, MySql};
use crate::impact::cost::{COPY, Cost, Scene};
use crate::impact::tables;
use crate::words::quote;
use initium_driver::catalog::{Generated, Storage};
use initium_driver::change::{Act, Change, Changes, Edit};
use initium_driver::{Column, Index, Result, Table};
use std::ops::Range;

pub struct Alter<'a> {
    pub changes: &'a Changes<'a>,
    pub from: &'a Table,
    pub to: &'a Table,
    pub dialect: &'a MySql,
    pub clauses: Vec<Clause>,
    /// Behind the last clause.
    pub partitioning: Option<(String, usize)>,
    /// One clause would not work without the others.
    pub whole: bool,
}

/// How the texts of a table are collated, as far as the table or the database says it.
pub fn collation<'a>(table: &'a Table, dialect: &'a MySql) -> Option<&'a String> {
    table
        .options
        .get("collation")
        .or(dialect.collation.as_ref())
}

pub fn alter(
    range: Range<usize>,
    changes: &Changes,
    dialect: &MySql,
    acts: &mut Vec<Act>,
) -> Result<()> {
    let Some(name) = changes.list[range.start].table() else {
        return Ok(());
    };
    let now = part::name(changes.now(range.start, name));
    let (from, to) = tables(&changes.list[range.start], changes);
    let mut all = Alter {
        changes,
        from: &from,
        to: &to,
        dialect,
        clauses: Vec::new(),
        partitioning: None,
        whole: false,
    };
    all.read(range)?;
    all.write(&now, acts);
    Ok(())
}

/// What else is said of a table whose name changes.
pub fn renamed(n: usize, changes: &Changes, dialect: &MySql, acts: &mut Vec<Act>) -> Result<()> {
    let (from, to) = tables(&changes.list[n], changes);
    let mut all = Alter {
        changes,
        from: &from,
        to: &to,
        dialect,
        clauses: Vec::new(),
        partitioning: None,
        whole: false,
    };
    all.table(n)?;
    all.write(&part::name(&to.name), acts);
    Ok(())
}

impl Alter<'_> {
    fn read(&mut self, range: Range<usize>) -> Result<()> {
        let list = self.changes.list;
        let edits = edits(&list[range.clone()], range.start);
        let all: Vec<_> = edits.iter().map(|it| &it.edit).collect();
        let mut places = Places::new(self.from, &all);
        for n in range.clone() {
            match &list[n] {
                Change::Table(_) => self.table(n)?,
                Change::Column(_) => {
                    if let Some(edited) = edits.iter().find(|it| it.at == n) {
                        self.edited(edited, &mut places);
                    }
                }
                Change::PrimaryKey(of) => {
                    if of.edit.from().is_some() {
                        self.add(n, "DROP PRIMARY KEY".into(), Kind::Rest);
                    }
                    if let Some(key) = of.edit.to() {
                        self.add(n, format!("ADD {}", part::primary(key)), Kind::Rest);
                    }
                }
                Change::Index(of) => self.index(n, &of.edit),
                Change::Check(of) => self.check(n, &of.edit),
                Change::ForeignKey(of) => match &of.edit {
                    Edit::Add(key) => {
                        self.add(n, format!("ADD {}", part::foreign_key(key)), Kind::Rest)
                    }
                    Edit::Drop(key) => {
                        self.add(
                            n,
                            format!("DROP FOREIGN KEY {}", quote(&key.name)),
                            Kind::Rest,
                        );
                    }
                    Edit::Alter { .. } => {}
                },
                _ => {}
            }
        }
        if self.dialect.family() == Family::MySql {
            self.follow(&all, range);
        }
        Ok(())
    }

    fn edited(&mut self, edited: &Edited, places: &mut Places) {
        let n = edited.at;
        match &edited.edit {
            Edit::Drop(it) => {
                let counts = it.identity.is_some();
                let kind = Kind::Gone { counts };
                self.add(n, format!("DROP COLUMN {}", quote(&it.name)), kind);
            }
            Edit::Add(it) => {
                let place = placed(places.put(&edited.edit, self.to));
                let told = definition(it, self.to, self.dialect);
                let kind = Kind::Column(it.name.clone());
                self.add(n, format!("ADD COLUMN {told}{place}"), kind);
            }
            Edit::Alter { from, to } => {
                let place = places.put(&edited.edit, self.to);
                self.column(n, from, to, place);
            }
        }
        if let Some(clause) = self.clauses.last_mut() {
            clause.changes.extend(edited.other);
        }
    }

    fn cost(&self, n: usize) -> Cost {
        let key_changes = crate::impact::key_changes(&self.changes.list[n], self.changes);
        let scene = Scene {
            from: self.from,
            to: self.to,
            dialect: self.dialect,
            key_changes,
        };
        scene.cost(&self.changes.list[n])
    }

    pub fn add(&mut self, n: usize, sql: String, kind: Kind) {
        let cost = self.cost(n);
        self.push(n, sql, kind, cost);
    }

    pub fn push(&mut self, n: usize, sql: String, kind: Kind, cost: Cost) {
        self.clauses.push(Clause {
            sql,
            changes: vec![n],
            cost,
            kind,
        });
    }

    fn column(&mut self, n: usize, from: &Column, to: &Column, place: Option<String>) {
        let (old, new) = (quote(&from.name), quote(&to.name));
        let kind = Kind::Column(to.name.clone());
        if switches(from, to) {
            return self.switch(n, from, to);
        }
        let same_but_name = Column {
            name: from.name.clone(),
            ..to.clone()
        };
        let full = definition(to, self.to, self.dialect);
        let is_checked = own_check(from, self.from, self.dialect).map(|it| &it.expression)
            != own_check(to, self.to, self.dialect).map(|it| &it.expression);
        // So the check of a document bears the new name, too.
        let is_checked = is_checked || from.name != to.name && self.keeps_check(to);
        if place.is_none() && !is_checked {
            if same_but_name == *from {
                return self.add(n, format!("RENAME COLUMN {old} TO {new}"), kind);
            }
            if let Some(default) = only_default(from, to) {
                return self.add(n, format!("ALTER COLUMN {new} SET DEFAULT {default}"), kind);
            }
            let without = Column {
                default: None,
                ..from.clone()
            };
            if without == *to && !to.nullable {
                return self.add(n, format!("ALTER COLUMN {new} DROP DEFAULT"), kind);
            }
        }
        let place = placed(place);
        let sql = match from.name == to.name {
            true => format!("MODIFY COLUMN {full}{place}"),
            false => format!("CHANGE COLUMN {old} {full}{place}"),
        };
        self.add(n, sql, kind);
    }

    /// MariaDB: a document is a text with a check.
    fn keeps_check(&self, column: &Column) -> bool {
        self.dialect.family() == Family::MariaDb && column.data_type == "json"
    }

    /// What is computed on reading cannot become what is kept, nor the other way round: another column
    /// comes in its place, and back into its indexes.
    fn switch(&mut self, n: usize, from: &Column, to: &Column) {
        let at = self.to.columns.iter().position(|it| it.name == to.name);
        let place = match at {
            Some(0) => " FIRST".into(),
            Some(at) => format!(" AFTER {}", quote(&self.to.columns[at - 1].name)),
            None => String::new(),
        };
        let full = definition(to, self.to, self.dialect);
        let kind = Kind::Column(to.name.clone());
        self.push(
            n,
            format!("DROP COLUMN {}", quote(&from.name)),
            kind.clone(),
            COPY,
        );
        self.push(n, format!("ADD COLUMN {full}{place}"), kind, COPY);
        self.index_again(n, |index| {
            index.parts.iter().any(|part| part.name() == Some(&to.name))
        });
    }

    /// Indexes that stay, and have to be made anew with what they are about.
    pub fn index_again(&mut self, n: usize, is_about: impl Fn(&Index) -> bool) {
        let told: Vec<_> = self
            .changes
            .list
            .iter()
            .filter_map(|change| match change {
                Change::Index(of) if of.table == self.to.name => of.edit.to().map(|it| &it.name),
                _ => None,
            })
            .collect();
        let to = self.to;
        for index in to
            .indexes
            .iter()
            .filter(|it| is_about(it) && !told.contains(&&it.name))
        {
            if !self.from.indexes.iter().any(|it| it.name == index.name) {
                continue;
            }
            let name = quote(&index.name);
            self.push(n, format!("DROP KEY {name}"), Kind::Rest, COPY);
            let add = format!("ADD {}", part::index(index, self.dialect));
            self.push(n, add, Kind::Rest, COPY);
        }
    }

    fn index(&mut self, n: usize, edit: &Edit<Index>) {
        let add = |index: &Index, dialect| format!("ADD {}", part::index(index, dialect));
        match edit {
            Edit::Add(it) => self.add(n, add(it, self.dialect), Kind::Rest),
            Edit::Drop(it) => self.add(n, format!("DROP KEY {}", quote(&it.name)), Kind::IndexGone),
            Edit::Alter { from, to } => {
                let (old, new) = (quote(&from.name), quote(&to.name));
                if from.comment != to.comment {
                    self.add(n, format!("DROP KEY {old}"), Kind::Rest);
                    return self.add(n, add(to, self.dialect), Kind::Rest);
                }
                if from.name != to.name {
                    self.add(n, format!("RENAME INDEX {old} TO {new}"), Kind::Rest);
                }
                if from.invisible != to.invisible {
                    let word = match to.invisible {
                        true => part::hidden(self.dialect),
                        false => part::shown(self.dialect),
                    };
                    self.add(n, format!("ALTER INDEX {new} {word}"), Kind::Rest);
                }
            }
        }
    }
}

/// What becomes of a column, without hints, which are no part of what it is.
struct Edited {
    at: usize,
    /// It makes this change, too.
    other: Option<usize>,
    edit: Edit<Box<Column>>,
}

/// The edits of the columns, by their places. A name in other letters is the same name here: what goes
/// and comes under it is renamed.
fn edits(list: &[Change], start: usize) -> Vec<Edited> {
    let bare = |it: &Column| {
        Box::new(Column {
            renamed_from: None,
            ..it.clone()
        })
    };
    let mut all: Vec<Edited> = Vec::new();
    for (n, change) in list.iter().enumerate() {
        let Change::Column(of) = change else {
            continue;
        };
        let mut other = None;
        let edit = match &of.edit {
            Edit::Drop(it) => Edit::Drop(bare(it)),
            Edit::Alter { from, to } => Edit::Alter {
                from: bare(from),
                to: bare(to),
            },
            Edit::Add(it) => {
                let is_same = |one: &Edited| match &one.edit {
                    Edit::Drop(gone) => gone.name.to_lowercase() == it.name.to_lowercase(),
                    _ => false,
                };
                let twin = all.iter().position(is_same).map(|at| all.remove(at));
                other = twin.as_ref().map(|twin| twin.at);
                match twin.map(|twin| twin.edit) {
                    Some(Edit::Drop(from)) => Edit::Alter { from, to: bare(it) },
                    _ => Edit::Add(bare(it)),
                }
            }
        };
        all.push(Edited {
            at: start + n,
            other,
            edit,
        });
    }
    all
}

fn placed(place: Option<String>) -> String {
    place.map_or(String::new(), |it| format!(" {it}"))
}

/// The new default, where nothing else changes and it may be said by itself.
fn only_default(from: &Column, to: &Column) -> Option<String> {
    let same = Column {
        default: to.default.clone(),
        ..from.clone()
    };
    if same != *to || from == to || !has_room(&to.data_type) {
        return None;
    }
    match &to.default {
        Some(default) if is_literal(default) => Some(written(default, &to.data_type)),
        Some(_) => None,
        // Without one it would be asked for, though it may be NULL.
        None => to.nullable.then(|| "NULL".into()),
    }
}

/// Between what is computed on reading and what is kept.
fn switches(from: &Column, to: &Column) -> bool {
    let is_virtual =
        |it: &Option<Generated>| it.as_ref().is_some_and(|it| it.storage == Storage::Virtual);
    is_virtual(&from.generated) != is_virtual(&to.generated)
}
