//! Globs exactly as Redis reads them, with what each wildcard stood for. Bytes, not characters.
//! What Redis would read in a way that nobody means is refused, never guessed.

use initium_driver::{Code, Error, Result};

/// Where the captures of a key begin and end.
pub type Spans = Vec<(usize, usize)>;

#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    /// What stands before the first star.
    head: Vec<Atom>,
    /// What stands behind each star.
    rest: Vec<Vec<Atom>>,
    /// How each wildcard is written, in order.
    wildcards: Vec<String>,
}

/// What one byte may be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Atom {
    Byte(u8),
    One(Set),
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set([u64; 4]);

impl Set {
    pub const ALL: Set = Set([u64::MAX; 4]);
    const EMPTY: Set = Set([0; 4]);

    fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub fn of(bytes: impl IntoIterator<Item = u8>) -> Set {
        let mut set = Set::EMPTY;
        bytes.into_iter().for_each(|byte| set.add(byte));
        set
    }

    fn not(self) -> Set {
        Set(self.0.map(|word| !word))
    }

    pub fn both(self, other: Set) -> Set {
        Set(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }

    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0
    }

    pub fn first(self) -> Option<u8> {
        (0..=u8::MAX).find(|byte| self.has(*byte))
    }
}

/// A pattern as its pieces one behind the other, for whoever compares two.
#[derive(Clone, Copy, Debug)]
pub enum Piece {
    Byte(u8),
    One(Set),
    Star,
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Pattern> {
        if text.is_empty() {
            return Err(refused(text, "it is empty"));
        }
        let mut pattern = Pattern {
            text: text.into(),
            head: Vec::new(),
            rest: Vec::new(),
            wildcards: Vec::new(),
        };
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let start = at;
            at += 1;
            let atom = match byte {
                b'*' => {
                    pattern.rest.push(Vec::new());
                    pattern.wildcards.push("*".into());
                    continue;
                }
                b'?' => Atom::One(Set::ALL),
                b'[' => {
                    let (set, end) = class(text, at)?;
                    at = end;
                    Atom::One(set)
                }
                b'\\' => {
                    let next = bytes.get(at);
                    let next = next.ok_or_else(|| refused(text, "nothing follows its last \\"))?;
                    at += 1;
                    Atom::Byte(*next)
                }
                byte => Atom::Byte(*byte),
            };
            if matches!(atom, Atom::One(_)) {
                pattern.wildcards.push(text[start..at].into());
            }
            pattern
                .rest
                .last_mut()
                .unwrap_or(&mut pattern.head)
                .push(atom);
        }
        Ok(pattern)
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// How each wildcard is written; the first is that of `$1`.
    pub fn wildcards(&self) -> &[String] {
        &self.wildcards
    }

    /// The one key that it matches, where it has no wildcard.
    pub fn literal(&self) -> Option<Vec<u8>> {
        if !self.wildcards.is_empty() {
            return None;
        }
        let byte = |atom: &Atom| match atom {
            Atom::Byte(byte) => *byte,
            Atom::One(_) => 0,
        };
        Some(self.head.iter().map(byte).collect())
    }

    pub fn matches(&self, key: &[u8]) -> bool {
        self.find(key, &mut Vec::new())
    }

    /// Whether it matches, and what each wildcard stood for: each star for as little as can be.
    ///
    /// Between two stars stand pieces of a fixed length, so the first place where one fits is as
    /// good as any other, and nothing is tried twice.
    pub fn find(&self, key: &[u8], spans: &mut Spans) -> bool {
        spans.clear();
        if key.is_empty() {
            // Redis asks a pattern only while there is something left of the key, except where
            // the pattern is no condition at all.
            spans.push((0, 0));
            return self.text == "*";
        }
        if !fits(&self.head, key) || (self.rest.is_empty() && self.head.len() != key.len()) {
            return false;
        }
        capture(&self.head, 0, spans);
        let mut at = self.head.len();
        for (index, atoms) in self.rest.iter().enumerate() {
            let Some(last) = key.len().checked_sub(atoms.len()) else {
                return false;
            };
            let first = if index + 1 == self.rest.len() {
                last
            } else {
                at
            };
            let found = (first.max(at)..=last).find(|place| fits(atoms, &key[*place..]));
            let Some(found) = found else {
                return false;
            };
            spans.push((at, found));
            capture(atoms, found, spans);
            at = found + atoms.len();
        }
        true
    }

    pub fn pieces(&self) -> Vec<Piece> {
        let piece = |atom: &Atom| match atom {
            Atom::Byte(byte) => Piece::Byte(*byte),
            Atom::One(set) => Piece::One(*set),
        };
        let mut all: Vec<Piece> = self.head.iter().map(piece).collect();
        for atoms in &self.rest {
            all.push(Piece::Star);
            all.extend(atoms.iter().map(piece));
        }
        all
    }
}

fn fits(atoms: &[Atom], key: &[u8]) -> bool {
    let fit = |(atom, byte): (&Atom, &u8)| match atom {
        Atom::Byte(wanted) => wanted == byte,
        Atom::One(set) => set.has(*byte),
    };
    atoms.len() <= key.len() && atoms.iter().zip(key).all(fit)
}

fn capture(atoms: &[Atom], at: usize, spans: &mut Spans) {
    for (offset, atom) in atoms.iter().enumerate() {
        if matches!(atom, Atom::One(_)) {
            spans.push((at + offset, at + offset + 1));
        }
    }
}

/// The bytes between brackets, and where the text goes on; step by step what the server does.
fn class(text: &str, mut at: usize) -> Result<(Set, usize)> {
    let bytes = text.as_bytes();
    let not = bytes.get(at) == Some(&b'^');
    at += usize::from(not);
    let begin = at;
    let mut set = Set::EMPTY;
    loop {
        match &bytes[at..] {
            [] => return Err(refused(text, "a [ has no ]")),
            [b'\\', byte, ..] => {
                set.add(*byte);
                at += 2;
            }
            [b']', ..] => break,
            [from, b'-', to, ..] => {
                (*from.min(to)..=*from.max(to)).for_each(|byte| set.add(byte));
                at += 3;
            }
            [byte, ..] => {
                set.add(*byte);
                at += 1;
            }
        }
    }
    if !text.as_bytes()[begin..at].is_ascii() {
        let why = "brackets stand for one byte, and a letter that is not ASCII has several";
        return Err(refused(text, why));
    }
    Ok((if not { set.not() } else { set }, at + 1))
}

fn refused(text: &str, why: &str) -> Error {
    Error::new(
        Code::SpecInvalid,
        format!("the pattern {text:?} cannot be used: {why}"),
    )
    .help("a pattern is a Redis glob: * ? [abc] [a-z] [^a], and \\ before a sign that means itself")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures(pattern: &str, key: &str) -> Option<Vec<String>> {
        let mut spans = Vec::new();
        let pattern = Pattern::parse(pattern).expect("a pattern");
        let found = pattern.find(key.as_bytes(), &mut spans);
        found.then(|| spans.iter().map(|(a, b)| key[*a..*b].to_string()).collect())
    }

    #[test]
    fn a_star_stands_for_as_little_as_can_be_and_the_last_for_the_rest() {
        let found = captures("user:*:*", "user:1:2:3").expect("a match");
        assert_eq!(found, ["1", "2:3"]);
        let found = captures("*a?[x-z]*b", "aaaaazab").expect("a match");
        assert_eq!(found, ["aaa", "a", "z", "a"]);
        assert_eq!(captures("a*b*c", "ab"), None);
        assert_eq!(captures("ab", "abc"), None);
        assert_eq!(captures("a*a", "a"), None);
    }

    #[test]
    fn what_redis_reads_as_nobody_means_it_is_refused() {
        for pattern in ["", "[ab", "a\\", "[a-]", "[é]", "[a-é]", "[^"] {
            let error = Pattern::parse(pattern).expect_err("no pattern");
            assert_eq!(error.code(), Code::SpecInvalid, "{pattern}");
        }
    }
}
