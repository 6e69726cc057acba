//! CREATE TABLE: its columns, constraints, indexes and options.

use super::act::{Act, What};
use super::column::Column;
use super::constraint::{Constraint, Index, begins, begins_index};
use super::reader::Reader;
use std::ops::Range;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTable<'a> {
    pub if_not_exists: bool,
    pub temporary: bool,
    /// It takes its columns from somewhere else: AS SELECT, LIKE, OF, PARTITION OF, INHERITS.
    pub derived: bool,
    /// What stands between its parentheses, each with its place.
    pub parts: Vec<(Range<usize>, Part<'a>)>,
    /// Names in capitals.
    pub options: Vec<(String, &'a str)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Column(Column<'a>),
    Constraint(Constraint<'a>),
    Index(Index<'a>),
}

impl<'a> NewTable<'a> {
    pub fn columns(&self) -> impl Iterator<Item = (&Range<usize>, &Column<'a>)> {
        self.parts.iter().filter_map(|(range, part)| match part {
            Part::Column(column) => Some((range, column)),
            _ => None,
        })
    }

    pub fn constraints(&self) -> impl Iterator<Item = (&Range<usize>, &Constraint<'a>)> {
        self.parts.iter().filter_map(|(range, part)| match part {
            Part::Constraint(constraint) => Some((range, constraint)),
            _ => None,
        })
    }

    /// The value of the first of these options that it has.
    pub fn option(&self, names: &[&str]) -> Option<&'a str> {
        let mut options = self.options.iter();
        let found = options.find(|(name, _)| names.contains(&name.as_str()));
        found.map(|(_, value)| *value)
    }
}

/// Behind `CREATE [TEMPORARY] TABLE`.
pub fn table<'a>(
    reader: &mut Reader<'_, 'a>,
    whole: &Reader<'_, 'a>,
    temporary: bool,
    acts: &mut Vec<Act<'a>>,
) -> Option<()> {
    let mut table = NewTable {
        temporary,
        if_not_exists: reader.condition(),
        ..NewTable::default()
    };
    let name = reader.path()?;
    table.derived = reader.sees_any(&["LIKE", "OF", "PARTITION", "AS", "SELECT"]);
    if let Some(inner) = reader.inside() {
        for mut one in inner.parts() {
            table.derived |= one.sees_any(&["LIKE", "SELECT", "WITH"]);
            table.parts.push((one.range(), part(&mut one)?));
        }
    }
    table.derived |= reader.has("INHERITS") || reader.has("AS") || reader.has("SELECT");
    table.options = options(*reader);
    acts.push(Act {
        range: whole.range(),
        table: Some(name),
        what: What::CreateTable(Box::new(table)),
    });
    Some(())
}

/// One part between the parentheses of a table.
pub fn part<'a>(reader: &mut Reader<'_, 'a>) -> Option<Part<'a>> {
    if begins(reader) {
        return Constraint::read(reader).map(Part::Constraint);
    }
    // `key text` is a column of that name everywhere but in MySQL.
    match begins_index(reader) {
        true => Index::inline(reader).map(Part::Index),
        false => Column::read(reader).map(Part::Column),
    }
}

/// `NAME [=] value`, one behind the other.
pub fn options<'a>(mut reader: Reader<'_, 'a>) -> Vec<(String, &'a str)> {
    let mut found = Vec::new();
    while let Some(word) = reader.next() {
        let mut name = word.capitals();
        if name == "DEFAULT" {
            continue;
        }
        if name == "CHARACTER" && reader.eat("SET") {
            name = "CHARSET".into();
        }
        reader.eat("=");
        if name.is_empty() || reader.sees(",") {
            continue;
        }
        let from = reader;
        reader.skip();
        found.push((name, reader.since(&from)));
        reader.eat(",");
    }
    found
}
