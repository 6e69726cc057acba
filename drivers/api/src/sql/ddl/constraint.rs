//! Constraints of a table and indexes, as a statement defines them.

use super::reader::{Name, Reader};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint<'a> {
    pub name: Option<String>,
    pub rule: Rule,
    pub columns: Vec<String>,
    /// What a foreign key refers to.
    pub target: Option<Target>,
    /// What a check demands, without the parentheses.
    pub check: &'a str,
    pub not_valid: bool,
    /// Made of an index that is there.
    pub using_index: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Primary,
    Unique,
    Foreign,
    Check,
    Exclude,
    NotNull,
}

/// What a foreign key refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub table: Name,
    pub columns: Vec<String>,
}

impl Target {
    pub fn read(reader: &mut Reader) -> Option<Target> {
        Some(Target {
            table: reader.path()?,
            columns: reader.columns(),
        })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index<'a> {
    pub name: Option<String>,
    pub unique: bool,
    pub concurrently: bool,
    pub if_not_exists: bool,
    /// FULLTEXT, SPATIAL, VECTOR.
    pub kind: Option<&'a str>,
    /// Columns and expressions as they are written.
    pub keys: Vec<&'a str>,
    /// WHERE, which makes it partial.
    pub filter: bool,
    /// On this table and not on its partitions.
    pub only: bool,
}

/// What a constraint begins with.
const BEGINS: &[&str] = &[
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "FOREIGN",
    "CHECK",
    "EXCLUDE",
];

pub fn begins(reader: &Reader) -> bool {
    reader.sees_any(BEGINS)
}

impl<'a> Constraint<'a> {
    /// `[CONSTRAINT name] kind ...`
    pub fn read(reader: &mut Reader<'_, 'a>) -> Option<Constraint<'a>> {
        let mut name = None;
        if reader.eat("CONSTRAINT") && !begins(reader) {
            reader.condition();
            name = reader.name();
        }
        let rule = match reader.next()?.capitals().as_str() {
            "PRIMARY" => Rule::Primary,
            "UNIQUE" => Rule::Unique,
            "FOREIGN" => Rule::Foreign,
            "CHECK" => Rule::Check,
            "EXCLUDE" => Rule::Exclude,
            "NOT" if reader.sees("NULL") => Rule::NotNull,
            _ => return None,
        };
        let mut constraint = Constraint {
            name,
            rule,
            columns: Vec::new(),
            target: None,
            check: "",
            not_valid: false,
            using_index: false,
        };
        match rule {
            Rule::Check => {
                let inner = reader.inside();
                constraint.check = inner.map(|inner| inner.rest()).unwrap_or_default();
            }
            Rule::Exclude => {}
            Rule::NotNull => {
                reader.next();
                constraint.columns.extend(reader.name());
            }
            Rule::Primary | Rule::Unique | Rule::Foreign => {
                constraint.key(reader)?;
            }
        }
        constraint.not_valid = reader.find(&["NOT", "VALID"]).is_some();
        Some(constraint)
    }

    /// `[KEY] [INDEX] [name] [USING method] (columns) [REFERENCES ...]`
    fn key(&mut self, reader: &mut Reader) -> Option<()> {
        reader.eat_any(&["KEY", "INDEX"]);
        reader.condition();
        if reader.eat_all(&["USING", "INDEX"]) {
            self.using_index = true;
            return Some(());
        }
        reader.eat_all(&["NULLS", "NOT", "DISTINCT"]);
        reader.eat_all(&["NULLS", "DISTINCT"]);
        if !reader.sees("(") && !reader.sees("USING") {
            self.name = self.name.take().or(reader.name());
        }
        if reader.eat("USING") {
            reader.next();
        }
        self.columns = reader.columns();
        if self.rule == Rule::Foreign {
            reader.eat("REFERENCES").then_some(())?;
            self.target = Some(Target::read(reader)?);
        }
        Some(())
    }
}

/// What an index of MySQL begins with, inside a table.
pub fn begins_index(reader: &Reader) -> bool {
    reader.tongue.is_mysql() && reader.sees_any(&["INDEX", "KEY", "FULLTEXT", "SPATIAL", "VECTOR"])
}

impl<'a> Index<'a> {
    /// `[FULLTEXT] [INDEX] [name] [USING method] (keys)`, as MySQL has it in a table.
    pub fn inline(reader: &mut Reader<'_, 'a>) -> Option<Index<'a>> {
        let kind = match reader.sees_any(&["FULLTEXT", "SPATIAL", "VECTOR"]) {
            true => reader.next().map(|word| word.text),
            false => None,
        };
        reader.eat_any(&["INDEX", "KEY"]);
        let if_not_exists = reader.condition();
        let name = match reader.sees("(") || reader.sees("USING") {
            true => None,
            false => Some(reader.name()?),
        };
        if reader.eat("USING") {
            reader.next();
        }
        Some(Index {
            name,
            kind,
            if_not_exists,
            keys: keys(reader),
            ..Index::default()
        })
    }
}

pub fn keys<'a>(reader: &mut Reader<'_, 'a>) -> Vec<&'a str> {
    let inner = reader.inside().map(Reader::parts).unwrap_or_default();
    inner.iter().map(Reader::rest).collect()
}
