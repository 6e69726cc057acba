//! Walks the words of a statement from left to right. A parenthesis is one step, so no reader goes
//! over the same words twice.

use super::tongue::Tongue;
use super::word::{Form, Word};
use std::fmt;
use std::ops::Range;

/// As the statement says it, maybe with its schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    pub schema: Option<String>,
    pub name: String,
}

impl Name {
    /// Whether both may be the same object: one of them may say no schema.
    pub fn meets(&self, other: &Name) -> bool {
        let schemas = self.schema.as_ref().zip(other.schema.as_ref());
        schemas.is_none_or(|(a, b)| a.eq_ignore_ascii_case(b))
            && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

#[derive(Clone, Copy)]
pub struct Reader<'w, 'a> {
    text: &'a str,
    words: &'w [Word<'a>],
    at: usize,
    end: usize,
    pub tongue: Tongue,
}

impl<'w, 'a> Reader<'w, 'a> {
    pub fn new(text: &'a str, words: &'w [Word<'a>], tongue: Tongue) -> Reader<'w, 'a> {
        Reader {
            text,
            words,
            at: 0,
            end: words.len(),
            tongue,
        }
    }

    pub fn is_over(&self) -> bool {
        self.at >= self.end
    }

    pub fn peek(&self) -> Option<&'w Word<'a>> {
        self.words[..self.end].get(self.at)
    }

    /// The word that was read `n` words ago.
    pub fn before(&self, n: usize) -> Option<&'w Word<'a>> {
        self.words.get(self.at.checked_sub(n)?)
    }

    pub fn next(&mut self) -> Option<&'w Word<'a>> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    pub fn sees(&self, word: &str) -> bool {
        self.peek().is_some_and(|seen| seen.is(word))
    }

    pub fn sees_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.sees(word))
    }

    /// Takes the word if it comes next.
    pub fn eat(&mut self, word: &str) -> bool {
        let seen = self.sees(word);
        self.at += usize::from(seen);
        seen
    }

    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// Takes all of the words if they come next, or none.
    pub fn eat_all(&mut self, words: &[&str]) -> bool {
        let mut ahead = *self;
        let all = words.iter().all(|word| ahead.eat(word));
        if all {
            *self = ahead;
        }
        all
    }

    /// `IF EXISTS`, `IF NOT EXISTS`
    pub fn condition(&mut self) -> bool {
        self.eat_all(&["IF", "EXISTS"]) || self.eat_all(&["IF", "NOT", "EXISTS"])
    }

    /// Steps over a word, or over a parenthesis with all that is in it.
    pub fn skip(&mut self) {
        if let Some(word) = self.peek() {
            self.at = match word.is("(") {
                true => (word.close + 1).min(self.end),
                false => self.at + 1,
            };
        }
    }

    /// What stands between parentheses that come next.
    pub fn inside(&mut self) -> Option<Reader<'w, 'a>> {
        let open = self.peek().filter(|word| word.is("("))?;
        let inner = Reader {
            at: self.at + 1,
            end: open.close.min(self.end).max(self.at + 1),
            ..*self
        };
        self.skip();
        Some(inner)
    }

    /// Whether a word stands somewhere ahead, outside parentheses.
    pub fn has(&self, word: &str) -> bool {
        self.find(&[word]).is_some()
    }

    /// Behind these words, wherever they stand ahead outside parentheses.
    pub fn find(&self, words: &[&str]) -> Option<Reader<'w, 'a>> {
        let mut ahead = *self;
        while !ahead.is_over() {
            if ahead.eat_all(words) {
                return Some(ahead);
            }
            ahead.skip();
        }
        None
    }

    /// Up to these commas that are in no parenthesis.
    pub fn parts(mut self) -> Vec<Reader<'w, 'a>> {
        let mut parts = Vec::new();
        let mut from = self;
        while !self.is_over() {
            if self.sees(",") {
                parts.push(Reader {
                    end: self.at,
                    ..from
                });
                self.at += 1;
                from = self;
            } else {
                self.skip();
            }
        }
        if !from.is_over() {
            parts.push(from);
        }
        parts
    }

    /// The bytes of what is left.
    pub fn range(&self) -> Range<usize> {
        let words = self.words.get(self.at..self.end).unwrap_or_default();
        match (words.first(), words.last()) {
            (Some(first), Some(last)) => first.at..last.end(),
            _ => self.text.len()..self.text.len(),
        }
    }

    /// What is left, as it is written.
    pub fn rest(&self) -> &'a str {
        &self.text[self.range()]
    }

    /// What was read since `from` stood there, as it is written.
    pub fn since(&self, from: &Reader<'w, 'a>) -> &'a str {
        Reader {
            end: self.at,
            ..*from
        }
        .rest()
    }

    /// A name, quoted or not.
    pub fn name(&mut self) -> Option<String> {
        let word = self.peek()?;
        let name = match word.form {
            // No other letters are folded.
            Form::Plain if self.tongue == Tongue::Postgres => word.text.to_ascii_lowercase(),
            Form::Plain => word.text.into(),
            Form::Name => bare(word.text),
            // SQLite and MySQL take a string for a name in some places; it is not looked for here.
            Form::Text | Form::Sign => return None,
        };
        self.at += 1;
        Some(name)
    }

    /// `[schema.]name`, of which a third part in front is not kept.
    pub fn path(&mut self) -> Option<Name> {
        let mut name = Name {
            schema: None,
            name: self.name()?,
        };
        while self.eat(".") {
            name = Name {
                schema: Some(name.name),
                name: self.name()?,
            };
        }
        Some(name)
    }

    /// The first word of each part between parentheses, as a name: the columns of a key.
    pub fn columns(&mut self) -> Vec<String> {
        let inner = self.inside().map(Reader::parts).unwrap_or_default();
        inner.into_iter().filter_map(|mut one| one.name()).collect()
    }

    /// The next string, without its quotes.
    pub fn string(&mut self) -> Option<&'a str> {
        let word = self.peek().filter(|word| word.form == Form::Text)?;
        self.at += 1;
        let text = word.text.trim_start_matches(['E', 'e']);
        let text = text.strip_prefix('\'').unwrap_or(text);
        Some(text.strip_suffix('\'').unwrap_or(text))
    }
}

/// A quoted name without its quotes.
fn bare(text: &str) -> String {
    let mut inner = text.chars();
    let quote = inner.next().unwrap_or('"');
    inner.next_back();
    match quote {
        '[' => inner.as_str().into(),
        quote => inner
            .as_str()
            .replace(&format!("{quote}{quote}"), &quote.to_string()),
    }
}
