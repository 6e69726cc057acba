//! The normal form of a text, over which checksums are taken: the tokens that count, joined by a sign
//! no SQL holds. The same for every way to lay a text out, and the same whether the text is held or
//! read in windows. It must never change for a text that was applied.

use super::lexer::{Before, Halt, Kind, Lexer, Rules, Tail, ends_rows, tokens};
use crate::error::Result;
use crate::long::{Breaks, Slice};

const JOIN: &str = "\u{1f}";

/// The normal form of a text that is held.
pub fn normal_form(text: &str, rules: &Rules) -> String {
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let Ok(tokens) = tokens(&text, rules) else {
        return text;
    };
    let mut form = String::new();
    let mut joiner = Joiner::default();
    for token in tokens {
        if !matches!(token.kind, Kind::Blank | Kind::Comment) {
            joiner.word(&text[token.range], &mut |piece| form.push_str(piece));
        }
    }
    form
}

/// What a normal form is made into.
pub trait Sink {
    fn add(&mut self, text: &str);
    /// What was added so far does not count.
    fn again(&mut self);
}

/// The normal form of a stretch of a file.
pub fn stream(slice: &Slice, rules: &Rules, sink: &mut dyn Sink) -> Result<()> {
    if tokens_of(slice, rules, sink)? {
        return Ok(());
    }
    // Something is never closed: then the text is its own form.
    sink.again();
    let mut input = slice.input(Breaks::Unix)?;
    let mut window = String::new();
    while !input.is_over() {
        window.clear();
        input.fill(&mut window, WINDOW)?;
        sink.add(&window);
    }
    Ok(())
}

const WINDOW: usize = 1 << 18;

/// False where the text cannot be read to its end.
fn tokens_of(slice: &Slice, rules: &Rules, sink: &mut dyn Sink) -> Result<bool> {
    let mut input = slice.input(Breaks::Unix)?;
    let mut window = String::new();
    let mut before = Before::default();
    let mut joiner = Joiner::default();
    loop {
        window_to(&mut input, &mut window)?;
        let tail = match input.is_over() {
            true => Tail::Nothing,
            false => Tail::More,
        };
        let mut lexer = Lexer::new(&window, rules).window(before, tail);
        let halt = loop {
            match lexer.token() {
                Ok(Some(token)) => {
                    if !matches!(token.kind, Kind::Blank | Kind::Comment) {
                        joiner.word(&window[token.range], &mut |piece| sink.add(piece));
                    }
                }
                Ok(None) => return Ok(true),
                Err(halt) => break halt,
            }
        };
        before = lexer.before;
        let at = lexer.at;
        match halt {
            Halt::More => drop(window.drain(..at)),
            Halt::Rows => {
                let line = window[at..].find('\n').map_or(window.len(), |n| at + n + 1);
                window.drain(..line);
                before = Before::default();
                joiner.word("", &mut |piece| sink.add(piece));
                if !rows_of(&mut input, &mut window, sink)? {
                    return Ok(false);
                }
            }
            Halt::Unfinished(_) | Halt::Rowless { .. } | Halt::Stray { .. } => return Ok(false),
        }
    }
}

/// Fills the window; twice as long where nothing of it could be used.
fn window_to(input: &mut crate::long::Input, window: &mut String) -> Result<()> {
    let wanted = (window.len() * 2).max(WINDOW);
    input.fill(window, wanted)
}

/// The rows of a COPY count letter for letter, their last line included.
fn rows_of(
    input: &mut crate::long::Input,
    window: &mut String,
    sink: &mut dyn Sink,
) -> Result<bool> {
    loop {
        let mut at = 0;
        while let Some(length) = window[at..].find('\n').map(|n| n + 1) {
            if ends_rows(&window[at..at + length]) {
                sink.add(&window[..at + 2]);
                window.drain(..at + 2);
                return Ok(true);
            }
            at += length;
        }
        if input.is_over() {
            let ends = ends_rows(&window[at..]);
            sink.add(window);
            window.clear();
            return Ok(ends);
        }
        sink.add(&window[..at]);
        window.drain(..at);
        window_to(input, window)?;
    }
}

/// Joins words, and leaves out the semicolons at the end.
#[derive(Default)]
struct Joiner {
    begun: bool,
    semicolons: usize,
}

impl Joiner {
    fn word(&mut self, word: &str, add: &mut dyn FnMut(&str)) {
        if word == ";" {
            self.semicolons += 1;
            return;
        }
        for _ in 0..std::mem::take(&mut self.semicolons) {
            self.one(";", add);
        }
        self.one(word, add);
    }

    fn one(&mut self, word: &str, add: &mut dyn FnMut(&str)) {
        if self.begun {
            add(JOIN);
        }
        self.begun = true;
        add(word);
    }
}
