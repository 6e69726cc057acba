//! A statement as words, and a reader that walks them. Comments are gone, quotes are taken off.
//! Knows nothing of what the words mean.

use initium_driver::sql::lexer::{Kind, Rules, tokens};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A keyword or a plain name.
    Plain,
    /// In backticks or double quotes: a name (or a string; the server knows).
    Name,
    /// In single quotes.
    Text,
    Sign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub form: Form,
}

impl Word {
    pub fn is(&self, word: &str) -> bool {
        matches!(self.form, Form::Plain | Form::Sign) && self.text.eq_ignore_ascii_case(word)
    }
}

/// All words that count; `None` where the text cannot be read.
pub fn words(text: &str, rules: &Rules) -> Option<Vec<Word>> {
    let found = tokens(text, rules).ok()?;
    let found = found
        .iter()
        .filter(|t| !matches!(t.kind, Kind::Blank | Kind::Comment | Kind::Code));
    Some(
        found
            .map(|t| word(t.kind, &text[t.range.clone()]))
            .collect(),
    )
}

fn word(kind: Kind, text: &str) -> Word {
    let quote = text.chars().next().unwrap_or(' ');
    let form = match (kind, quote) {
        (Kind::Quoted, '\'') => Form::Text,
        (Kind::Quoted, _) => Form::Name,
        (Kind::Sign, _) => Form::Sign,
        _ => Form::Plain,
    };
    let text = match kind {
        Kind::Quoted => {
            let inner = text.get(1..text.len() - 1).unwrap_or_default();
            inner.replace(&format!("{quote}{quote}"), &quote.to_string())
        }
        _ => text.trim_start_matches('\u{feff}').to_string(),
    };
    Word { text, form }
}

/// Walks words from left to right.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub rest: &'a [Word],
}

impl<'a> Reader<'a> {
    pub fn sees(&self, word: &str) -> bool {
        self.rest.first().is_some_and(|w| w.is(word))
    }

    /// Takes the word if it comes next.
    pub fn eat(&mut self, word: &str) -> bool {
        let seen = self.sees(word);
        if seen {
            self.rest = &self.rest[1..];
        }
        seen
    }

    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// Takes all of the words if they come next, or none.
    pub fn eat_all(&mut self, words: &[&str]) -> bool {
        let seen = words.len() <= self.rest.len()
            && words
                .iter()
                .zip(self.rest)
                .all(|(word, seen)| seen.is(word));
        if seen {
            self.rest = &self.rest[words.len()..];
        }
        seen
    }

    pub fn next(&mut self) -> Option<&'a Word> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// A name, quoted or not.
    pub fn name(&mut self) -> Option<String> {
        let first = self.rest.first()?;
        if !matches!(first.form, Form::Plain | Form::Name) {
            return None;
        }
        self.next().map(|word| word.text.clone())
    }

    /// `name` or `database.name`.
    pub fn qualified(&mut self) -> Option<(Option<String>, String)> {
        let first = self.name()?;
        if !self.eat(".") {
            return Some((None, first));
        }
        Some((Some(first), self.name()?))
    }

    /// `IF EXISTS`, `IF NOT EXISTS`.
    pub fn condition(&mut self) -> bool {
        self.eat_all(&["IF", "NOT", "EXISTS"]) || self.eat_all(&["IF", "EXISTS"])
    }

    /// MariaDB's `WAIT 5` and `NOWAIT`.
    pub fn patience(&mut self) {
        if self.eat("WAIT") {
            self.next();
        }
        self.eat("NOWAIT");
    }

    /// Up to the word, which is taken; false where it does not come.
    pub fn skip_past(&mut self, word: &str) -> bool {
        match self.rest.iter().position(|w| w.is(word)) {
            Some(at) => {
                self.rest = &self.rest[at + 1..];
                true
            }
            None => false,
        }
    }

    /// The rest, cut at the commas that stand in no parentheses.
    pub fn clauses(&self) -> Vec<Reader<'a>> {
        let mut found = Vec::new();
        let (mut depth, mut from) = (0i32, 0);
        for (at, word) in self.rest.iter().enumerate() {
            match word.form {
                Form::Sign if word.text == "(" => depth += 1,
                Form::Sign if word.text == ")" => depth -= 1,
                Form::Sign if word.text == "," && depth == 0 => {
                    found.push(Reader {
                        rest: &self.rest[from..at],
                    });
                    from = at + 1;
                }
                _ => {}
            }
        }
        found.push(Reader {
            rest: &self.rest[from..],
        });
        found
    }
}
