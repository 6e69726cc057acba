//! What is kept of a long work: how far it is, and what was counted. Written by the script that did
//! the work, so it is never ahead of it.

use initium_driver::Progress;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// Of which step it is.
    pub step: String,
    /// In which order the servers showed their keys.
    pub generations: Vec<String>,
    /// All keys before this place are done.
    pub place: Place,
    /// The first keys that failed, and why.
    pub first: Vec<(String, String)>,
    pub done: bool,
    // The script appends these: they stand at the end.
    pub processed: u64,
    pub skipped: u64,
    pub failed: u64,
    /// What no script counted since the last one that wrote the note: skipped, failed.
    #[serde(skip)]
    pub aside: (u64, u64),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    pub server: usize,
    /// Empty is the beginning.
    pub cursor: String,
}

impl Place {
    /// Which part of the keys lies before it. A cursor counts from its highest bit: the server goes
    /// through its table so, and the size of the table then does not matter.
    pub fn part(&self, servers: usize) -> f64 {
        let cursor: u64 = self.cursor.parse().unwrap_or(0);
        let before = self.server as f64 + cursor.reverse_bits() as f64 / 2f64.powi(64);
        (before / servers as f64).max(1e-9)
    }
}

/// How many failed keys are told with their reason.
const FIRST: usize = 10;

/// Whether a note says that its step went through all keys, and none failed.
pub fn is_done(note: &[u8]) -> bool {
    Note::read(note).is_some_and(|note| note.done)
}

impl Note {
    pub fn read(bytes: &[u8]) -> Option<Note> {
        serde_json::from_str(std::str::from_utf8(bytes).ok()?).ok()
    }

    pub fn text(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The same up to the counts.
    pub fn head(&self) -> Vec<u8> {
        let mut text = String::from_utf8(self.text()).unwrap_or_default();
        // No text in it can hold the name of a member: its quotes would be escaped.
        text.truncate(text.rfind("\"processed\":").unwrap_or(0));
        text.into_bytes()
    }

    pub fn skip(&mut self) {
        self.skipped += 1;
        self.aside.0 += 1;
    }

    pub fn fail(&mut self, key: &[u8], why: &str) {
        self.failed += 1;
        self.aside.1 += 1;
        self.reason(key, why);
    }

    /// A failure that is counted already.
    pub fn reason(&mut self, key: &[u8], why: &str) {
        if self.first.len() < FIRST {
            self.first
                .push((super::shown(key), super::shown(why.as_bytes())));
        }
    }

    pub fn progress(&self, total: u64) -> Progress {
        Progress {
            processed: self.processed,
            skipped: self.skipped,
            failed: self.failed,
            total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_and_counts_are_a_note() {
        let mut note = Note {
            step: "7".into(),
            ..Note::default()
        };
        note.fail(b"\"processed\":", "why");
        let mut text = note.head();
        text.extend_from_slice(br#""processed":1,"skipped":2,"failed":3}"#);
        let read = Note::read(&text).expect("a note");
        assert_eq!((read.processed, read.skipped, read.failed), (1, 2, 3));
        assert_eq!((read.step, read.first), (note.step, note.first));
        assert!(!is_done(b"{}") && !is_done(b"") && is_done(br#"{"done":true}"#));
    }
}
