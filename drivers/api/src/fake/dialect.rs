//! The fake's language: one statement per line, or between `;`.

use super::Flavour;
use super::line::effect;
use crate::driver::{Capabilities, Dialect};
use crate::error::{Code, Error, Result};
use crate::source::{Effect, Source, Statement};

pub struct FakeDialect(pub Flavour);

impl Dialect for FakeDialect {
    fn names(&self) -> &'static [&'static str] {
        match self.0 {
            Flavour::Transactional => &["fake", "postgres"],
            Flavour::Implicit => &["fake", "mysql"],
            Flavour::Plain => &["fake", "redis"],
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: self.0 == Flavour::Transactional,
            transactions: self.0 != Flavour::Plain,
            catalog: self.0 != Flavour::Plain,
        }
    }

    fn split(&self, source: &Source) -> Result<Vec<Statement>> {
        let mut statements = Vec::new();
        let mut start = 0;
        for piece in source.whole()?.split_inclusive(['\n', ';']) {
            let text = piece.trim_end_matches(['\n', ';']).trim();
            let offset = start + piece.len() - piece.trim_start().len();
            start += piece.len();
            if text.is_empty() || text.starts_with("--") {
                continue;
            }
            let place = source.place(offset);
            let Some(effect) = effect(text) else {
                return Err(Error::new(
                    Code::ScriptUnfinished,
                    format!("the fake does not know '{text}'"),
                )
                .place(place));
            };
            let effect = match (self.0, effect) {
                (Flavour::Plain, Effect::Data | Effect::Schema) => Effect::Alone,
                _ => effect,
            };
            statements.push(Statement {
                text: text.into(),
                place,
                lines: source.lines,
                effect,
                lock: None,
                more: None,
            });
        }
        Ok(statements)
    }

    fn normal_form(&self, text: &str) -> String {
        text.split(['\n', ';'])
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|line| !line.is_empty() && !line.starts_with("--"))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
