//! What a rule sees: one act of a statement, the statements around it, and the server. It answers
//! questions that many rules ask, and judges nothing.

use super::ground::Ground;
use super::rule::Found;
use super::script::Script;
use initium_driver::Phase;
use initium_driver::sql::ddl::{self, Act, Column, Name, Part, Tongue, What};
use std::ops::Range;

pub struct Sight<'s> {
    pub act: &'s Act<'s>,
    /// Which statement of the script.
    pub at: usize,
    pub script: &'s Script<'s>,
    pub ground: &'s Ground,
}

impl<'s> Sight<'s> {
    pub fn found(&self, message: impl Into<String>) -> Found {
        Found {
            range: self.act.range.clone(),
            message: message.into(),
            severity: None,
            rewrite: Vec::new(),
        }
    }

    pub fn text(&self) -> &'s str {
        self.script.statements[self.at].text
    }

    /// Everything that this statement does.
    pub fn acts(&self) -> &'s [Act<'s>] {
        &self.script.statements[self.at].acts
    }

    pub fn is(&self, tongue: Tongue) -> bool {
        self.ground.tongue == tongue
    }

    pub fn is_before(&self, version: [u32; 3]) -> bool {
        self.ground.version.0 < version
    }

    pub fn is_up(&self) -> bool {
        self.script.phase == Phase::Up
    }

    /// The table, where it was there before this migration: what is done to a new one is free.
    pub fn old_table(&self) -> Option<&'s Name> {
        let table = self.act.table.as_ref()?;
        (!self.script.is_new(table, self.at)).then_some(table)
    }

    /// Of a statement of MySQL: whether the server refuses it rather than lets others wait.
    pub fn is_guarded(&self) -> bool {
        self.acts().iter().any(|act| match act.what {
            What::Algorithm(word) => {
                ["INSTANT", "INPLACE", "NOCOPY"].contains(&word.to_ascii_uppercase().as_str())
            }
            What::Lock(word) => word.eq_ignore_ascii_case("NONE"),
            _ => false,
        })
    }

    /// What statements before this one do, the nearest first; as the next two, without rows.
    pub fn before(&self) -> impl Iterator<Item = &'s Act<'s>> {
        self.script.acts(0, self.at).rev()
    }

    /// What statements before this one do that commit with it.
    pub fn beside(&self) -> impl Iterator<Item = &'s Act<'s>> {
        let start = self.script.transaction_start(self.at);
        self.script.acts(start, self.at)
    }

    pub fn behind(&self) -> impl Iterator<Item = &'s Act<'s>> {
        self.script.acts(self.at + 1, self.script.statements.len())
    }

    /// What a setting was last set to in this script.
    pub fn last_set(&self, setting: &str) -> Option<&'s str> {
        self.before().find_map(|act| match &act.what {
            What::Set { name, value } if name == setting => Some(*value),
            _ => None,
        })
    }

    /// Whether this migration made an index of this name before.
    pub fn makes_index(&self, wanted: &Name) -> bool {
        self.before().any(|act| match &act.what {
            What::CreateIndex(index) => index.name.as_ref() == Some(&wanted.name),
            _ => false,
        })
    }

    /// Whether REFERENCES behind a column makes a foreign key.
    pub fn heeds_references(&self) -> bool {
        match self.ground.tongue {
            Tongue::MySql => !self.is_before([9, 0, 0]),
            Tongue::MariaDb => !self.is_before([10, 5, 0]),
            Tongue::Postgres | Tongue::Sqlite => true,
        }
    }

    /// Columns that come into being, in a new table or an old one, each with its place.
    pub fn columns(&self) -> Vec<(Range<usize>, &'s Column<'s>)> {
        match &self.act.what {
            What::CreateTable(table) => table
                .columns()
                .map(|(range, column)| (range.clone(), column))
                .collect(),
            What::AddColumn(column) => vec![(self.act.range.clone(), column.as_ref())],
            What::Redefine { column, .. } => vec![(self.act.range.clone(), column.as_ref())],
            _ => Vec::new(),
        }
    }

    /// The columns of the primary key that a new table has.
    pub fn primary_key(&self) -> Vec<String> {
        let What::CreateTable(table) = &self.act.what else {
            return Vec::new();
        };
        let mut key = Vec::new();
        for (_, part) in &table.parts {
            match part {
                Part::Column(column) if column.primary => key.push(column.name.clone()),
                Part::Constraint(one) if one.rule == ddl::Rule::Primary => {
                    key.extend(one.columns.iter().cloned());
                }
                _ => {}
            }
        }
        key
    }

    /// The statement with another text in this place.
    pub fn edited(&self, range: &Range<usize>, text: &str) -> String {
        let whole = self.text();
        let (before, after) = (&whole[..range.start], &whole[range.end..]);
        format!("{before}{text}{after};")
    }

    /// The statement with a word behind these words.
    pub fn with(&self, words: &[&str], more: &str) -> Option<String> {
        let range = ddl::find(self.text(), self.ground.tongue, words)?;
        Some(self.edited(&(range.end..range.end), &format!(" {more}")))
    }

    /// A name as a statement has to say it.
    pub fn quoted(&self, name: &str) -> String {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let is_plain = name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit());
        if is_plain && !RESERVED.contains(&name) {
            return name.into();
        }
        match self.ground.tongue.is_mysql() {
            true => format!("`{}`", name.replace('`', "``")),
            false => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    pub fn path(&self, name: &Name) -> String {
        let last = self.quoted(&name.name);
        match &name.schema {
            Some(schema) => format!("{}.{last}", self.quoted(schema)),
            None => last,
        }
    }
}

/// Words that tables and columns are called by and that need quotes.
const RESERVED: &[&str] = &[
    "all",
    "case",
    "check",
    "column",
    "default",
    "desc",
    "end",
    "from",
    "group",
    "in",
    "index",
    "key",
    "limit",
    "offset",
    "order",
    "primary",
    "references",
    "select",
    "table",
    "to",
    "union",
    "unique",
    "user",
    "using",
    "when",
    "where",
    "window",
    "with",
];

/// What switches a setting off.
pub fn is_off(value: &str) -> bool {
    let word = value.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    ["0", "off", "false", "no"].contains(&word.to_ascii_lowercase().as_str())
}

/// Whether PostgreSQL takes ACCESS EXCLUSIVE on the table for it.
pub fn locks_all(what: &What) -> bool {
    match what {
        What::AddConstraint(one) => one.rule != ddl::Rule::Foreign,
        What::AddColumn(_)
        | What::DropColumn { .. }
        | What::AlterType { .. }
        | What::SetNotNull { .. }
        | What::DropNotNull { .. }
        | What::SetDefault { .. }
        | What::DropConstraint { .. }
        | What::RenameColumn { .. }
        | What::RenameTable { .. }
        | What::Truncate { .. }
        | What::DropTable { .. } => true,
        _ => false,
    }
}
