//! How MySQL and MariaDB spell things. Pure: the same without a server, except that a session with
//! NO_BACKSLASH_ESCAPES reads strings differently.

use crate::words::quote;
use crate::{effect, reading, split, types};
use initium_driver::long::Slice;
use initium_driver::sql::ddl::MYSQL;
use initium_driver::sql::form::{Sink, normal_form, stream};
use initium_driver::sql::lexer::{self, Halt, Kind, Lexer, Rules};
use initium_driver::sql::reading::Reading;
use initium_driver::sql::split::{Grammar, Piece, words};
use initium_driver::sql::stretch::{Runs, statements};
use initium_driver::{
    Capabilities, Change, Column, Dialect, Effect, Index, Result, Source, Statement, Table,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    MySql,
    MariaDb,
}

#[derive(Clone, Copy, Debug)]
pub struct MySql {
    family: Family,
    rules: Rules,
}

impl MySql {
    pub fn new(family: Family, plain_backslashes: bool) -> MySql {
        let rules = Rules {
            backslashes: !plain_backslashes,
            name_backslashes: !plain_backslashes,
            ..MYSQL
        };
        MySql { family, rules }
    }

    /// As a server with its default settings reads.
    pub fn offline(family: Family) -> MySql {
        MySql::new(family, false)
    }

    pub fn family(&self) -> Family {
        self.family
    }

    /// The same for the other family.
    pub fn of(self, family: Family) -> MySql {
        MySql { family, ..self }
    }

    /// The first words, those in `/*! */` included: the server runs them.
    pub fn first_words(&self, text: &str) -> Vec<String> {
        self.words(text, &self.rules)
    }

    /// The text without the signs around `/*! */`, if it has any.
    pub fn bared(&self, text: &str) -> Option<String> {
        bared(text, &self.rules)
    }

    /// Whether a server that reads like this would take the text for more than one statement.
    pub fn is_several(&self, text: &str, rules: &Rules) -> bool {
        text.contains(';')
            && match bared(text, rules) {
                Some(bare) => split::is_several(&bare, rules),
                None => split::is_several(text, rules),
            }
    }
}

/// The text without the signs around `/*! */`, if it has any.
fn bared(text: &str, rules: &Rules) -> Option<String> {
    if !text.contains("/*!") && !text.contains("/*M!") {
        return None;
    }
    let mut bare = String::with_capacity(text.len());
    for token in lexer::tokens(text, rules).ok()? {
        let piece = &text[token.range];
        let inner = match token.kind {
            Kind::Code => piece
                .strip_prefix("/*!")
                .or_else(|| piece.strip_prefix("/*M!"))
                .and_then(|p| p.strip_suffix("*/")),
            _ => None,
        };
        match inner {
            Some(inner) => {
                bare.push(' ');
                bare.push_str(inner.trim_start_matches(|c: char| c.is_ascii_digit()));
                bare.push(' ');
            }
            None => bare.push_str(piece),
        }
    }
    Some(bare)
}

/// `\g`, `\.` and the like; `\N` is a NULL.
fn has_slash(text: &str, rules: &Rules) -> bool {
    text.contains('\\')
        && lexer::tokens(text, rules)
            .unwrap_or_default()
            .iter()
            .any(|t| {
                t.kind == Kind::Sign
                    && &text[t.range.clone()] == "\\"
                    && !text[t.range.end..].starts_with('N')
            })
}

impl Grammar for MySql {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Bodies are found by [`split::piece`].
    fn opens(&self, _: &[String], _: &str, _: usize) -> bool {
        false
    }

    fn effect(&self, words: &[String]) -> Effect {
        effect::effect(words)
    }

    fn lock(&self, words: &[String]) -> Option<&'static str> {
        effect::lock(words)
    }

    fn piece(&self, lexer: &mut Lexer, reading: &Reading) -> Result<Option<Piece>, Halt> {
        split::piece(lexer, &reading.delimiter)
    }

    fn words(&self, text: &str, rules: &Rules) -> Vec<String> {
        match bared(text, rules) {
            Some(bare) => words(&bare, rules),
            None => words(text, rules),
        }
    }

    fn refuses(&self, text: &str, words: &[String], rules: &Rules) -> Option<String> {
        let slash = has_slash(text, rules);
        match bared(text, rules) {
            Some(bare) => effect::refuses(&bare, words, slash),
            None => effect::refuses(text, words, slash),
        }
    }

    fn follow(
        &self,
        text: &str,
        words: &[String],
        reading: &Reading,
    ) -> Result<Option<Reading>, String> {
        if words.first().is_none_or(|word| word != "SET") {
            return Ok(None);
        }
        match bared(text, &reading.rules) {
            Some(bare) => reading::follow(&bare, words, reading, &self.rules),
            None => reading::follow(text, words, reading, &self.rules),
        }
    }
}

impl Dialect for MySql {
    fn names(&self) -> &'static [&'static str] {
        match self.family {
            Family::MySql => &["mysql"],
            Family::MariaDb => &["mariadb", "mysql"],
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: false,
            transactions: true,
            catalog: true,
        }
    }

    fn split(&self, source: &Source) -> Result<Vec<Statement>> {
        self.statements(std::slice::from_ref(source), Runs::Parted)
    }

    fn statements(&self, sources: &[Source], runs: Runs) -> Result<Vec<Statement>> {
        statements(self, sources, runs)
    }

    fn normal_form(&self, text: &str) -> String {
        normal_form(text, &self.rules)
    }

    fn stream_form(&self, slice: &Slice, sink: &mut dyn Sink) -> Result<()> {
        stream(slice, &self.rules, sink)
    }

    fn render(&self, change: &Change) -> Result<Vec<String>> {
        Ok(vec![match change {
            Change::CreateTable(table) => create(table),
            Change::DropTable { table } => format!("DROP TABLE {}", quote(table)),
            Change::AddColumn { table, column: c } => {
                format!("ALTER TABLE {} ADD COLUMN {}", quote(table), column(c))
            }
            Change::DropColumn { table, column } => {
                format!("ALTER TABLE {} DROP COLUMN {}", quote(table), quote(column))
            }
        }])
    }

    fn canonical(&self, data_type: &str) -> String {
        types::canonical(data_type)
    }
}

fn create(table: &Table) -> String {
    let lines: Vec<_> = table
        .columns
        .iter()
        .map(column)
        .chain(table.indexes.iter().map(index))
        .collect();
    format!(
        "CREATE TABLE {} (\n  {}\n)",
        quote(&table.name),
        lines.join(",\n  ")
    )
}

fn column(column: &Column) -> String {
    let mut text = format!("{} {}", quote(&column.name), column.data_type);
    // TIMESTAMP without NULL is NOT NULL on older servers, so both are said.
    text.push_str(if column.nullable {
        " NULL"
    } else {
        " NOT NULL"
    });
    if let Some(default) = &column.default {
        text.push_str(" DEFAULT ");
        text.push_str(default);
    }
    text
}

fn index(index: &Index) -> String {
    let columns: Vec<_> = index.columns.iter().map(|c| part(c)).collect();
    let columns = columns.join(", ");
    match index {
        Index { primary: true, .. } => format!("PRIMARY KEY ({columns})"),
        Index { unique: true, .. } => format!("UNIQUE KEY {} ({columns})", quote(&index.name)),
        _ => format!("KEY {} ({columns})", quote(&index.name)),
    }
}

/// A column, the beginning of one (`name(10)`), or an expression (`(lower(name))`).
fn part(text: &str) -> String {
    if text.starts_with('(') {
        return text.into();
    }
    let cut = text.strip_suffix(')').and_then(|t| t.rsplit_once('('));
    match cut {
        Some((name, length)) if length.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{}({length})", quote(name))
        }
        _ => quote(text),
    }
}
