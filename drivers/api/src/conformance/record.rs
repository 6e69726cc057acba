//! Records and attempts: what is written is what is read.

use super::Bench;
use super::bench::{assert_time, attempt, reader, ready, record, together, write};
use crate::driver::Driver;
use crate::ledger::{Attempt, Digest, Entry, Outcome, Record, State, Stored};

/// Everything that a careless literal breaks on.
const AWKWARD: &str = "it's \"quoted\" `so` \\ \\' \\n %s %% $$ $1 $tag$ ? ; -- # /* */ {} \n\r\n\t \u{e9}\u{4e2d}\u{1f980} ' OR '1'='1";

/// What a reader gets of a record: the stored scripts stay behind, the server sets the times.
fn read_back(driver: &mut dyn Driver, written: &Record) {
    let history = driver.history().expect("a history");
    let read = history.record(&written.id).expect("the record").clone();
    assert_time(&read.applied_at);
    assert!(read.duration_ms >= written.duration_ms, "{read:?}");
    assert!(read.duration_ms < written.duration_ms + 60_000, "{read:?}");
    let expected = Record {
        applied_at: read.applied_at.clone(),
        duration_ms: read.duration_ms,
        up: None,
        down: None,
        cleanup: None,
        ..written.clone()
    };
    assert_eq!(read, expected);
}

pub fn a_record_comes_back_as_it_was(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let states = [
        State::Applied,
        State::Verified,
        State::Cleaned,
        State::NotApplicable,
        State::Baseline,
    ];
    for (seq, state) in (1..).zip(states) {
        let written = Record {
            state,
            reason: (seq % 2 == 0).then(|| "because".into()),
            ..record(&format!("m{seq}"), seq)
        };
        write(&mut *driver, vec![Entry::Record(written.clone())]);
        read_back(&mut *driver, &written);
    }
}

pub fn every_text_comes_back_as_it_was(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let long = AWKWARD.repeat(100_000 / AWKWARD.len() + 1);
    let written = Record {
        name: AWKWARD.into(),
        checksum: "v1:'\\\"".into(),
        reason: Some(AWKWARD.into()),
        run: "run '\\\" \u{1f980}".into(),
        tool: "tool '\\".into(),
        up: Some(AWKWARD.into()),
        down: Some(long.clone()),
        cleanup: Some(AWKWARD.into()),
        ..record("id '\\\" $$ \u{e9}\u{1f980}", 7)
    };
    write(&mut *driver, vec![Entry::Record(written.clone())]);
    read_back(&mut *driver, &written);
    let stored = driver.stored(&written.id).expect("an answer");
    let kept = Stored {
        up: Some(AWKWARD.into()),
        down: Some(long),
        cleanup: Some(AWKWARD.into()),
    };
    assert_eq!(stored, kept);
}

pub fn ids_that_differ_in_case_or_accent_are_different(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let ids = ["a", "A", "\u{e1}", "ab", "\u{df}", "ss"];
    for (seq, id) in (1..).zip(ids) {
        write(&mut *driver, vec![Entry::Record(record(id, seq))]);
    }
    write(&mut *driver, vec![Entry::Forget { id: "A".into() }]);
    let history = driver.history().expect("a history");
    let left: Vec<_> = history.records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(left, ["a", "\u{e1}", "ab", "\u{df}", "ss"]);
}

pub fn history_is_oldest_first(bench: &dyn Bench) {
    let mut driver = ready(bench);
    for (id, seq) in [("c", 2), ("a", 11), ("b", 1), ("d", 10)] {
        write(&mut *driver, vec![Entry::Record(record(id, seq))]);
    }
    let history = reader(bench).history().expect("a history");
    let ids: Vec<_> = history.records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["b", "c", "d", "a"]);
    assert_eq!(history.next_seq(), 12);
}

pub fn the_digest_is_the_one_the_engine_computes(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let mut digest = Digest::default();
    assert_eq!(driver.digest().expect("a digest"), Some(digest));
    for seq in 1..=30 {
        let written = record(&format!("m'\\{seq}"), seq);
        digest.add(&written.id, &written.checksum);
        write(&mut *driver, vec![Entry::Record(written)]);
    }
    assert_eq!(driver.digest().expect("a digest"), Some(digest));
    assert_eq!(reader(bench).digest().expect("a digest"), Some(digest));
}

pub fn a_state_moves_and_the_digest_stays(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    write(&mut *driver, vec![Entry::Record(record("b", 2))]);
    let before = driver.digest().expect("a digest");
    let (id, state) = ("a".to_string(), State::Verified);
    write(&mut *driver, vec![Entry::State { id, state }]);
    let history = driver.history().expect("a history");
    let states: Vec<_> = history.records.iter().map(|r| r.state).collect();
    assert_eq!(states, [State::Verified, State::Applied]);
    assert_eq!(driver.digest().expect("a digest"), before);
}

pub fn an_accepted_checksum_moves_the_digest(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    write(&mut *driver, vec![accepted("a", None)]);
    let history = driver.history().expect("a history");
    assert_eq!(history.records[0].checksum, "v1:new");
    let mut digest = Digest::default();
    digest.add("a", "v1:new");
    assert_eq!(driver.digest().expect("a digest"), Some(digest));
}

pub fn a_forgotten_record_is_gone(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    write(&mut *driver, vec![Entry::Forget { id: "a".into() }]);
    assert_eq!(driver.history().expect("a history").records.len(), 0);
    let digest = driver.digest().expect("a digest");
    assert_eq!(digest, Some(Digest::default()));
    // And it can be applied again.
    write(&mut *driver, vec![Entry::Record(record("a", 2))]);
}

pub fn what_undoes_a_migration_is_stored(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let written = Record {
        down: Some("DROP TABLE a;\n".into()),
        ..record("a", 1)
    };
    write(&mut *driver, vec![Entry::Record(written)]);
    let kept = Stored {
        down: Some("DROP TABLE a;\n".into()),
        ..Stored::default()
    };
    assert_eq!(driver.stored("a").expect("an answer"), kept);
    assert_eq!(driver.stored("b").expect("an answer"), Stored::default());
}

fn accepted(id: &str, up: Option<&str>) -> Entry {
    Entry::Accept {
        id: id.into(),
        checksum: "v1:new".into(),
        up: up.map(String::from),
    }
}

pub fn an_accepted_text_is_the_stored_one(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let scripted = Record {
        up: Some("CREATE a;\n".into()),
        down: Some(AWKWARD.into()),
        ..record("a", 1)
    };
    write(&mut *driver, vec![Entry::Record(scripted)]);
    write(&mut *driver, vec![Entry::Record(record("b", 2))]);
    let kept = |up: Option<&str>| Stored {
        up: up.map(String::from),
        down: Some(AWKWARD.into()),
        cleanup: None,
    };
    write(&mut *driver, vec![accepted("a", Some(AWKWARD))]);
    assert_eq!(driver.stored("a").expect("an answer"), kept(Some(AWKWARD)));
    // One that is not kept any more leaves no old one behind.
    write(&mut *driver, vec![accepted("a", None)]);
    assert_eq!(driver.stored("a").expect("an answer"), kept(None));
    write(&mut *driver, vec![accepted("b", Some("x"))]);
    let stored = driver.stored("b").expect("an answer");
    assert_eq!(stored.up.as_deref(), Some("x"));
    write(&mut *driver, vec![accepted("b", None)]);
    assert_eq!(driver.stored("b").expect("an answer"), Stored::default());
}

pub fn attempts_are_the_newest_and_oldest_first(bench: &dyn Bench) {
    let mut driver = ready(bench);
    for n in 1..=5 {
        write(
            &mut *driver,
            vec![Entry::Attempt(attempt(&format!("verb{n}")))],
        );
    }
    let log = reader(bench).attempts(3).expect("the log");
    let actions: Vec<_> = log.iter().map(|a| a.action.as_str()).collect();
    assert_eq!(actions, ["verb3", "verb4", "verb5"]);
    assert!(log.windows(2).all(|two| two[0].seq < two[1].seq));
    assert_eq!(driver.attempts(100).expect("the log").len(), 5);
}

pub fn every_text_of_an_attempt_comes_back_as_it_was(bench: &dyn Bench) {
    let mut driver = ready(bench);
    let written = Attempt {
        id: Some("id '\\".into()),
        outcome: Outcome::Failed,
        code: Some("statement-failed".into()),
        message: Some(AWKWARD.into()),
        reason: Some(AWKWARD.into()),
        duration_ms: 4321,
        actor: "o'hara \u{e9}".into(),
        ..attempt("apply")
    };
    write(&mut *driver, vec![Entry::Attempt(written.clone())]);
    let read = driver.attempts(1).expect("the log").remove(0);
    assert_time(&read.at);
    assert!(read.duration_ms >= 4321);
    let expected = Attempt {
        seq: read.seq,
        at: read.at.clone(),
        duration_ms: read.duration_ms,
        ..written
    };
    assert_eq!(read, expected);
}

pub fn the_same_id_twice_is_refused(bench: &dyn Bench) {
    let mut driver = ready(bench);
    write(&mut *driver, vec![Entry::Record(record("a", 1))]);
    let again = together(&mut *driver, &[], vec![Entry::Record(record("a", 2))]);
    again.expect_err("two records of one id");
    assert_eq!(driver.history().expect("a history").records.len(), 1);
}
