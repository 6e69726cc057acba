//! What `changes` of a migration say, as one kind of database reads it. Data only: whether it fits what
//! is there is the plan's to judge.

use initium_driver::catalog::{Column, Table, View};
use initium_driver::change::Way;
use initium_driver::{Name, Place, Source};

/// One item of `changes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Logical {
    pub verb: Verb,
    pub place: Place,
    /// What it says to this database, in one spelling: checksums are taken over it.
    pub said: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    CreateTable(Box<Table>),
    DropTable(Name),
    RenameTable {
        from: Name,
        to: Name,
    },
    /// The table of this name gets the parts that this one has.
    Add(Box<Table>, Way),
    Drop(Name, Gone, Way),
    RenameColumn {
        table: Name,
        from: String,
        to: String,
    },
    /// What these keys say of the column becomes as it is here; the rest stays.
    AlterColumn {
        table: Name,
        column: Box<Column>,
        keys: Vec<String>,
    },
    CreateView(Box<View>),
    ReplaceView(Box<View>),
    DropView(Name),
    CreateEnum {
        name: Name,
        values: Vec<String>,
    },
    AddEnumValue {
        name: Name,
        value: String,
        spot: Spot,
    },
    DropEnum(Name),
    /// Of the table, or of a column.
    Comment {
        table: Name,
        column: Option<String>,
        text: Option<String>,
    },
    Sql {
        up: Source,
        /// Absent: nothing undoes it.
        down: Option<Source>,
    },
}

/// A part of a table that goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Gone {
    Column(String),
    PrimaryKey,
    Unique(Which),
    ForeignKey(Which),
    Check(Which),
    Index(Which),
}

/// Names that nobody chose are not the same everywhere, so a part may be told by what it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    Name(String),
    Columns(Vec<String>),
    Expression(String),
}

/// Where a value of an enum is put.
#[derive(Clone, Debug, PartialEq)]
pub enum Spot {
    Last,
    Before(String),
    After(String),
}
