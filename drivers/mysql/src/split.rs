//! A script into its statements: DELIMITER lines and bodies that hold semicolons. The server is the
//! judge of SQL; this file only finds ends, and refuses where it cannot find one.

use crate::body::Body;
use initium_driver::sql::lexer::{Halt, Kind, Lexer, Rules, Token, Unfinished};
use initium_driver::sql::split::{Cutter, Piece};
use std::collections::VecDeque;
use std::ops::Range;

const DELIMITER: &str = "DELIMITER";

/// The next piece of a text whose statements end at this delimiter.
pub fn piece(lexer: &mut Lexer, delimiter: &str) -> Result<Option<Piece>, Halt> {
    let splitter = Splitter {
        text: lexer.text,
        cut: Cutter::new(lexer.text, lexer.at),
        lexer,
        ahead: VecDeque::new(),
        body: Body::default(),
        delimiter,
        held: Vec::new(),
    };
    splitter.walk()
}

/// Whether a statement that was cut out holds another one. What cannot be read is not: the server
/// says so.
pub fn is_several(text: &str, rules: &Rules) -> bool {
    let mut lexer = Lexer::new(text, rules);
    let (mut delimiter, mut count) = (";".to_string(), 0);
    loop {
        match piece(&mut lexer, &delimiter) {
            Ok(Some(piece)) => {
                count += usize::from(piece.statement.is_some());
                delimiter = piece.delimiter.unwrap_or(delimiter);
            }
            Ok(None) => return count > 1,
            Err(_) => return false,
        }
    }
}

struct Splitter<'a, 'l> {
    text: &'a str,
    lexer: &'l mut Lexer<'a>,
    /// Tokens that were looked at before their turn.
    ahead: VecDeque<Token>,
    cut: Cutter<'a>,
    body: Body,
    delimiter: &'l str,
    /// Semicolons that end the statement if nothing follows them but its delimiter.
    held: Vec<Token>,
}

impl<'a> Splitter<'a, '_> {
    fn walk(mut self) -> Result<Option<Piece>, Halt> {
        while let Some(Token { kind, range }) = self.token()? {
            if matches!(kind, Kind::Blank | Kind::Comment) {
                continue;
            }
            if kind == Kind::Word
                && let Some((delimiter, line)) = self.directive(range.start, range.end)?
            {
                self.lexer.jump(line);
                return Ok(Some(Piece {
                    delimiter: Some(delimiter),
                    ..self.cut.end(line..line)
                }));
            }
            match self.terminator(kind, range.clone()) {
                Some(terminator) => {
                    if terminator.start > range.start {
                        // `END$$` is one word to the lexer.
                        self.see(kind, range.start..terminator.start)?;
                    }
                    self.lexer.jump(terminator.end);
                    return Ok(Some(self.cut.end(terminator)));
                }
                None => self.see(kind, range)?,
            }
        }
        match self.body.is_open() && self.delimiter == ";" {
            true => Err(Halt::Unfinished(Unfinished {
                offset: self.cut.first.unwrap_or(0),
                what: "a body without its END",
            })),
            false => Ok(self.cut.rest()),
        }
    }

    fn token(&mut self) -> Result<Option<Token>, Halt> {
        match self.ahead.pop_front() {
            Some(token) => Ok(Some(token)),
            None => self.lexer.token(),
        }
    }

    fn see(&mut self, kind: Kind, range: Range<usize>) -> Result<(), Halt> {
        let word = &self.text[range.clone()];
        let token = Token { kind, range };
        if kind == Kind::Sign && word == ";" {
            self.body.semicolon();
            self.held.push(token);
            return Ok(());
        }
        for held in self.held.drain(..) {
            self.cut.see(&held);
        }
        match kind {
            _ if !self.body.is_watching() => {}
            Kind::Word => {
                let word = word.trim_start_matches('\u{feff}').to_ascii_uppercase();
                let next = self.next()?;
                self.body.word(&word, next);
            }
            Kind::Sign => {
                let next = self.next()?;
                self.body.sign(word, next);
            }
            Kind::Code => self.body.code(word),
            _ => self.body.quoted(),
        }
        self.cut.see(&token);
        Ok(())
    }

    /// The next token that counts; what is wrong with it is said when its turn comes.
    fn next(&mut self) -> Result<&'a str, Halt> {
        let counts = |token: &Token| !matches!(token.kind, Kind::Blank | Kind::Comment);
        if let Some(token) = self.ahead.iter().find(|token| counts(token)) {
            return Ok(&self.text[token.range.clone()]);
        }
        loop {
            match self.lexer.token() {
                Ok(Some(token)) => {
                    let range = token.range.clone();
                    let found = counts(&token);
                    self.ahead.push_back(token);
                    if found {
                        return Ok(&self.text[range]);
                    }
                }
                Err(Halt::More) => return Err(Halt::More),
                Ok(None) | Err(_) => return Ok(""),
            }
        }
    }

    /// What ends the statement in this stretch.
    fn terminator(&self, kind: Kind, range: Range<usize>) -> Option<Range<usize>> {
        let delimiter = self.delimiter;
        let found = |at: usize| self.text[at..].starts_with(delimiter);
        let cut = |at: usize| at..at + delimiter.len();
        match kind {
            Kind::Sign if delimiter == ";" => {
                (found(range.start) && !self.body.is_open()).then(|| cut(range.start))
            }
            Kind::Sign if found(range.start) => Some(cut(range.start)),
            // Beside a delimiter of its own, `;` still parts plain statements, as it does for the
            // mysql client (which sends both in one packet).
            Kind::Sign => {
                (&self.text[range.clone()] == ";" && self.body.is_plain()).then_some(range)
            }
            // mysqlbinlog's own.
            Kind::Code if found(range.start) => Some(cut(range.start)),
            Kind::Word if delimiter != ";" => self.text[range.clone()]
                .char_indices()
                .map(|(at, _)| range.start + at)
                .find(|at| found(*at))
                .map(cut),
            _ => None,
        }
    }

    /// A line of the mysql client: from here on statements end elsewhere.
    fn directive(&self, start: usize, end: usize) -> Result<Option<(String, usize)>, Halt> {
        let word = self.text[start..end].trim_start_matches('\u{feff}');
        if !word.eq_ignore_ascii_case(DELIMITER) {
            return Ok(None);
        }
        // Looked at first, or a line of nothing but this word would be read once for each.
        if self.cut.first.is_some() && !self.begins_line(start) {
            return Ok(None);
        }
        let line = self.lexer.line_end(end)?;
        let argument = self.text[end..line].split_whitespace().next();
        if self.cut.first.is_some() {
            self.directive_inside(start, argument)?;
            return Ok(None);
        }
        match argument {
            // Behind it nobody could tell the two apart; mysqlbinlog's own `/*!*/;` is code.
            Some(argument)
                if argument.starts_with(['#'])
                    || argument.starts_with("--")
                    || (argument.starts_with("/*") && !argument.starts_with("/*!")) =>
            {
                Err(Halt::Unfinished(Unfinished {
                    offset: start,
                    what: "a DELIMITER that begins a comment",
                }))
            }
            Some(argument) => Ok(Some((argument.into(), line))),
            None => Err(Halt::Unfinished(Unfinished {
                offset: start,
                what: "a DELIMITER line that names no delimiter",
            })),
        }
    }

    fn begins_line(&self, start: usize) -> bool {
        let before = &self.text[..start];
        let before = before.trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
        before.is_empty() || before.ends_with('\n')
    }

    /// `delimiter` may be the name of a column; alone on its line with signs behind it, it is a
    /// directive before which a delimiter is missing.
    fn directive_inside(&self, start: usize, argument: Option<&str>) -> Result<(), Halt> {
        let line = self.text[..start].rsplit('\n').next().unwrap_or_default();
        let signs = |text: &str| !text.is_empty() && text.bytes().all(|b| b";/$|".contains(&b));
        if line.trim().is_empty() && argument.is_some_and(signs) {
            return Err(Halt::Unfinished(Unfinished {
                offset: self.cut.first.unwrap_or(start),
                what: "a statement before a DELIMITER line",
            }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
