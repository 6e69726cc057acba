//! How MySQL and MariaDB spell things. Pure: the same without a server, except that a session with
//! NO_BACKSLASH_ESCAPES reads strings differently.

use crate::words;
use crate::{effect, expression, reading, split};
use initium_driver::ddl::SCHEMAS;
use initium_driver::long::Slice;
use initium_driver::sql::ddl::MYSQL;
use initium_driver::sql::expression::Flavour;
use initium_driver::sql::form::{Sink, normal_form, stream};
use initium_driver::sql::lexer::{self, Halt, Kind, Lexer, Rules};
use initium_driver::sql::reading::Reading;
use initium_driver::sql::split::{Grammar, Piece, words};
use initium_driver::sql::stretch::{Runs, statements};
use initium_driver::sql::variables::Spelling;
use initium_driver::{Capabilities, Ddl, Dialect, Effect, Result, Source, Statement};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    MySql,
    MariaDb,
}

#[derive(Clone, Debug)]
pub struct MySql {
    family: Family,
    rules: Rules,
    /// Of the server; without one, the oldest whose catalog is read.
    pub version: Version,
    /// What a table of the database is collated by where nobody said it, once a server told.
    pub collation: Option<String>,
}

pub type Version = [u32; 3];

impl Family {
    /// The first versions whose catalog is as it is asked here: check constraints are in it.
    pub fn oldest(self) -> Version {
        match self {
            Family::MySql => [8, 0, 16],
            Family::MariaDb => [10, 5, 0],
        }
    }
}

/// MariaDB 10 puts 5.5.5- before its numbers.
pub fn numbers(version: &str) -> Option<Version> {
    let own = version.strip_prefix("5.5.5-").unwrap_or(version);
    let mut numbers = own
        .split(['.', '-'])
        .map_while(|part| part.parse::<u32>().ok());
    let first = numbers.next()?;
    Some([
        first,
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(0),
    ])
}

impl MySql {
    pub fn new(family: Family, plain_backslashes: bool) -> MySql {
        let rules = Rules {
            backslashes: !plain_backslashes,
            name_backslashes: !plain_backslashes,
            ..MYSQL
        };
        MySql {
            family,
            rules,
            version: family.oldest(),
            collation: None,
        }
    }

    /// As a server with its default settings reads.
    pub fn offline(family: Family) -> MySql {
        MySql::new(family, false)
    }

    /// How it reads expressions.
    pub fn flavour(&self) -> Flavour {
        expression::flavour(self.family)
    }

    pub fn family(&self) -> Family {
        self.family
    }

    /// The same for a server that calls itself so.
    pub fn at(self, family: Family, version: &str) -> MySql {
        MySql {
            family,
            version: numbers(version).unwrap_or(family.oldest()),
            ..self
        }
    }

    /// Whether the server is a MySQL or a MariaDB of at least this version.
    pub fn since(&self, family: Family, version: Version) -> bool {
        self.family == family && self.version >= version
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

    /// Bodies are found by `split::piece`.
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

impl Spelling for MySql {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Some places take only what stands in quotes, so that is preferred: where no mode and no
    /// character set of the session reads it differently.
    fn literal(&self, text: &str) -> String {
        let plain = |b: u8| b != b'\\' && (b == b'\n' || b == b'\t' || (0x20..0x7f).contains(&b));
        match text.bytes().all(plain) {
            true => format!("'{}'", text.replace('\'', "''")),
            false => words::literal(text),
        }
    }

    fn name(&self, name: &str) -> String {
        words::quote(name)
    }

    fn moods(&self) -> &'static [&'static str] {
        &[
            "sql_mode",
            "set names",
            "set character",
            "character_set",
            "set charset",
        ]
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

    fn spelling(&self) -> Option<&dyn Spelling> {
        Some(self)
    }

    fn normal_form(&self, text: &str) -> String {
        normal_form(text, &self.rules)
    }

    fn stream_form(&self, slice: &Slice, sink: &mut dyn Sink) -> Result<()> {
        stream(slice, &self.rules, sink)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        if SCHEMAS { Some(self) } else { None }
    }
}
