//! The changes of one table as few ALTER TABLEs. What the server does at once stands apart from what
//! makes it work through the rows: together all of it would.

use super::clause::{Clause, Kind};
use super::column::{definition, own_check};
use super::part;
use super::place::Places;
use super::table;
use crate::collation::{charset, widest};
use crate::defaults::{has_room, is_literal, written};
use crate::dialect::{Family, MySql};
use crate::impact::cost::{COPY, Cost, Scene};
use crate::impact::tables;
use crate::types::{is_text, name_of};
use crate::words::quote;
use initium_driver::catalog::{Check, Generated, Storage};
use initium_driver::change::{Act, Change, Changes, Edit};
use initium_driver::{Code, Column, Error, Index, Result, Table};
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
        let edits: Vec<_> = list[range.clone()]
            .iter()
            .filter_map(|change| match change {
                Change::Column(of) => Some(&of.edit),
                _ => None,
            })
            .collect();
        let mut places = Places::new(self.from, &edits);
        for n in range.clone() {
            match &list[n] {
                Change::Table(_) => self.table(n)?,
                Change::Column(of) => match &of.edit {
                    Edit::Drop(it) => {
                        let counts = it.identity.is_some();
                        self.add(
                            n,
                            format!("DROP COLUMN {}", quote(&it.name)),
                            Kind::Gone { counts },
                        );
                    }
                    Edit::Add(it) => {
                        let place = placed(places.put(&of.edit, self.to));
                        let told = definition(it, self.to, self.dialect);
                        self.add(
                            n,
                            format!("ADD COLUMN {told}{place}"),
                            Kind::Column(it.name.clone()),
                        );
                    }
                    Edit::Alter { from, to } => {
                        let place = places.put(&of.edit, self.to);
                        self.column(n, from, to, place);
                    }
                },
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
            self.follow(&edits, range);
        }
        Ok(())
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

    fn add(&mut self, n: usize, sql: String, kind: Kind) {
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

    fn table(&mut self, n: usize) -> Result<()> {
        for clause in table::altered(self.from, self.to)? {
            self.add(n, clause, Kind::Rest);
        }
        if self.from.options.get("collation") != self.to.options.get("collation") {
            self.collate(n)?;
        }
        self.partitioning = table::partitioning(self.from, self.to).map(|sql| (sql, n));
        Ok(())
    }

    /// The table's collation, and with it that of the columns which have no other.
    fn collate(&mut self, n: usize) -> Result<()> {
        self.whole = true;
        let new = collation(self.to, self.dialect).ok_or_else(|| {
            Error::new(
                Code::NotSupported,
                format!(
                    "{}: its collation becomes the database's, which nobody told",
                    self.to.name
                ),
            )
            .help("ask a server, or say the collation")
        })?;
        let old = collation(self.from, self.dialect).map_or("", |it| charset(it));
        let texts = |table: &Table| -> Vec<Column> {
            let columns = table.columns.iter().filter(|it| is_text(&it.data_type));
            columns.cloned().collect()
        };
        let all = texts(self.to);
        let is_told = |column: &&Column| {
            self.changes.list.iter().any(|change| match change {
                Change::Column(of) => {
                    of.table == self.to.name
                        && of.edit.to().is_some_and(|it| it.name == column.name)
                }
                _ => false,
            })
        };
        let moved: Vec<_> = all
            .iter()
            .filter(|it| it.collation.is_none() && self.from.column(&it.name).is_some())
            .filter(|it| !is_told(it))
            .collect();
        // A text becomes a longer one there, if its characters may become longer.
        let grows = widest(charset(new)) > widest(old);
        let is_long = |it: &&Column| name_of(&it.data_type).ends_with("text");
        if !moved.is_empty()
            && moved.len() == all.len()
            && !(grows && all.iter().any(|it| is_long(&it)))
        {
            let set = charset(new);
            self.add(
                n,
                format!("CONVERT TO CHARACTER SET {set} COLLATE {new}"),
                Kind::Rest,
            );
            return Ok(());
        }
        let sql = format!("DEFAULT CHARSET={} COLLATE={new}", charset(new));
        let moved: Vec<_> = moved
            .iter()
            .map(|it| definition(it, self.to, self.dialect))
            .collect();
        self.add(n, sql, Kind::Rest);
        for told in moved {
            self.add(n, format!("MODIFY COLUMN {told}"), Kind::Rest);
        }
        Ok(())
    }

    fn column(&mut self, n: usize, from: &Column, to: &Column, place: Option<String>) {
        // A hint is no part of what it should be.
        let to = &Column {
            renamed_from: None,
            ..to.clone()
        };
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

    fn check(&mut self, n: usize, edit: &Edit<Check>) {
        // MariaDB: one that stands with its column comes and goes with the column's definition.
        let of_column = |check: &Check, table: &Table| {
            self.dialect.family() == Family::MariaDb && table.column(&check.name).is_some()
        };
        if let Some(check) = edit.from().or(edit.to())
            && (of_column(check, self.from) || of_column(check, self.to))
            && let Some(column) = self.column_now(&check.name).cloned()
        {
            return self.own_check(n, &column);
        }
        match edit {
            Edit::Alter { from, to }
                if from.name == to.name && from.expression == to.expression =>
            {
                let word = match to.not_enforced {
                    true => "NOT ENFORCED",
                    false => "ENFORCED",
                };
                self.add(
                    n,
                    format!("ALTER CHECK {} {word}", quote(&to.name)),
                    Kind::Rest,
                );
            }
            edit => {
                if let Some(check) = edit.from() {
                    let gone = (self.from.column(&check.name).is_some()
                        && self.dialect.family() == Family::MariaDb)
                        .then_some(());
                    // With its column.
                    if gone.is_none() {
                        let name = quote(&self.check_now(&check.name));
                        self.add(n, format!("DROP CONSTRAINT {name}"), Kind::Rest);
                    }
                }
                if let Some(check) = edit.to() {
                    self.add(n, format!("ADD {}", part::check(check)), Kind::Rest);
                }
            }
        }
    }

    /// The column that has this name, or had it.
    fn column_now(&self, name: &str) -> Option<&Column> {
        let renamed = self.changes.list.iter().find_map(|change| match change {
            Change::Column(of) if of.table == self.to.name => match &of.edit {
                Edit::Alter { from, to } if from.name == name => Some(to.name.as_str()),
                _ => None,
            },
            _ => None,
        });
        self.to.column(renamed.unwrap_or(name))
    }

    fn own_check(&mut self, n: usize, column: &Column) {
        let kind = Kind::Column(column.name.clone());
        let told = self.clauses.iter_mut().find(|it| it.kind == kind);
        if let Some(clause) = told {
            clause.changes.push(n);
            return;
        }
        let sql = format!(
            "MODIFY COLUMN {}",
            definition(column, self.to, self.dialect)
        );
        self.add(n, sql, kind);
    }

    /// MySQL renames what begins with the table's name together with the table.
    pub fn check_now(&self, name: &str) -> String {
        let (old, new) = (&self.from.name.name, &self.to.name.name);
        match name.strip_prefix(&format!("{old}_chk_")) {
            Some(rest) if self.dialect.family() == Family::MySql => format!("{new}_chk_{rest}"),
            _ => name.into(),
        }
    }
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
