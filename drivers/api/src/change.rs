//! One difference between two catalogs, as data. It holds both ends whole, so what undoes it is
//! found by turning it round, and a dialect that cannot alter has what it needs to build anew.

use crate::catalog::{
    Catalog, Check, Column, Exclusion, Extension, ForeignKey, Index, Key, Name, Routine, Schema,
    Sequence, Table, Trigger, Type, View,
};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit<T> {
    Add(T),
    Drop(T),
    /// Where the names differ it is renamed, too.
    Alter {
        from: T,
        to: T,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Schema(Edit<Schema>),
    Extension(Edit<Extension>),
    Type(Edit<Type>),
    Sequence(Edit<Sequence>),
    /// Added or dropped with everything in it; altered: its name, options, comment, partitioning, and
    /// nothing of its parts.
    Table(Edit<Box<Table>>),
    Column(Of<Box<Column>>),
    PrimaryKey(Of<Key>),
    Unique(Of<Key>),
    ForeignKey(Of<ForeignKey>),
    Check(Of<Check>),
    Exclusion(Of<Exclusion>),
    /// Of a table or a materialized view.
    Index(Of<Index>),
    /// Of a table or a view.
    Trigger(Of<Trigger>),
    /// With its indexes and triggers where it is added or dropped.
    View(Edit<Box<View>>),
    Routine(Edit<Routine>),
}

/// An edit of a part of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Of<T> {
    /// What the table is called when all is done; see [`Changes::now`].
    pub table: Name,
    pub edit: Edit<T>,
}

/// Ordered changes and the two catalogs between which they lie.
#[derive(Clone, Copy, Debug)]
pub struct Changes<'a> {
    pub from: &'a Catalog,
    pub to: &'a Catalog,
    pub list: &'a [Change],
    pub way: Way,
}

/// Whether others go on working meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    #[default]
    Plain,
    /// Where the database has a way that does not lock them out, that one (CONCURRENTLY).
    Online,
}

/// A statement and the changes that it makes, by their places in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Act {
    pub sql: String,
    pub changes: Vec<usize>,
}

/// What a change means for the data, for those who use the database, and for the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Impact {
    pub lock: Lock,
    pub work: Work,
    /// Empty: it is safe.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<Risk>,
}

/// What others cannot do to the table meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lock {
    pub blocks: Blocks,
    /// As the server calls it; empty where it has no name.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub name: &'static str,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocks {
    #[default]
    Nothing,
    /// Other changes of the schema.
    Changes,
    Writes,
    /// Reads, too.
    Everything,
}

/// What the server does to the rows that stand there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// The catalog alone changes.
    #[default]
    None,
    /// Every row is read.
    Scan,
    /// Every row is read and an index is written.
    Build,
    /// Every row is written anew.
    Rewrite,
}

/// Why a change is breaking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Risk {
    pub kind: Threat,
    /// What it would lose, refuse or break, in one line.
    pub what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Threat {
    /// Values are gone or are no longer the same.
    Loss,
    /// Rows that stand there, or are written by a running program, may be refused.
    Refusal,
    /// What a running program uses is gone or has another name.
    Clients,
    /// Queries may become slow.
    Speed,
}

impl<T> Edit<T> {
    pub fn reverse(self) -> Edit<T> {
        match self {
            Edit::Add(it) => Edit::Drop(it),
            Edit::Drop(it) => Edit::Add(it),
            Edit::Alter { from, to } => Edit::Alter { from: to, to: from },
        }
    }

    pub fn from(&self) -> Option<&T> {
        match self {
            Edit::Add(_) => None,
            Edit::Drop(from) | Edit::Alter { from, .. } => Some(from),
        }
    }

    pub fn to(&self) -> Option<&T> {
        match self {
            Edit::Drop(_) => None,
            Edit::Add(to) | Edit::Alter { to, .. } => Some(to),
        }
    }
}

impl<T> Of<T> {
    fn reverse(self) -> Of<T> {
        Of {
            edit: self.edit.reverse(),
            ..self
        }
    }
}

impl Change {
    /// What undoes it, as far as the schema goes: values that are gone stay gone.
    pub fn reverse(self) -> Change {
        match self {
            Change::Schema(edit) => Change::Schema(edit.reverse()),
            Change::Extension(edit) => Change::Extension(edit.reverse()),
            Change::Type(edit) => Change::Type(edit.reverse()),
            Change::Sequence(edit) => Change::Sequence(edit.reverse()),
            Change::Table(edit) => Change::Table(edit.reverse()),
            Change::Column(of) => Change::Column(of.reverse()),
            Change::PrimaryKey(of) => Change::PrimaryKey(of.reverse()),
            Change::Unique(of) => Change::Unique(of.reverse()),
            Change::ForeignKey(of) => Change::ForeignKey(of.reverse()),
            Change::Check(of) => Change::Check(of.reverse()),
            Change::Exclusion(of) => Change::Exclusion(of.reverse()),
            Change::Index(of) => Change::Index(of.reverse()),
            Change::Trigger(of) => Change::Trigger(of.reverse()),
            Change::View(edit) => Change::View(edit.reverse()),
            Change::Routine(edit) => Change::Routine(edit.reverse()),
        }
    }

    /// The old and the new name, where it renames a table.
    pub fn renamed(&self) -> Option<(&Name, &Name)> {
        match self {
            Change::Table(Edit::Alter { from, to }) if from.name != to.name => {
                Some((&from.name, &to.name))
            }
            _ => None,
        }
    }

    fn part_of(&mut self) -> Option<&mut Name> {
        match self {
            Change::Column(of) => Some(&mut of.table),
            Change::PrimaryKey(of) | Change::Unique(of) => Some(&mut of.table),
            Change::ForeignKey(of) => Some(&mut of.table),
            Change::Check(of) => Some(&mut of.table),
            Change::Exclusion(of) => Some(&mut of.table),
            Change::Index(of) => Some(&mut of.table),
            Change::Trigger(of) => Some(&mut of.table),
            _ => None,
        }
    }

    /// The table or view whose part it is about.
    pub fn table(&self) -> Option<&Name> {
        match self {
            Change::Column(of) => Some(&of.table),
            Change::PrimaryKey(of) | Change::Unique(of) => Some(&of.table),
            Change::ForeignKey(of) => Some(&of.table),
            Change::Check(of) => Some(&of.table),
            Change::Exclusion(of) => Some(&of.table),
            Change::Index(of) => Some(&of.table),
            Change::Trigger(of) => Some(&of.table),
            Change::Table(edit) => edit.to().or(edit.from()).map(|table| &table.name),
            _ => None,
        }
    }
}

/// The way back: the last first, each turned round. With `from` and `to` of [`Changes`] turned round,
/// too, it leads from the one catalog to the other.
pub fn reverse(list: &[Change]) -> Vec<Change> {
    let renamed: Vec<_> = list.iter().filter_map(Change::renamed).collect();
    let back = |change: &Change| {
        let mut change = change.clone().reverse();
        if let Some(table) = change.part_of()
            && let Some((old, _)) = renamed.iter().find(|(_, new)| *new == table)
        {
            *table = (*old).clone();
        }
        change
    };
    list.iter().rev().map(back).collect()
}

impl Changes<'_> {
    /// What a table is called when the change at this place runs: its old name, where the rename
    /// comes later.
    pub fn now<'a>(&'a self, place: usize, table: &'a Name) -> &'a Name {
        let later = self.list[place..].iter().filter_map(Change::renamed);
        later
            .into_iter()
            .find(|(_, new)| *new == table)
            .map_or(table, |(old, _)| old)
    }
}

impl Impact {
    pub fn is_breaking(&self) -> bool {
        !self.risks.is_empty()
    }

    pub fn loses(&self) -> bool {
        self.risks.iter().any(|risk| risk.kind == Threat::Loss)
    }

    pub fn risk(mut self, kind: Threat, what: impl Into<String>) -> Impact {
        let what = what.into();
        self.risks.push(Risk { kind, what });
        self
    }
}
