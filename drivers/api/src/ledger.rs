//! What is remembered: one record per migration, one step per statement that cannot be part of a
//! transaction, one attempt per try or override. How it is stored is the driver's business.

use crate::sorted;
use crate::source::{Statement, head};
use serde::{Deserialize, Serialize};

/// The format this code writes. A newer one is refused, an older one is upgraded under the lock.
pub const FORMAT: u32 = 2;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant,)* }

        impl $name {
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            pub fn parse(word: &str) -> Option<$name> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// Where a recorded migration stands. A migration without a record is pending.
    State {
        Applied = "applied",
        Verified = "verified",
        Cleaned = "cleaned",
        NotApplicable = "not_applicable",
        Baseline = "baseline",
    }
}

words! {
    /// Which of a migration's lists of statements.
    Phase {
        Up = "up",
        Down = "down",
        Verify = "verify",
        Cleanup = "cleanup",
    }
}

words! {
    /// Intent is written before the statement runs, done after it.
    StepState {
        Intent = "intent",
        Done = "done",
    }
}

words! {
    Outcome {
        Ok = "ok",
        Failed = "failed",
    }
}

/// A row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    pub id: String,
    /// Order of application; never a time, clocks lie.
    pub seq: u64,
    pub name: String,
    /// `v1:` and the sha256 of the normal form of `up`.
    pub checksum: String,
    pub state: State,
    /// Why, where that is not obvious (not_applicable, baseline).
    pub reason: Option<String>,
    pub statements: u64,
    /// Set by the driver when the row is written.
    pub duration_ms: u64,
    /// The server's clock, RFC 3339; set when the row is written.
    pub applied_at: String,
    pub run: String,
    pub tool: String,
    /// What it said when it was applied, to show what was edited since.
    pub up: Option<String>,
    /// What undoes it, as it was when it was applied.
    pub down: Option<String>,
    pub cleanup: Option<String>,
}

/// The scripts that the ledger keeps of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    pub up: Option<String>,
    pub down: Option<String>,
    pub cleanup: Option<String>,
}

/// One statement outside a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    pub id: String,
    pub phase: Phase,
    /// From 1.
    pub number: u64,
    pub state: StepState,
    /// Of the statement's normal form, so that an edit of what already ran is noticed.
    pub checksum: String,
    pub head: String,
    /// What the driver saw, before the statement ran, of the objects it can touch: an intent has
    /// it where the database was asked. Only the driver that wrote it can read it.
    pub catalog: Option<String>,
}

impl Step {
    pub fn new(id: &str, phase: Phase, number: u64, checksum: String, text: &str) -> Step {
        Step {
            id: id.into(),
            phase,
            number,
            state: StepState::Intent,
            checksum,
            head: head(text),
            catalog: None,
        }
    }

    pub fn done(mut self) -> Step {
        self.state = StepState::Done;
        self
    }
}

/// A row of the log: append-only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Order in the log; set when the row is written.
    pub seq: u64,
    /// The server's clock; set when the row is written.
    pub at: String,
    pub run: String,
    /// The verb.
    pub action: String,
    pub id: Option<String>,
    pub outcome: Outcome,
    pub code: Option<String>,
    pub message: Option<String>,
    /// Why somebody overrode the engine.
    pub reason: Option<String>,
    /// Set by the driver when the row is written, if zero.
    pub duration_ms: u64,
    pub actor: String,
    pub tool: String,
}

/// One write to the ledger. A driver commits the entries of a part with its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Record(Record),
    /// Moves a recorded migration along its lifecycle.
    State {
        id: String,
        state: State,
    },
    /// Takes a new text for granted.
    Accept {
        id: String,
        checksum: String,
        up: Option<String>,
    },
    /// Back to pending.
    Forget {
        id: String,
    },
    Step(Step),
    /// This statement comes next; the driver notes what it sees of the catalog.
    Intent {
        step: Step,
        statement: Box<Statement>,
    },
    /// The statement did not run and will be tried again.
    Unstep {
        id: String,
        phase: Phase,
        number: u64,
    },
    /// The whole list ran.
    ClearSteps {
        id: String,
        phase: Phase,
    },
    Attempt(Attempt),
}

/// Everything recorded, oldest first, without the stored scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub records: Records,
    pub steps: Vec<Step>,
}

/// Records in their order, found by id without going through all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    list: Vec<Record>,
    /// Where each stands, in the order of the ids.
    by_id: Vec<usize>,
}

impl From<Vec<Record>> for Records {
    fn from(list: Vec<Record>) -> Records {
        let mut by_id: Vec<_> = (0..list.len()).collect();
        sorted::by(&mut by_id, |a, b| list[*a].id.cmp(&list[*b].id));
        Records { list, by_id }
    }
}

impl std::ops::Deref for Records {
    type Target = [Record];

    fn deref(&self) -> &[Record] {
        &self.list
    }
}

impl History {
    pub fn record(&self, id: &str) -> Option<&Record> {
        let Records { list, by_id } = &self.records;
        let at = by_id.binary_search_by(|n| list[*n].id.as_str().cmp(id));
        at.ok().map(|at| &list[by_id[at]])
    }

    pub fn next_seq(&self) -> u64 {
        self.records.iter().map(|r| r.seq).max().unwrap_or(0) + 1
    }
}

/// Count and sum over the records: equal to the spec's own means nothing is pending, whatever the
/// length of the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    pub count: u64,
    pub sum: u64,
}

impl Digest {
    pub fn add(&mut self, id: &str, checksum: &str) {
        self.count += 1;
        self.sum += fingerprint(id, checksum);
    }
}

/// 40 bits, so that the sum of eight million rows still fits a signed 64-bit column (FNV-1a: the
/// checksum below it is the cryptographic one).
pub fn fingerprint(id: &str, checksum: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in id.bytes().chain([0]).chain(checksum.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (hash ^ (hash >> 40)) & 0xff_ffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_a_golden_value_for_ever() {
        assert_eq!(fingerprint("create-users", "v1:ab"), 0x9e_4019_509d);
        assert_ne!(fingerprint("a", "bc"), fingerprint("ab", "c"));
    }

    #[test]
    fn a_record_is_found_whatever_the_order_of_the_ids() {
        let ids = ["b", "a", "c", "10", "9"];
        let records: Vec<_> = ids
            .iter()
            .map(|id| Record {
                id: id.to_string(),
                seq: 1,
                name: String::new(),
                checksum: String::new(),
                state: State::Applied,
                reason: None,
                statements: 0,
                duration_ms: 0,
                applied_at: String::new(),
                run: String::new(),
                tool: String::new(),
                up: None,
                down: None,
                cleanup: None,
            })
            .collect();
        let history = History {
            records: records.into(),
            steps: Vec::new(),
        };
        for id in ids {
            assert_eq!(history.record(id).map(|r| r.id.as_str()), Some(id));
        }
        assert!(history.record("d").is_none());
        let order: Vec<_> = history.records.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(order, ids);
    }

    #[test]
    fn words_read_back_as_what_they_were() {
        for state in [
            State::Applied,
            State::Verified,
            State::Cleaned,
            State::NotApplicable,
            State::Baseline,
        ] {
            assert_eq!(State::parse(state.word()), Some(state));
        }
        assert_eq!(State::parse("dirty"), None);
    }
}
