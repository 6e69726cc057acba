//! Where SQLite's statements end: at `;`, and inside a trigger at `; END ;` only. That is what the
//! grammar says (every statement of a body has its `;`), so CASE ... END needs no counting.

use initium_driver::sql::lexer::{Halt, Kind, Lexer, Unfinished};
use initium_driver::sql::split::{Cutter, Piece};

/// What stood last in a trigger's body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Other,
    Semicolon,
    End,
}

/// The next piece.
pub fn piece(lexer: &mut Lexer) -> Result<Option<Piece>, Halt> {
    let text = lexer.text;
    let mut cut = Cutter::new(text, lexer.at);
    let mut last = Last::Other;
    while let Some(token) = lexer.token()? {
        let word = &text[token.range.clone()];
        match token.kind {
            Kind::Blank | Kind::Comment => continue,
            // A byte order mark is a blank to SQLite, wherever files were joined.
            Kind::Word if word.chars().all(|c| c == '\u{feff}') => continue,
            Kind::Sign if word == ";" => {
                if !in_body(&cut.head) || last == Last::End {
                    return Ok(Some(cut.end(token.range)));
                }
                last = Last::Semicolon;
            }
            Kind::Word => {
                let word = word.trim_start_matches('\u{feff}').to_ascii_uppercase();
                last = if word == "END" && last == Last::Semicolon {
                    Last::End
                } else {
                    Last::Other
                };
                let trigger = || cut.head.iter().take(4).any(|w| w == "CREATE");
                if cut.head.len() < 4 || trigger() {
                    cut.head.push(word);
                }
            }
            _ => last = Last::Other,
        }
        cut.see(&token);
    }
    if in_body(&cut.head) && last != Last::End {
        return Err(Halt::Unfinished(Unfinished {
            offset: cut.first.unwrap_or(0),
            what: "a trigger without its END",
        }));
    }
    Ok(cut.rest())
}

/// `[EXPLAIN [QUERY PLAN]] CREATE [TEMP|TEMPORARY] TRIGGER ... BEGIN ...`
fn in_body(head: &[String]) -> bool {
    let mut words = head.iter().map(String::as_str).peekable();
    while words
        .next_if(|w| matches!(*w, "EXPLAIN" | "QUERY" | "PLAN"))
        .is_some()
    {}
    if words.next() != Some("CREATE") {
        return false;
    }
    words.next_if(|w| matches!(*w, "TEMP" | "TEMPORARY"));
    words.next() == Some("TRIGGER") && words.any(|w| w == "BEGIN")
}
