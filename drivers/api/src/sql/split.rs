//! A script into its statements. The pieces concatenate to the script: no byte is skipped unseen.

use super::lexer::{Kind, Rules, Token, Unfinished, tokens};
use crate::error::{Code, Error, Result};
use crate::source::{Effect, Source, Statement};
use std::ops::Range;

/// A stretch of the script; the statement in it, if any, without its terminator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub range: Range<usize>,
    pub statement: Option<Range<usize>>,
}

/// What a SQL dialect says about its statements.
pub trait Grammar {
    fn rules(&self) -> &Rules;

    /// Whether this word opens a body in which `;` does not end the statement; `head` holds the
    /// statement's words so far, in capitals, and `depth` how many bodies are open.
    fn opens(&self, head: &[String], word: &str, depth: usize) -> bool;

    /// What the statement does to the transaction around it, by its first words in capitals.
    fn effect(&self, words: &[String]) -> Effect;

    /// The strongest lock it is known to take.
    fn lock(&self, words: &[String]) -> Option<&'static str>;

    fn pieces(&self, text: &str) -> Result<Vec<Piece>, Unfinished> {
        by_semicolon(self, text)
    }

    /// Refuses what this dialect cannot run, with the reason.
    fn refuses(&self, _text: &str, _words: &[String]) -> Option<String> {
        None
    }
}

/// How many words of a statement are looked at to tell what it is.
const WORDS: usize = 24;

/// The first words of a statement, in capitals, without what is quoted.
pub fn words(text: &str, rules: &Rules) -> Vec<String> {
    tokens(text, rules)
        .unwrap_or_default()
        .into_iter()
        .filter(|t| t.kind == Kind::Word)
        .take(WORDS)
        .map(|t| text[t.range].to_ascii_uppercase())
        .collect()
}

/// Splits at every `;` outside quotes, comments, parentheses and bodies.
pub fn by_semicolon<G: Grammar + ?Sized>(
    grammar: &G,
    text: &str,
) -> Result<Vec<Piece>, Unfinished> {
    let mut pieces = Vec::new();
    let mut cut = Cutter::new(text);
    let (mut parens, mut depth) = (0usize, 0usize);
    for token in tokens(text, grammar.rules())? {
        let word = &text[token.range.clone()];
        match (token.kind, word) {
            (Kind::Sign, "(") => parens += 1,
            (Kind::Sign, ")") => parens = parens.saturating_sub(1),
            (Kind::Sign, ";") if parens == 0 && depth == 0 => {
                pieces.push(cut.end(token.range));
                continue;
            }
            (Kind::Word, _) => {
                let word = word.trim_start_matches('\u{feff}').to_ascii_uppercase();
                if grammar.opens(&cut.head, &word, depth) {
                    depth += 1;
                } else if depth > 0 && word == "END" {
                    depth -= 1;
                }
                cut.head.push(word);
            }
            _ => {}
        }
        cut.see(&token);
    }
    if depth > 0 {
        return Err(Unfinished {
            offset: cut.first.unwrap_or(0),
            what: "a body without its END",
        });
    }
    pieces.extend(cut.rest());
    Ok(pieces)
}

/// Where the piece and the statement in it begin and end.
pub struct Cutter<'a> {
    text: &'a str,
    start: usize,
    pub first: Option<usize>,
    last: usize,
    pub head: Vec<String>,
}

impl<'a> Cutter<'a> {
    pub fn new(text: &'a str) -> Cutter<'a> {
        // A byte order mark belongs to no statement.
        let last = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Cutter {
            text,
            start: 0,
            first: None,
            last,
            head: Vec::new(),
        }
    }

    /// A token of the statement.
    pub fn see(&mut self, token: &Token) {
        if matches!(token.kind, Kind::Blank | Kind::Comment) {
            return;
        }
        let bom = token.range.start == 0 && self.text.starts_with('\u{feff}');
        let from = if bom { 3 } else { token.range.start };
        if from < token.range.end {
            self.first.get_or_insert(from);
            self.last = token.range.end;
        }
    }

    /// The statement ends before this terminator.
    pub fn end(&mut self, terminator: Range<usize>) -> Piece {
        let piece = Piece {
            range: self.start..terminator.end,
            statement: self.first.map(|first| first..self.last),
        };
        self.start = terminator.end;
        self.first = None;
        self.head.clear();
        piece
    }

    /// What stands after the last terminator.
    pub fn rest(mut self) -> Option<Piece> {
        (self.start < self.text.len()).then(|| self.end(self.text.len()..self.text.len()))
    }
}

/// The statements of a source, classified and placed.
pub fn statements<G: Grammar + ?Sized>(grammar: &G, source: &Source) -> Result<Vec<Statement>> {
    let pieces = grammar.pieces(&source.text).map_err(|unfinished| {
        Error::new(
            Code::ScriptUnfinished,
            format!("{} is opened here and never closed", unfinished.what),
        )
        .help("nothing of the script was run; close it, or quote it as the database wants it")
        .place(source.place(unfinished.offset))
        .excerpt(source.excerpt(unfinished.offset))
    })?;
    pieces
        .into_iter()
        .filter_map(|piece| piece.statement)
        .map(|range| {
            let text = &source.text[range.clone()];
            let words = words(text, grammar.rules());
            if let Some(reason) = grammar.refuses(text, &words) {
                return Err(Error::new(Code::NotSupported, reason)
                    .help("nothing of the script was run; take this out or write it in SQL")
                    .place(source.place(range.start))
                    .excerpt(source.excerpt(range.start)));
            }
            Ok(Statement {
                text: text.to_string(),
                place: source.place(range.start),
                lines: source.lines,
                effect: grammar.effect(&words),
                lock: grammar.lock(&words),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lexer::ANSI;
    use super::*;

    struct Plain;

    impl Grammar for Plain {
        fn rules(&self) -> &Rules {
            &ANSI
        }
        fn opens(&self, head: &[String], word: &str, depth: usize) -> bool {
            (word == "BEGIN" && head.iter().any(|w| w == "TRIGGER"))
                || (depth > 0 && word == "CASE")
        }
        fn effect(&self, _: &[String]) -> Effect {
            Effect::Data
        }
        fn lock(&self, _: &[String]) -> Option<&'static str> {
            None
        }
    }

    fn split(text: &str) -> Vec<String> {
        let pieces = Plain.pieces(text).expect("finished");
        assert_eq!(
            pieces
                .iter()
                .map(|p| &text[p.range.clone()])
                .collect::<String>(),
            text
        );
        pieces
            .into_iter()
            .filter_map(|p| p.statement)
            .map(|r| text[r].to_string())
            .collect()
    }

    #[test]
    fn a_script_falls_into_its_statements() {
        assert_eq!(
            split("a; -- x;\n b ;;\n ';' (c;d)"),
            ["a", "b", "';' (c;d)"]
        );
        assert_eq!(split("-- only a comment\n"), [""; 0]);
        assert_eq!(split("\u{feff}a;"), ["a"]);
        assert_eq!(split("\u{feff};"), [""; 0]);
    }

    #[test]
    fn a_body_keeps_its_semicolons() {
        let trigger = "create trigger t begin update a set b = case when 1 then 2 end; end";
        assert_eq!(split(&format!("{trigger}; x")), [trigger, "x"]);
        assert!(Plain.pieces("create trigger t begin a;").is_err());
    }

    #[test]
    fn a_statement_knows_its_place() {
        let source = Source::file("a.sql", "-- hi\n  one;\n two");
        let found = statements(&Plain, &source).expect("finished");
        let places: Vec<_> = found
            .iter()
            .map(|s| (s.place.line, s.place.column))
            .collect();
        assert_eq!(places, [(2, 3), (3, 2)]);
    }
}
