//! Which name a key gets, and whether it has it already. A second run must find nothing to do, so
//! where nobody could tell an old name from a new one, the step is refused.

use crate::bulk::pattern::{Pattern, Piece, Set, Spans};
use crate::bulk::select::Select;
use crate::bulk::template::Template;
use initium_driver::{Code, Error, Result};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct Move {
    to: Template,
    /// What all new names match.
    made: Pattern,
    /// New names are selected as well, and are known by [`Move::made`].
    again: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    New(Vec<u8>),
    /// It is the new name.
    Same,
    /// It would be moved a second time by the next run.
    Again(Vec<u8>),
}

impl Move {
    pub fn new(to: &str, select: &Select) -> Result<Move> {
        let to = Template::parse(to, &select.pattern)?;
        if to.is_fixed() && !select.pattern.wildcards().is_empty() {
            let message = format!(
                "all keys of {:?} would get the same name",
                select.pattern.text()
            );
            return Err(Error::new(Code::SpecInvalid, message)
                .help("say what tells them apart: $1 is what the first wildcard stands for"));
        }
        let made = to.pattern(&select.pattern)?;
        let old = generic(&select.pattern);
        let mut spans = Vec::new();
        select.pattern.find(&old, &mut spans);
        let new = to.fill(&old, &spans);
        let again = new != old && select.takes(&new);
        if again && meet(&plain(&select.pattern), &made.pieces()) {
            let message = format!(
                "nobody could tell which keys of {:?} are moved already: an old name may match {:?}, as new names do",
                select.pattern.text(),
                made.text()
            );
            let help = format!("say that these are done: unless: '{}'", made.text());
            return Err(Error::new(Code::SpecInvalid, message).help(help));
        }
        Ok(Move { to, made, again })
    }

    /// `spans` are the captures of the key, which is selected.
    pub fn name(&self, key: &[u8], spans: &Spans, select: &Select) -> Name {
        let new = self.to.fill(key, spans);
        if new == key || (self.again && self.made.matches(key)) {
            return Name::Same;
        }
        if !self.again && select.takes(&new) {
            return Name::Again(new);
        }
        Name::New(new)
    }
}

/// What people make names of. Other signs divide names, and are what a new name is known by.
fn word() -> Set {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    Set::of((0..=u8::MAX).filter(word))
}

/// An old name as most are.
fn generic(pattern: &Pattern) -> Vec<u8> {
    let mut name = Vec::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Byte(byte) => name.push(byte),
            Piece::Star => name.extend_from_slice(b"word"),
            Piece::One(set) => name.extend(set.both(word()).first().or(set.first())),
        }
    }
    name
}

/// The pattern of old names that have plain words in the place of wildcards.
fn plain(pattern: &Pattern) -> Vec<Part> {
    let part = |piece| match piece {
        Piece::Byte(byte) => Part::One(Set::of([byte])),
        Piece::One(set) => Part::One(set.both(word())),
        Piece::Star => Part::Many(word()),
    };
    pattern.pieces().into_iter().map(part).collect()
}

#[derive(Clone, Copy)]
enum Part {
    One(Set),
    Many(Set),
}

/// Whether there is a name that both match: all pairs of places in the two are walked through.
fn meet(old: &[Part], made: &[Piece]) -> bool {
    let made: Vec<Part> = made
        .iter()
        .map(|piece| match piece {
            Piece::Byte(byte) => Part::One(Set::of([*byte])),
            Piece::One(set) => Part::One(*set),
            Piece::Star => Part::Many(Set::ALL),
        })
        .collect();
    let mut seen = BTreeSet::new();
    let mut open = vec![(0, 0)];
    while let Some((a, b)) = open.pop() {
        if !seen.insert((a, b)) {
            continue;
        }
        if let Some(Part::Many(_)) = old.get(a) {
            open.push((a + 1, b));
        }
        if let Some(Part::Many(_)) = made.get(b) {
            open.push((a, b + 1));
        }
        match (old.get(a), made.get(b)) {
            (None, None) => return true,
            (Some(left), Some(right)) => {
                let (x, next_a) = step(*left, a);
                let (y, next_b) = step(*right, b);
                if x.both(y).first().is_some() {
                    open.push((next_a, next_b));
                }
            }
            _ => {}
        }
    }
    false
}

fn step(part: Part, at: usize) -> (Set, usize) {
    match part {
        Part::One(set) => (set, at + 1),
        Part::Many(set) => (set, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(pattern: &str, unless: &[&str], to: &str) -> Result<(Select, Move)> {
        let select = Select::new(pattern, unless.iter().copied(), None)?;
        let made = Move::new(to, &select)?;
        Ok((select, made))
    }

    fn name(pattern: &str, to: &str, key: &str) -> Name {
        let (select, made) = made(pattern, &[], to).expect("a move");
        let mut spans = Vec::new();
        assert!(select.pattern.find(key.as_bytes(), &mut spans));
        made.name(key.as_bytes(), &spans, &select)
    }

    #[test]
    fn a_new_name_that_is_selected_again_is_known_by_its_form() {
        let new = Name::New(b"user:{1}".to_vec());
        assert_eq!(name("user:*", "user:{$1}", "user:1"), new);
        assert_eq!(name("user:*", "user:{$1}", "user:{1}"), Name::Same);
        assert_eq!(name("*", "app:$1", "app:x"), Name::Same);
        assert_eq!(name("a:*", "b:$1", "a:x"), Name::New(b"b:x".to_vec()));
        assert_eq!(name("a:*", "$0", "a:x"), Name::Same);
    }

    #[test]
    fn one_name_for_all_keys_is_refused() {
        for pattern in ["user:*", "user:?", "user:[ab]"] {
            let error = made(pattern, &[], "user").map(drop).expect_err(pattern);
            assert!(error.message().contains("the same name"), "{error}");
        }
        made("user", &[], "person").expect("one key");
        made("user:*:*", &[], "user:$2").expect("a part of the name");
    }

    #[test]
    fn a_key_that_the_next_run_would_move_again_is_not_moved() {
        let again = Name::Again(b"user:5".to_vec());
        assert_eq!(name("user:*", "$1", "user:user:5"), again);
        assert_eq!(name("user:*", "$1", "user:5"), Name::New(b"5".to_vec()));
    }

    #[test]
    fn a_move_that_cannot_be_told_from_its_result_is_refused() {
        for (pattern, to) in [
            ("a:*", "a:b$1"),
            ("*", "app-$1"),
            ("k?", "k$1$1"),
            ("*", "$1$1"),
        ] {
            let Err(error) = made(pattern, &[], to) else {
                assert_eq!(pattern, "k?", "{to}");
                continue;
            };
            assert_eq!(error.code(), Code::SpecInvalid, "{pattern} {to}");
            assert!(
                error
                    .help_text()
                    .is_some_and(|help| help.contains("unless"))
            );
        }
        made("a:*", &["a:b*"], "a:b$1").expect("the author said what is done");
    }
}
