//! An answer of the catalog: parts of objects by name, each with a digest. Only reads; what the
//! difference of two answers means is the judge's.

use super::aim::{Aim, Kind};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A part of an object: its letter, its name, and a part of that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub letter: char,
    pub name: String,
    pub inner: String,
}

impl Part {
    /// With the table's name where the server's own choice holds it.
    pub fn full_name(&self, table: &str) -> Cow<'_, str> {
        match self.name.strip_prefix('*') {
            Some(rest) => format!("{table}{rest}").into(),
            None => self.name.as_str().into(),
        }
    }
}

pub type Parts = BTreeMap<Part, String>;

/// What the letter `T` holds, in this order; the time of the last change follows.
pub const WHOLE: [&str; 6] = [
    "type",
    "engine",
    "row format",
    "collation",
    "options",
    "comment",
];
const CHANGED: &str = "changed";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Of each object of the aim.
    pub objects: Vec<Parts>,
    pub database: Option<String>,
    pub session: String,
    /// The server's clock, in seconds.
    pub at: u64,
}

impl Seen {
    /// `None` where the text is no answer to the question about this aim.
    pub fn read(text: &str, aim: &Aim) -> Option<Seen> {
        let mut seen = Seen {
            objects: vec![Parts::new(); aim.objects.len()],
            ..Seen::default()
        };
        // Keys and values are letters, digits and dots: nothing in them is escaped.
        let quoted: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
        for pair in quoted.chunks(2) {
            let [key, value] = pair else { return None };
            match *key {
                "@d" => seen.database = name(value).filter(|name| !name.is_empty()),
                "@s" => seen.session = (*value).into(),
                "@t" => seen.at = value.parse().ok()?,
                _ => seen.part(key, value, aim)?,
            }
        }
        for n in 0..seen.objects.len() {
            if !seen.has(n) {
                // Sums over no rows.
                seen.objects[n].retain(|part, _| part.letter == 'S');
            }
        }
        (seen.at > 0).then_some(seen)
    }

    fn part(&mut self, key: &str, value: &str, aim: &Aim) -> Option<()> {
        let digits = key.find(|c: char| !c.is_ascii_digit())?;
        let n: usize = key[..digits].parse().ok()?;
        let letter = key[digits..].chars().next()?;
        let mut names = key[digits + 1..].split('.').skip(1);
        let table = aim.objects.get(n)?.name.as_str();
        let first = name(names.next().unwrap_or_default())?;
        let inner = name(names.next().unwrap_or_default())?;
        let parts = self.objects.get_mut(n)?;
        if letter == 'T' {
            let all = WHOLE.iter().chain([&CHANGED]);
            for (what, digest) in all.zip(value.split('.')) {
                let part = Part {
                    letter: if *what == CHANGED { 'Z' } else { 'T' },
                    name: (*what).into(),
                    inner: String::new(),
                };
                parts.insert(part, digest.into());
            }
            return Some(());
        }
        let part = Part {
            letter,
            name: generated(&first, table).unwrap_or(first),
            inner,
        };
        parts.insert(part, value.into());
        Some(())
    }

    /// The object is there.
    pub fn has(&self, n: usize) -> bool {
        self.objects[n]
            .keys()
            .any(|p| matches!(p.letter, 'T' | 'E'))
    }

    /// When the table was last changed, where that is older than the answer: within one second
    /// another change would not be seen.
    pub fn is_settled(&self, n: usize) -> bool {
        let changed = self.objects[n].iter().find(|(p, _)| p.letter == 'Z');
        changed
            .and_then(|(_, at)| at.split('.').next()?.parse().ok())
            .is_some_and(|at: u64| at > 0 && at < self.at)
    }

    /// Whether this kind of object can be seen at all: users only by those who may see all.
    pub fn shows(&self, n: usize, aim: &Aim) -> bool {
        aim.objects[n].kind != Kind::User
            || self.objects[n]
                .iter()
                .any(|(p, value)| p.letter == 'S' && value == "all")
    }
}

/// Names that the server makes hold the table's own, and change with it.
fn generated(name: &str, table: &str) -> Option<String> {
    let rest = name.strip_prefix(table)?;
    let made = rest.starts_with("_ibfk_") || rest.starts_with("_chk_");
    made.then(|| format!("*{rest}"))
}

fn name(hex: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}
