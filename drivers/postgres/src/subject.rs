//! What a statement that no transaction can hold is about: the objects whose rows in the catalog
//! tell later whether it took effect. Pure, by the words of the statement; what is not understood
//! is `Unknown`, never guessed.

use crate::grammar::RULES;
use initium_driver::sql::lexer::{Kind, tokens};
use std::iter::Peekable;
use std::vec::IntoIter;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// CREATE INDEX CONCURRENTLY; an index without a name gets one from the server.
    NewIndex {
        index: Option<String>,
        table: Name,
    },
    /// DROP INDEX CONCURRENTLY
    OldIndex(Name),
    /// REINDEX INDEX CONCURRENTLY
    Rebuilt(Name),
    /// REINDEX TABLE CONCURRENTLY
    RebuiltTable(Name),
    /// REINDEX SCHEMA or DATABASE CONCURRENTLY
    RebuiltMany,
    /// ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY
    Detached {
        table: Name,
        partition: Name,
    },
    /// CREATE and DROP of what is there or is not.
    Listed {
        kind: List,
        name: String,
    },
    /// Twice is as good as once.
    Repeatable,
    Unknown,
}

/// Where the server lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Database,
    Tablespace,
    Subscription,
}

/// As the server has it, maybe with its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub schema: Option<String>,
    pub name: String,
}

pub fn of(text: &str) -> Subject {
    read(&mut Pieces::new(text)).unwrap_or(Subject::Unknown)
}

fn read(pieces: &mut Pieces) -> Option<Subject> {
    let concurrently = pieces.has("CONCURRENTLY");
    match pieces.word()?.as_str() {
        "CREATE" => create(pieces),
        "DROP" => match pieces.word()?.as_str() {
            "INDEX" if pieces.skip("CONCURRENTLY") => {
                pieces.skip_all(&["IF", "EXISTS"]);
                Some(Subject::OldIndex(pieces.name()?))
            }
            kind => listed(kind, pieces),
        },
        "REINDEX" if concurrently => reindex(pieces),
        "ALTER" => match pieces.word()?.as_str() {
            "TABLE" if concurrently => detach(pieces),
            "SYSTEM" => Some(Subject::Repeatable),
            "DATABASE" if pieces.has("TABLESPACE") => Some(Subject::Repeatable),
            "SUBSCRIPTION" if pieces.has("REFRESH") && !pieces.has("ADD") => {
                Some(Subject::Repeatable)
            }
            _ => None,
        },
        "VACUUM" | "ANALYZE" | "CLUSTER" | "REINDEX" | "SET" | "RESET" => Some(Subject::Repeatable),
        _ => None,
    }
}

fn create(pieces: &mut Pieces) -> Option<Subject> {
    pieces.skip("UNIQUE");
    let kind = pieces.word()?;
    if kind != "INDEX" {
        return listed(&kind, pieces);
    }
    if !pieces.skip("CONCURRENTLY") {
        return None;
    }
    pieces.skip_all(&["IF", "NOT", "EXISTS"]);
    let index = match pieces.skip("ON") {
        true => None,
        false => {
            let index = pieces.name()?.name;
            pieces.skip("ON").then_some(())?;
            Some(index)
        }
    };
    pieces.skip("ONLY");
    let table = pieces.name()?;
    Some(Subject::NewIndex { index, table })
}

fn listed(kind: &str, pieces: &mut Pieces) -> Option<Subject> {
    let kind = match kind {
        "DATABASE" => List::Database,
        "TABLESPACE" => List::Tablespace,
        "SUBSCRIPTION" => List::Subscription,
        _ => return None,
    };
    pieces.skip_all(&["IF", "EXISTS"]);
    let name = pieces.name()?.name;
    Some(Subject::Listed { kind, name })
}

fn reindex(pieces: &mut Pieces) -> Option<Subject> {
    pieces.skip_parentheses();
    let kind = pieces.word()?;
    pieces.skip("CONCURRENTLY");
    match kind.as_str() {
        "INDEX" => Some(Subject::Rebuilt(pieces.name()?)),
        "TABLE" => Some(Subject::RebuiltTable(pieces.name()?)),
        "SCHEMA" | "DATABASE" => Some(Subject::RebuiltMany),
        _ => None,
    }
}

fn detach(pieces: &mut Pieces) -> Option<Subject> {
    pieces.skip_all(&["IF", "EXISTS"]);
    pieces.skip("ONLY");
    let table = pieces.name()?;
    if !pieces.skip("DETACH") || !pieces.skip("PARTITION") {
        return None;
    }
    let partition = pieces.name()?;
    Some(Subject::Detached { table, partition })
}

/// Every name in a text, keywords among them: what is no relation is found nowhere.
pub fn names(text: &str) -> Vec<Name> {
    let mut pieces = Pieces::new(text);
    let mut names = Vec::new();
    while pieces.0.peek().is_some() {
        match pieces.name() {
            Some(name) if !names.contains(&name) => names.push(name),
            Some(_) => {}
            None => drop(pieces.0.next()),
        }
    }
    names
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Word(String),
    Name(String),
    Other(String),
}

/// What counts of a text.
struct Pieces(Peekable<IntoIter<Piece>>);

impl Pieces {
    fn new(text: &str) -> Pieces {
        let tokens = tokens(text, &RULES).unwrap_or_default();
        let pieces: Vec<Piece> = tokens
            .into_iter()
            .filter(|token| !matches!(token.kind, Kind::Blank | Kind::Comment))
            .map(|token| {
                let text = &text[token.range];
                let quoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
                match (token.kind, quoted) {
                    (Kind::Quoted, Some(name)) => Piece::Name(name.replace("\"\"", "\"")),
                    (Kind::Word, _) => Piece::Word(text.to_string()),
                    _ => Piece::Other(text.to_string()),
                }
            })
            .collect();
        Pieces(pieces.into_iter().peekable())
    }

    /// The next word, in capitals.
    fn word(&mut self) -> Option<String> {
        match self.0.next()? {
            Piece::Word(word) => Some(word.to_ascii_uppercase()),
            _ => None,
        }
    }

    fn skip(&mut self, word: &str) -> bool {
        let is = |piece: &Piece| matches!(piece, Piece::Word(w) if w.eq_ignore_ascii_case(word));
        self.0.next_if(is).is_some()
    }

    fn skip_all(&mut self, words: &[&str]) {
        let _ = words.iter().all(|word| self.skip(word));
    }

    fn skip_parentheses(&mut self) {
        let is = |piece: &Piece, sign: &str| matches!(piece, Piece::Other(text) if text == sign);
        if self.0.next_if(|piece| is(piece, "(")).is_some() {
            while self.0.next().is_some_and(|piece| !is(&piece, ")")) {}
        }
    }

    fn has(&self, word: &str) -> bool {
        let mut rest = self.0.clone();
        rest.any(|piece| matches!(piece, Piece::Word(w) if w.eq_ignore_ascii_case(word)))
    }

    /// `[database.][schema.]name`
    fn name(&mut self) -> Option<Name> {
        let mut parts = vec![self.identifier()?];
        while self.0.next_if_eq(&Piece::Other(".".into())).is_some() {
            parts.push(self.identifier()?);
        }
        let name = parts.pop()?;
        let schema = parts.pop();
        Some(Name { schema, name })
    }

    fn identifier(&mut self) -> Option<String> {
        let piece = self.0.next_if(|piece| !matches!(piece, Piece::Other(_)));
        match piece? {
            // The server folds no other letters.
            Piece::Word(word) => Some(word.to_ascii_lowercase()),
            Piece::Name(name) => Some(name),
            Piece::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(schema: Option<&str>, name: &str) -> Name {
        Name {
            schema: schema.map(String::from),
            name: name.into(),
        }
    }

    #[test]
    fn what_stands_alone_names_its_objects() {
        let index = |index: Option<&str>, table| Subject::NewIndex {
            index: index.map(String::from),
            table,
        };
        for (text, subject) in [
            (
                "create unique index concurrently if not exists \"I x\" on only S.T (a)",
                index(Some("I x"), name(Some("s"), "t")),
            ),
            (
                "CREATE INDEX CONCURRENTLY /* c */ ON \"a\"\"b\" (x)",
                index(None, name(None, "a\"b")),
            ),
            (
                "DROP INDEX CONCURRENTLY IF EXISTS s.i",
                Subject::OldIndex(name(Some("s"), "i")),
            ),
            (
                "REINDEX (VERBOSE, CONCURRENTLY) INDEX i",
                Subject::Rebuilt(name(None, "i")),
            ),
            (
                "REINDEX TABLE CONCURRENTLY t",
                Subject::RebuiltTable(name(None, "t")),
            ),
            ("REINDEX SCHEMA CONCURRENTLY s", Subject::RebuiltMany),
            (
                "ALTER TABLE IF EXISTS t DETACH PARTITION s.p CONCURRENTLY",
                Subject::Detached {
                    table: name(None, "t"),
                    partition: name(Some("s"), "p"),
                },
            ),
            (
                "DROP DATABASE IF EXISTS D WITH (FORCE)",
                Subject::Listed {
                    kind: List::Database,
                    name: "d".into(),
                },
            ),
            ("VACUUM (ANALYZE) t", Subject::Repeatable),
            ("ALTER SYSTEM SET a = 1", Subject::Repeatable),
            ("CREATE TABLE t (a int)", Subject::Unknown),
            (
                "CREATE INDEX CONCURRENTLY U&\"d\" ON t (a)",
                Subject::Unknown,
            ),
            ("INSERT INTO t VALUES (1)", Subject::Unknown),
        ] {
            assert_eq!(of(text), subject, "{text}");
        }
    }

    #[test]
    fn every_name_in_a_text_is_found_once() {
        let found = names("ALTER TABLE s.\"T\" ADD x int; DROP INDEX s.\"T\", 'no'");
        assert!(found.contains(&name(Some("s"), "T")));
        assert_eq!(found.iter().filter(|n| n.name == "T").count(), 1);
        assert!(!found.iter().any(|n| n.name.contains("no")));
    }
}
