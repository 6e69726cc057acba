//! A statement as words with their places. Comments are gone; what the server runs of them
//! (`/*! */`) is there. Knows nothing of what the words mean.

use super::tongue::Tongue;
use crate::sql::lexer::Lexer;
use crate::sql::token::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A keyword, a plain name or a number.
    Plain,
    /// In backticks, brackets or double quotes.
    Name,
    Text,
    Sign,
}

#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    pub text: &'a str,
    pub form: Form,
    /// Where it begins in the statement.
    pub at: usize,
    /// Of an open parenthesis: which word closes it.
    pub close: usize,
}

impl Word<'_> {
    pub fn is(&self, word: &str) -> bool {
        matches!(self.form, Form::Plain | Form::Sign) && self.text.eq_ignore_ascii_case(word)
    }

    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// A keyword in capitals; nothing else has any.
    pub fn capitals(&self) -> String {
        match self.form {
            Form::Plain => self.text.to_ascii_uppercase(),
            _ => String::new(),
        }
    }
}

/// How many words are read: a statement may be as long as a dump, and what it does stands in front.
const MOST: usize = 20_000;

/// The words of a statement, as far as they can be read.
pub fn words(text: &str, tongue: Tongue) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    add(text, 0, text.len(), tongue, &mut words);
    close(&mut words);
    words
}

fn add<'a>(text: &'a str, from: usize, to: usize, tongue: Tongue, words: &mut Vec<Word<'a>>) {
    let part = &text[from..to];
    let mut lexer = Lexer::new(part, tongue.rules());
    while let (true, Ok(Some(token))) = (words.len() < MOST, lexer.token()) {
        let piece = &part[token.range.clone()];
        let at = from + token.range.start;
        let form = match token.kind {
            Kind::Blank | Kind::Comment | Kind::Rows => continue,
            Kind::Code => {
                if let Some((begin, end)) = inner(piece) {
                    add(text, at + begin, at + end, tongue, words);
                }
                continue;
            }
            Kind::Word => Form::Plain,
            Kind::Sign => Form::Sign,
            Kind::Quoted => match piece.as_bytes().first() {
                Some(b'"' | b'`' | b'[') => Form::Name,
                _ => Form::Text,
            },
        };
        words.push(Word {
            text: piece,
            form,
            at,
            close: 0,
        });
    }
}

/// What a server runs of `/*!40101 ... */`. A hint (`/*+ */`) runs nothing.
fn inner(piece: &str) -> Option<(usize, usize)> {
    let begin = ["/*!", "/*M!"].into_iter().find(|b| piece.starts_with(b))?;
    let rest = &piece[begin.len()..];
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let range = (begin.len() + digits, piece.len().saturating_sub(2));
    (range.0 <= range.1).then_some(range)
}

/// Each open parenthesis learns where it ends; one that never does ends with the statement.
fn close(words: &mut [Word]) {
    let mut open = Vec::new();
    for n in 0..words.len() {
        if words[n].is("(") {
            words[n].close = words.len();
            open.push(n);
        } else if words[n].is(")")
            && let Some(start) = open.pop()
        {
            words[start].close = n;
        }
    }
}
