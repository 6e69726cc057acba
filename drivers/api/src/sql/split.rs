//! A script into its statements. The pieces concatenate to the script: no byte is skipped unseen.

use super::lexer::{Halt, Kind, Lexer, Rules, Token, Unfinished};
use super::reading::Reading;
use crate::error::{Code, Error, Result};
use crate::source::{Effect, Position, Statement};
use std::ops::Range;

/// A stretch of the script; the statement in it, if any, without its terminator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub range: Range<usize>,
    pub statement: Option<Range<usize>>,
    /// What ends statements from here on, where the piece says so.
    pub delimiter: Option<String>,
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

    /// The next piece; none at the end of the text.
    fn piece(&self, lexer: &mut Lexer, _reading: &Reading) -> Result<Option<Piece>, Halt> {
        by_semicolon(self, lexer)
    }

    /// All pieces of a text, read as the dialect reads it at first.
    fn pieces(&self, text: &str) -> Result<Vec<Piece>, Unfinished> {
        let mut lexer = Lexer::new(text, self.rules());
        let mut reading = Reading::new(self.rules());
        let mut pieces = Vec::new();
        loop {
            match self.piece(&mut lexer, &reading) {
                Ok(Some(piece)) => {
                    if let Some(delimiter) = &piece.delimiter {
                        reading.delimiter.clone_from(delimiter);
                    }
                    pieces.push(piece);
                }
                Err(Halt::Unfinished(unfinished)) => return Err(unfinished),
                _ => return Ok(pieces),
            }
        }
    }

    /// The first words of a statement, in capitals.
    fn words(&self, text: &str, rules: &Rules) -> Vec<String> {
        words(text, rules)
    }

    /// Refuses what this dialect cannot run, with the reason.
    fn refuses(&self, _text: &str, _words: &[String], _rules: &Rules) -> Option<String> {
        None
    }

    /// How the script is read behind this statement, if that changes; or why nobody can tell.
    fn follow(
        &self,
        _text: &str,
        _words: &[String],
        _reading: &Reading,
    ) -> Result<Option<Reading>, String> {
        Ok(None)
    }

    /// A line that only speaks to the database's own client, and may be passed over.
    fn passes(&self, _line: &str) -> bool {
        false
    }

    /// Whether statements like this one may be run as a run of several, in one transaction.
    fn joins(&self, words: &[String], effect: Effect) -> bool {
        effect == Effect::Data && words.first().is_some_and(|word| word != "SET")
    }
}

/// How many words of a statement are looked at to tell what it is.
const WORDS: usize = 24;

/// The first words of a statement, in capitals, without what is quoted.
pub fn words(text: &str, rules: &Rules) -> Vec<String> {
    let mut lexer = Lexer::new(text, rules);
    let mut words = Vec::new();
    while let (true, Ok(Some(token))) = (words.len() < WORDS, lexer.token()) {
        if token.kind == Kind::Word {
            words.push(text[token.range].to_ascii_uppercase());
        }
    }
    words
}

/// Ends at a `;` outside quotes, comments, parentheses and bodies, or behind the rows of a COPY.
pub fn by_semicolon<G: Grammar + ?Sized>(
    grammar: &G,
    lexer: &mut Lexer,
) -> Result<Option<Piece>, Halt> {
    let text = lexer.text;
    let mut cut = Cutter::new(text, lexer.at);
    let mut semicolon = 0..0;
    let (mut parens, mut depth) = (0usize, 0usize);
    loop {
        let token = match lexer.token() {
            Ok(Some(token)) => token,
            Ok(None) => break,
            Err(Halt::Rows) => return Ok(Some(cut.end(semicolon))),
            Err(halt) => return Err(halt),
        };
        let word = &text[token.range.clone()];
        match (token.kind, word) {
            (Kind::Sign, "(") => parens += 1,
            (Kind::Sign, ")") => parens = parens.saturating_sub(1),
            (Kind::Sign, ";") if lexer.rows_follow() => {
                semicolon = token.range;
                continue;
            }
            (Kind::Sign, ";") if parens == 0 && depth == 0 => {
                return Ok(Some(cut.end(token.range)));
            }
            (Kind::Sign, "\\") if cut.first.is_none() => {
                let end = lexer.line_end(token.range.start)?;
                if grammar.passes(&text[token.range.start..end]) {
                    lexer.jump(end);
                    return Ok(Some(cut.end(end..end)));
                }
            }
            (Kind::Rows, _) => {
                let end = token.range.end;
                cut.see(&token);
                return Ok(Some(cut.end(end..end)));
            }
            (Kind::Blank | Kind::Comment, _) => continue,
            // The line of the COPY goes on.
            _ if !semicolon.is_empty() => return Err(cut.rowless()),
            (Kind::Word, _) => {
                let word = word.trim_start_matches('\u{feff}').to_ascii_uppercase();
                if grammar.opens(&cut.head, &word, depth) {
                    depth += 1;
                } else if depth > 0 && word == "END" {
                    depth -= 1;
                }
                // The first words, and the last one.
                cut.head.truncate(WORDS);
                cut.head.push(word);
            }
            _ => {}
        }
        cut.see(&token);
    }
    if depth > 0 {
        return Err(Halt::Unfinished(Unfinished {
            offset: cut.first.unwrap_or(0),
            what: "a body without its END",
        }));
    }
    match semicolon.is_empty() && !lexer.wants_rows() {
        true => Ok(cut.rest()),
        false => Err(cut.rowless()),
    }
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
    /// A piece begins at `start`.
    pub fn new(text: &'a str, start: usize) -> Cutter<'a> {
        Cutter {
            text,
            start,
            first: None,
            last: start,
            head: Vec::new(),
        }
    }

    /// A token of the statement.
    pub fn see(&mut self, token: &Token) {
        if matches!(token.kind, Kind::Blank | Kind::Comment) {
            return;
        }
        // A byte order mark belongs to no statement.
        let bom = token.range.start == 0 && self.text.starts_with('\u{feff}');
        let from = if bom { 3 } else { token.range.start };
        if from < token.range.end {
            self.first.get_or_insert(from);
            self.last = token.range.end;
        }
    }

    /// The statement ends before this terminator.
    pub fn end(self, terminator: Range<usize>) -> Piece {
        Piece {
            range: self.start..terminator.end,
            statement: self.first.map(|first| first..self.last),
            delimiter: None,
        }
    }

    fn rowless(&self) -> Halt {
        let offset = self.first.unwrap_or(self.start);
        Halt::Rowless { offset }
    }

    /// What stands after the last terminator.
    pub fn rest(self) -> Option<Piece> {
        let end = self.text.len();
        (self.start < end).then(|| self.end(end..end))
    }
}

/// One statement that was cut out: classified, placed, or refused. Changes how the rest is read.
pub fn statement<G: Grammar + ?Sized>(
    grammar: &G,
    text: &str,
    at: &Position,
    file: &str,
    reading: &mut Reading,
) -> Result<Statement> {
    let words = grammar.words(text, &reading.rules);
    let refused = |reason: String| {
        Error::new(Code::NotSupported, reason)
            .help("nothing of the script was run; take this out or write it in SQL")
            .place(at.place(file))
            .excerpt(at.excerpt(text, 0))
    };
    if let Some(reason) = grammar.refuses(text, &words, &reading.rules) {
        return Err(refused(reason));
    }
    if let Some(next) = grammar.follow(text, &words, reading).map_err(refused)? {
        *reading = next;
    }
    Ok(Statement {
        text: text.to_string(),
        place: at.place(file),
        lines: at.lines,
        effect: grammar.effect(&words),
        lock: grammar.lock(&words),
        more: None,
    })
}

/// Why a script cannot be read on; `at` is where `text` begins.
pub fn halted(halt: Halt, text: &str, from: usize, at: &Position, file: &str) -> Error {
    let (offset, error) = match halt {
        Halt::Stray { offset, what } => (
            offset,
            Error::new(
                Code::ScriptUnfinished,
                format!("{} stands outside of quotes and comments", named(what)),
            )
            .help("it came with a copy from elsewhere and cannot be seen: write a blank or nothing instead"),
        ),
        Halt::Unfinished(unfinished) => (
            unfinished.offset,
            Error::new(
                Code::ScriptUnfinished,
                format!("{} is opened here and never closed", unfinished.what),
            )
            .help("nothing of the script was run; close it, or quote it as the database wants it"),
        ),
        Halt::Rowless { offset } => (
            offset,
            Error::new(Code::ScriptUnfinished, "the rows of this COPY are missing")
                .help("they begin on the line below it, and the line \\. ends them; or write INSERT"),
        ),
        Halt::More | Halt::Rows => (
            from,
            Error::new(Code::ScriptUnfinished, "the script ends too early"),
        ),
    };
    let offset = offset.saturating_sub(from);
    error
        .place(at.behind(text, offset).place(file))
        .excerpt(at.excerpt(text, offset))
}

fn named(what: char) -> String {
    let name = match what {
        '\u{a0}' => "a no-break space",
        '\u{202f}' => "a narrow no-break space",
        '\u{feff}' => "a byte order mark",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' | '\u{2060}' => "a zero-width joiner",
        _ => "a sign that turns the direction of text",
    };
    format!("{name} (U+{:04X})", u32::from(what))
}

#[cfg(test)]
mod tests {
    use super::super::lexer::ANSI;
    use super::super::stretch::{Runs, statements};
    use super::*;
    use crate::source::Source;

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
        let found = statements(&Plain, &[source], Runs::Parted).expect("finished");
        let places: Vec<_> = found
            .iter()
            .map(|s| (s.place.line, s.place.column))
            .collect();
        assert_eq!(places, [(2, 3), (3, 2)]);
    }
}
