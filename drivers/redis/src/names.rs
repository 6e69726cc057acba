//! The names of the keys that are the ledger's own. They share a hash tag, so that one script may
//! write all of them; in a cluster there are more, two for each slot that was written to.

use initium_driver::{Code, Error, Result};

/// In the order in which scripts get them, behind the two of the guard.
pub const LEDGER: [&str; 6] = ["marks", "records", "scripts", "steps", "log", "meta"];
const GUARDS: [&str; 2] = ["lock", "fence"];

#[derive(Clone, Debug)]
pub struct Names {
    base: String,
    /// For each slot, what makes a key fall into it; empty until it is needed.
    tags: Vec<u32>,
}

impl Names {
    pub fn new(prefix: &str, table: &str) -> Result<Names> {
        let base = format!("{prefix}{table}");
        if base.contains(['{', '}']) || base.chars().any(char::is_control) || table.is_empty() {
            return Err(Error::new(
                Code::SettingInvalid,
                "the names of the ledger's keys cannot be made of this table and prefix",
            )
            .help("give --table and --prefix without braces and control characters"));
        }
        Ok(Names {
            base,
            tags: Vec::new(),
        })
    }

    /// What people look for, and what rights are given to.
    pub fn pattern(&self) -> String {
        format!("{{{}*", self.base)
    }

    pub fn key(&self, what: &str) -> Vec<u8> {
        format!("{{{}}}:{what}", self.base).into_bytes()
    }

    /// All keys of the ledger itself.
    pub fn all(&self) -> Vec<Vec<u8>> {
        let all = GUARDS.iter().chain(&LEDGER);
        all.map(|what| self.key(what)).collect()
    }

    pub fn slot(&self) -> u16 {
        slot(&self.key("lock"))
    }

    /// A key of another slot: the highest number that wrote there (`fence`), or what ran there
    /// (`marks`).
    pub fn elsewhere(&mut self, slot: u16, what: &str) -> Vec<u8> {
        if self.tags.is_empty() {
            self.tags = tags(&self.base);
        }
        let tag = self.tags.get(usize::from(slot)).copied().unwrap_or(0);
        format!("{{{}:{tag:x}}}:{what}", self.base).into_bytes()
    }

    pub fn is_own(&self, key: &[u8]) -> bool {
        let rest = key.strip_prefix(b"{".as_slice());
        let Some(rest) = rest.and_then(|rest| rest.strip_prefix(self.base.as_bytes())) else {
            return false;
        };
        let Ok(rest) = std::str::from_utf8(rest) else {
            return false;
        };
        match (rest.strip_prefix("}:"), rest.strip_prefix(':')) {
            (Some(what), _) => GUARDS.contains(&what) || LEDGER.contains(&what),
            (None, Some(rest)) => rest.split_once("}:").is_some_and(|(tag, what)| {
                tag.bytes().all(|b| b.is_ascii_alphanumeric()) && ["fence", "marks"].contains(&what)
            }),
            _ => false,
        }
    }
}

pub const SLOTS: u16 = 16384;

/// The slot of a key: of what stands between its first braces, if something does.
pub fn slot(key: &[u8]) -> u16 {
    let open = key.iter().position(|b| *b == b'{');
    let tag = open.and_then(|open| {
        let rest = &key[open + 1..];
        let close = rest.iter().position(|b| *b == b'}')?;
        (close > 0).then(|| &rest[..close])
    });
    crc(0, tag.unwrap_or(key)) % SLOTS
}

/// CRC16, XMODEM, as the cluster's specification has it; goes on from that of what stands before.
fn crc(before: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(before, |crc: u16, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| match crc & 0x8000 {
            0 => crc << 1,
            _ => (crc << 1) ^ 0x1021,
        })
    })
}

/// Numbers that lead a key into each slot: all at once, for one at a time would take as long each
/// time. Every slot has one below a few hundred thousand.
fn tags(base: &str) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    let before = crc(0, format!("{base}:").as_bytes());
    let mut tags = vec![NONE; usize::from(SLOTS)];
    let mut left = tags.len();
    for number in 0..NONE {
        let slot = crc(before, format!("{number:x}").as_bytes()) % SLOTS;
        let tag = &mut tags[usize::from(slot)];
        if *tag == NONE {
            *tag = number;
            left -= 1;
        }
        if left == 0 {
            break;
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(crc(0, b"123456789"), 0x31c3);
        assert_eq!(slot(b"foo"), 12182);
        assert_eq!(slot(b"{user1000}.following"), slot(b"{user1000}.followers"));
        assert_eq!(slot(b"foo{}{bar}"), crc(0, b"foo{}{bar}") % SLOTS);
        assert_eq!(slot(b"foo{{bar}}zap"), crc(0, b"{bar") % SLOTS);
    }

    #[test]
    fn every_slot_has_keys_of_the_ledger() {
        let mut names = Names::new("a:", "initium_migrate").expect("names");
        for at in 0..SLOTS {
            let key = names.elsewhere(at, "fence");
            assert_eq!(slot(&key), at);
            assert!(names.is_own(&key));
        }
    }

    #[test]
    fn the_ledger_knows_its_own_keys_and_no_others() {
        let names = Names::new("a:", "t").expect("names");
        for key in names.all() {
            assert!(names.is_own(&key));
        }
        for key in [
            "a:t",
            "{a:t}",
            "{a:t}:other",
            "{t}:lock",
            "{a:t:x y}:fence",
            "{a:tt}:lock",
        ] {
            assert!(!names.is_own(key.as_bytes()), "{key}");
        }
        Names::new("{", "t").expect_err("a brace");
    }
}
