//! What a statement does. Data only.

use super::column::{Column, Spot};
use super::constraint::{Constraint, Index, Rule};
use super::reader::Name;
use super::table::NewTable;
use std::ops::Range;

/// One thing that a statement does; `ALTER TABLE` may do several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act<'a> {
    /// Where the statement says it.
    pub range: Range<usize>,
    /// The table that it is about, where it is about one.
    pub table: Option<Name>,
    pub what: What<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What<'a> {
    CreateTable(Box<NewTable<'a>>),
    AddColumn(Box<Column<'a>>),
    DropColumn {
        column: String,
    },
    /// MODIFY and CHANGE of MySQL: the column is described anew.
    Redefine {
        from: String,
        column: Box<Column<'a>>,
    },
    AlterType {
        column: String,
        to: &'a str,
        using: Option<&'a str>,
    },
    SetNotNull {
        column: String,
    },
    DropNotNull {
        column: String,
    },
    SetDefault {
        column: String,
    },
    AddConstraint(Box<Constraint<'a>>),
    Validate {
        constraint: String,
    },
    /// By name, or the primary key.
    DropConstraint {
        rule: Option<Rule>,
        name: Option<String>,
    },
    CreateIndex(Box<Index<'a>>),
    DropIndex {
        index: Name,
        concurrently: bool,
    },
    RenameTable {
        to: Name,
    },
    RenameColumn {
        from: String,
        to: String,
    },
    /// Of anything else.
    Rename {
        object: Object,
        from: Name,
        to: String,
    },
    DropTable {
        cascade: bool,
    },
    Drop {
        object: Object,
        name: Name,
        cascade: bool,
    },
    Create {
        object: Object,
        name: Name,
        /// `DEFINER = somebody`
        definer: bool,
    },
    Truncate {
        cascade: bool,
    },
    Attach {
        partition: Name,
    },
    Detach {
        partition: Name,
        concurrently: bool,
    },
    DropPartition,
    /// Other work on partitions, by its first word.
    Partition(&'a str),
    /// A word of `ALTER TABLE` that sets something: ENGINE, ROW_FORMAT, TABLESPACE, LOGGED, ...
    Option {
        name: String,
        value: &'a str,
    },
    Algorithm(&'a str),
    Lock(&'a str),
    AddValue {
        kind: Name,
        value: &'a str,
        spot: Spot,
    },
    RenameValue {
        kind: Name,
        from: &'a str,
    },
    /// A constraint on a domain, old or new.
    DomainCheck {
        domain: Name,
        not_valid: bool,
    },
    Insert {
        /// Whether it names its columns.
        columns: bool,
        selects: bool,
    },
    Update {
        filter: bool,
    },
    Delete {
        filter: bool,
    },
    Set {
        name: String,
        value: &'a str,
    },
    Pragma {
        name: String,
        value: Option<&'a str>,
    },
    Transaction(Transaction),
    /// VACUUM, CLUSTER, OPTIMIZE, REINDEX, REFRESH, LOCK: by name, with what matters of it.
    Upkeep {
        word: &'static str,
        full: bool,
        concurrently: bool,
    },
    Grant {
        all: bool,
        public: bool,
        onward: bool,
    },
    /// A role or user whose password stands in the statement.
    Password,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    Database,
    Schema,
    View,
    Index,
    Constraint,
    Type,
    Domain,
    Trigger,
    Routine,
    Sequence,
    Other,
}

impl Object {
    /// By the word behind CREATE, DROP or ALTER.
    pub fn of(word: &str) -> Object {
        match word {
            "DATABASE" => Object::Database,
            "SCHEMA" => Object::Schema,
            "VIEW" | "MATERIALIZED" => Object::View,
            "INDEX" | "KEY" => Object::Index,
            "CONSTRAINT" => Object::Constraint,
            "TYPE" => Object::Type,
            "DOMAIN" => Object::Domain,
            "TRIGGER" => Object::Trigger,
            "FUNCTION" | "PROCEDURE" | "ROUTINE" | "AGGREGATE" | "EVENT" => Object::Routine,
            "SEQUENCE" => Object::Sequence,
            _ => Object::Other,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transaction {
    Begin,
    Commit,
    Rollback,
}
