//! Renaming, copying, deleting.

use crate::bench::{Bench, counts};
use initium_driver::Code;

const TAGS: &str = r#"{"match": "user:*", "to": "user:{$1}"}"#;

#[test]
fn a_second_run_finds_all_names_new() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for n in 0..3000 {
        bench.say(&format!("SET user:{n} value{n}"));
    }
    bench.say("SET other 1");
    bench.say("PEXPIRE user:7 100000");
    let done = bench.run("rename", TAGS).expect("a run");
    assert_eq!((done.processed, done.failed), (3000, 0));
    let once = bench.everything();
    assert_eq!(once.len(), 3001);
    assert_eq!(bench.text("GET user:{7}"), "value7");
    assert!(bench.say("PTTL user:{7}").integer() > Some(90_000));
    let again = bench.fresh("rename", TAGS).expect("a run");
    assert_eq!(counts(again), (0, 3000, 0));
    assert_eq!(bench.everything(), once);
}

#[test]
fn bytes_that_are_no_text_keep_their_value() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.ask(&[&b"SET"[..], b"user:\xff\0\r\n", b"\0\xfe"]);
    bench.ask(&[&b"SET"[..], b"user:", b"empty"]);
    let done = bench
        .run("rename", r#"{"match": "user:*", "to": "u-$1"}"#)
        .expect("a run");
    assert_eq!(counts(done), (2, 0, 0));
    let value = bench.ask(&[&b"GET"[..], b"u-\xff\0\r\n"]);
    assert_eq!(value.text(), Some(&b"\0\xfe"[..]));
    assert_eq!(bench.text("GET u-"), "empty");
}

#[test]
fn a_name_that_is_taken_is_what_the_step_says() {
    for (conflict, new, expected) in [
        ("skip", "there", Some((1, 1, 0))),
        ("overwrite", "1", Some((2, 0, 0))),
        ("fail", "there", None),
    ] {
        let Some(mut bench) = Bench::new() else {
            return;
        };
        bench.say("SET a:1 1");
        bench.say("SET a:2 2");
        bench.say("SET b:1 there");
        let json = format!(r#"{{"match": "a:*", "to": "b:$1", "on_conflict": "{conflict}"}}"#);
        match (bench.run("rename", &json), expected) {
            (Ok(done), Some(expected)) => assert_eq!(counts(done), expected, "{conflict}"),
            (Err(error), None) => {
                assert_eq!(error.code(), Code::KeysFailed);
                assert_eq!(
                    error.message(),
                    "1 of 2 keys failed: a:1: its new name is taken"
                );
            }
            other => panic!("{conflict}: {other:?}"),
        }
        assert_eq!(bench.text("GET b:1"), new, "{conflict}");
        assert_eq!(bench.text("GET b:2"), "2", "{conflict}");
    }
}

#[test]
fn what_failed_is_tried_again_by_the_next_run() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for n in 0..30 {
        bench.say(&format!("SET a:{n} 1"));
        bench.say(&format!("SET b:{n} 2"));
    }
    let json = r#"{"match": "a:*", "to": "b:$1"}"#;
    let error = bench.run("rename", json).expect_err("taken names");
    assert!(
        error.message().starts_with("30 of 30 keys failed"),
        "{error}"
    );
    assert!(error.message().ends_with("and 20 more"), "{error}");
    for n in 0..30 {
        bench.say(&format!("DEL b:{n}"));
    }
    let done = bench.run("rename", json).expect("a run");
    assert_eq!(counts(done), (30, 0, 0));
}

#[test]
fn a_copy_that_is_there_is_skipped_and_another_value_is_a_conflict() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for kind in [
        "SET a:s 1",
        "HSET a:h f 1 g 2",
        "RPUSH a:l 1 2",
        "SADD a:x 1 b",
        "ZADD a:z 1 b 2 c",
        "XADD a:t 1-1 f v",
    ] {
        bench.say(kind);
    }
    let filler: Vec<String> = (0..2000).map(|n| format!("m{n}")).collect();
    bench.say(&format!("SADD a:big {}", filler.join(" ")));
    bench.say("PEXPIRE a:h 100000");
    let json = r#"{"match": "a:*", "to": "b:$1"}"#;
    assert_eq!(counts(bench.run("copy", json).expect("a run")), (7, 0, 0));
    assert_eq!(counts(bench.fresh("copy", json).expect("a run")), (0, 7, 0));
    assert!(bench.say("PTTL b:h").integer() > Some(90_000));
    // The same members, put in in another order.
    let back: Vec<String> = filler.iter().rev().cloned().collect();
    bench.say("DEL b:big");
    bench.say(&format!("SADD b:big {}", back.join(" ")));
    assert_eq!(counts(bench.fresh("copy", json).expect("a run")), (0, 7, 0));
    for (change, undo) in [
        ("HSET a:h f 3", "HSET a:h f 1"),
        ("RPUSH a:l 3", "RPOP a:l"),
        ("ZADD a:z 5 b", "ZADD a:z 1 b"),
        ("SADD a:x d", "SREM a:x d"),
        ("PERSIST a:h", "PEXPIRE a:h 1000"),
        ("XADD a:t 2-1 f v", "XDEL a:t 2-1"),
    ] {
        bench.say(change);
        let error = bench.fresh("copy", json).expect_err(change);
        assert!(
            error.message().starts_with("1 of 7 keys failed"),
            "{change}: {error}"
        );
        bench.say(undo);
    }
    bench.say("SET a:s 2");
    bench.say("DEL b:t");
    let json = r#"{"match": "a:*", "to": "b:$1", "on_conflict": "overwrite"}"#;
    let done = bench.fresh("copy", json).expect("a run");
    assert_eq!(counts(done), (2, 5, 0));
    assert_eq!(bench.text("GET b:s"), "2");
}

#[test]
fn keys_of_another_type_and_those_to_be_left_alone_stay() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.say("SET a:1 1");
    bench.say("HSET a:2 f 1");
    bench.say("SET a:keep:1 1");
    bench.say("SET a:tmp 1");
    let json = r#"{"match": "a:*", "unless": ["a:keep:*", "*tmp"], "type": "string"}"#;
    assert_eq!(counts(bench.run("delete", json).expect("a run")), (1, 0, 0));
    let left = bench.everything();
    assert_eq!(left.len(), 3, "{left:?}");
    assert_eq!(bench.text("EXISTS a:1"), "0");
}

#[test]
fn the_ledgers_keys_are_neither_moved_nor_overwritten() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.say("SET x 1");
    let json = r#"{"match": "*", "unless": "old:*", "to": "old:$1"}"#;
    assert_eq!(counts(bench.run("rename", json).expect("a run")), (1, 0, 0));
    assert_eq!(bench.text("GET {bench}:fence"), "7");
    bench.say("SET lock 1");
    let json = r#"{"match": "lock", "to": "{bench}:$0", "on_conflict": "overwrite"}"#;
    let error = bench.fresh("rename", json).expect_err("the ledger's name");
    assert!(error.message().contains("belongs to the ledger"), "{error}");
    assert_eq!(bench.text("GET {bench}:lock"), "token");
}

#[test]
fn nothing_is_written_when_the_lock_is_lost() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for n in 0..1500 {
        bench.say(&format!("SET a:{n} 1"));
    }
    let mut round = 0;
    bench.meanwhile = Some(Box::new(move |client| {
        round += 1;
        if round == 2 {
            client.say("SET {bench}:lock other");
            client.say("INCR {bench}:fence");
        }
    }));
    let error = bench
        .run("rename", r#"{"match": "a:*", "to": "b:$1", "batch": 500}"#)
        .expect_err("a lost lock");
    assert_eq!(error.code(), Code::LeaseLost);
    let moved = bench.say("KEYS b:*").items().len();
    // One page of three; SCAN gives a few keys more than it is asked for where they share a bucket.
    assert!((1..750).contains(&moved), "{moved}");
}

#[test]
fn keys_that_end_or_vanish_meanwhile_are_skipped() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for n in 0..900 {
        bench.say(&format!("SET a:{n} 1"));
    }
    bench.meanwhile = Some(Box::new(|client| {
        for n in (0..900).step_by(3) {
            client.say(&format!("DEL a:{n}"));
        }
    }));
    let done = bench
        .run("rename", r#"{"match": "a:*", "to": "b:$1"}"#)
        .expect("a run");
    assert_eq!(done.failed, 0);
    assert_eq!(done.processed, bench.say("KEYS b:*").items().len() as u64);
    assert!(bench.say("KEYS a:*").items().is_empty());
}

#[test]
fn a_pattern_without_a_wildcard_looks_through_nothing() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for n in 0..5000 {
        bench.say(&format!("SET a:{n} 1"));
    }
    bench.say("SET config 1");
    let done = bench
        .run("rename", r#"{"match": "config", "to": "config:2"}"#)
        .expect("a run");
    assert_eq!(counts(done), (1, 0, 0));
    assert_eq!((bench.rounds, bench.trips), (1, 2));
}

#[test]
fn few_keys_among_many_cost_few_round_trips() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    fill(&mut bench, "other:", 100_000);
    for n in 0..10 {
        bench.say(&format!("SET a:{n} 1"));
    }
    let done = bench
        .run("rename", r#"{"match": "a:*", "to": "b:$1"}"#)
        .expect("a run");
    assert_eq!(counts(done), (10, 0, 0));
    assert!(bench.trips < 40, "{}", bench.trips);
    assert!(bench.rounds < 12, "{}", bench.rounds);
}

#[test]
fn a_rate_is_kept_by_waiting_and_no_script_takes_longer_than_a_second_of_it() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    fill(&mut bench, "a:", 1000);
    let json = r#"{"match": "a:*", "to": "b:$1", "rate": 100}"#;
    assert_eq!(
        counts(bench.run("rename", json).expect("a run")),
        (1000, 0, 0)
    );
    // Nobody sleeps here, so each wait holds the ones before.
    assert!(bench.paused.as_secs() >= 9, "{:?}", bench.paused);
    assert!(bench.rounds >= 10, "{}", bench.rounds);
}

#[test]
fn a_hundred_thousand_keys_are_renamed_quickly() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    fill(&mut bench, "a:", 100_000);
    let begun = std::time::Instant::now();
    let done = bench
        .run("rename", r#"{"match": "a:*", "to": "b:$1"}"#)
        .expect("a run");
    assert_eq!((done.processed, done.failed), (100_000, 0));
    let taken = begun.elapsed();
    assert!(taken.as_secs() < 20, "{taken:?}");
    assert_eq!(bench.answer("count", r#"{"match": "b:*"}"#), "100000");
    assert_eq!(bench.answer("none", r#"{"match": "a:*"}"#), "1");
}

pub fn fill(bench: &mut Bench, prefix: &str, many: usize) {
    let lua = "for n = 1, ARGV[2] do redis.call('SET', ARGV[1] .. n, n) end";
    bench.ask(&["EVAL", lua, "0", prefix, &many.to_string()]);
}
