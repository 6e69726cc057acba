//! A column as a statement defines it: in a new table, or added to one.

use super::constraint::Target;
use super::reader::Reader;
use std::ops::Range;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column<'a> {
    pub name: String,
    /// As it is written; empty where none is.
    pub data_type: &'a str,
    /// Where the type stands in the statement.
    pub type_at: Range<usize>,
    pub not_null: bool,
    pub default: Option<&'a str>,
    pub generated: Option<Generated>,
    /// Numbers itself: IDENTITY, AUTO_INCREMENT, AUTOINCREMENT. A serial type does too.
    pub counts: bool,
    pub primary: bool,
    pub unique: bool,
    pub references: Option<Target>,
    pub check: bool,
    pub charset: Option<&'a str>,
    pub spot: Spot,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    Stored,
    Virtual,
    /// The server has a default.
    Unsaid,
}

/// Where something new stands among others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spot {
    #[default]
    Unsaid,
    First,
    Beside,
}

/// Words that end a type or a default.
const ENDS: &[&str] = &[
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "REFERENCES",
    "CHECK",
    "CONSTRAINT",
    "GENERATED",
    "AS",
    "COLLATE",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "COMMENT",
    "ON",
    "STORED",
    "VIRTUAL",
    "PERSISTENT",
    "INVISIBLE",
    "VISIBLE",
    "COLUMN_FORMAT",
    "STORAGE",
    "COMPRESSION",
    "COMPRESSED",
    "CHARSET",
    "FIRST",
    "AFTER",
    "USING",
    "KEY",
    "ENGINE_ATTRIBUTE",
    "DEFERRABLE",
    "INITIALLY",
    "ENFORCED",
    "SRID",
];

fn ends(reader: &Reader) -> bool {
    let mut ahead = *reader;
    let charset = ahead.eat_all(&["CHARACTER", "SET"]);
    charset || reader.sees_any(ENDS)
}

impl<'a> Column<'a> {
    pub fn read(reader: &mut Reader<'_, 'a>) -> Option<Column<'a>> {
        let mut column = Column {
            name: reader.name()?,
            ..Column::default()
        };
        (column.data_type, column.type_at) = data_type(reader);
        while !reader.is_over() {
            column.word(reader)?;
        }
        Some(column)
    }

    /// A type that numbers by itself: `serial` and its kin.
    pub fn is_serial(&self) -> bool {
        let name = base(self.data_type);
        [
            "serial",
            "bigserial",
            "smallserial",
            "serial2",
            "serial4",
            "serial8",
        ]
        .contains(&name.as_str())
    }

    fn word(&mut self, reader: &mut Reader<'_, 'a>) -> Option<()> {
        if reader.eat_all(&["NOT", "NULL"]) {
            self.not_null = true;
        } else if reader.eat("DEFAULT") {
            self.default = Some(expression(reader));
        } else if reader.eat_all(&["PRIMARY", "KEY"]) {
            (self.primary, self.not_null) = (true, true);
        } else if reader.eat("UNIQUE") {
            self.unique = true;
        } else if reader.eat("REFERENCES") {
            self.references = Some(Target::read(reader)?);
        } else if reader.eat("CHECK") {
            self.check = true;
            reader.skip();
        } else if reader.eat("CONSTRAINT") {
            reader.name()?;
        } else if reader.eat_any(&["AUTO_INCREMENT", "AUTOINCREMENT"])
            || reader.eat_all(&["AS", "IDENTITY"])
        {
            self.counts = true;
        } else if reader.eat("AS") {
            reader.skip();
            self.generated.get_or_insert(Generated::Unsaid);
        } else if reader.eat_any(&["STORED", "PERSISTENT"]) {
            self.generated = Some(Generated::Stored);
        } else if reader.eat("VIRTUAL") {
            self.generated = Some(Generated::Virtual);
        } else if reader.eat("FIRST") {
            self.spot = Spot::First;
        } else if reader.eat("AFTER") {
            reader.name()?;
            self.spot = Spot::Beside;
        } else if reader.eat("CHARSET") || reader.eat_all(&["CHARACTER", "SET"]) {
            self.charset = reader.next().map(|word| word.text);
        } else if reader.eat_all(&["GENERATED", "ALWAYS"])
            || reader.eat_all(&["GENERATED", "BY", "DEFAULT"])
            || reader.eat_all(&["ON", "UPDATE"])
            || reader.eat("COMMENT")
        {
            // What follows says what it is; a comment is skipped below, with anything unknown.
        } else {
            reader.skip();
        }
        Some(())
    }
}

/// The name of a type in small letters, without what stands in parentheses and without its schema.
pub fn base(data_type: &str) -> String {
    let mut depth = 0usize;
    let mut name = String::new();
    for c in data_type.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => name.push(c.to_ascii_lowercase()),
            _ => {}
        }
    }
    let words: Vec<_> = name.split_whitespace().collect();
    let name = words.join(" ");
    name.strip_prefix("pg_catalog.")
        .map_or(name.clone(), String::from)
}

/// The first number in the parentheses of a type.
pub fn length(data_type: &str) -> Option<u32> {
    let (_, behind) = data_type.split_once('(')?;
    let digits = behind.trim_start().bytes().take_while(u8::is_ascii_digit);
    behind.trim_start()[..digits.count()].parse().ok()
}

/// A type as it is written, up to what is said of the column besides.
pub fn data_type<'a>(reader: &mut Reader<'_, 'a>) -> (&'a str, Range<usize>) {
    let from = *reader;
    while !reader.is_over() && !ends(reader) {
        reader.skip();
    }
    let text = reader.since(&from);
    let start = from.range().start;
    (text, start..start + text.len())
}

/// A default: one value, call or parenthesis, with the operators behind it.
fn expression<'a>(reader: &mut Reader<'_, 'a>) -> &'a str {
    let from = *reader;
    // NULL and NOT may begin one.
    let sign = reader.sees_any(&["-", "+", "~"]);
    reader.skip();
    if sign {
        reader.skip();
    }
    while !reader.is_over() && !ends(reader) {
        reader.skip();
    }
    reader.since(&from)
}
