//! Where keys lie in slots: no script touches two of them, and values are carried across.

use crate::bench::{Bench, Death, counts};
use initium_driver::Code;

const TAGS: &str = r#"{"match": "user:*:*", "unless": "user:{*", "to": "user:{$1}:$2"}"#;

fn bench() -> Option<Bench> {
    let mut bench = Bench::new()?;
    bench.cluster = true;
    for n in 0..40 {
        bench.say(&format!("SET user:{n}:name v{n}"));
        bench.say(&format!("HSET user:{n}:data f {n}"));
        bench.say(&format!("PEXPIRE user:{n}:data 100000"));
    }
    Some(bench)
}

#[test]
fn keys_are_renamed_and_copied_into_other_slots() {
    for verb in ["rename", "copy"] {
        let Some(mut bench) = bench() else {
            return;
        };
        assert_eq!(counts(bench.run(verb, TAGS).expect("a run")), (80, 0, 0));
        assert_eq!(bench.text("GET user:{7}:name"), "v7");
        assert!(bench.say("PTTL user:{7}:data").integer() > Some(90_000));
        let left = if verb == "copy" { 160 } else { 80 };
        let all = bench.everything();
        assert_eq!(all.len(), left, "{verb}");
        let skipped = left as u64 - 80;
        assert_eq!(
            counts(bench.fresh(verb, TAGS).expect("a run")),
            (0, skipped, 0),
            "{verb}"
        );
        assert_eq!(bench.everything(), all);
    }
}

#[test]
fn a_carried_value_that_was_not_forgotten_is_forgotten_by_the_next_run() {
    for n in 1..12 {
        for death in [Death::Before(n), Death::Behind(n)] {
            let Some(mut bench) = bench() else {
                return;
            };
            bench.death = Some(death);
            bench.run("rename", TAGS).ok();
            bench.death = None;
            bench.run("rename", TAGS).expect("the next run");
            let all = bench.everything();
            assert_eq!(all.len(), 80, "{death:?}");
            assert!(all.iter().all(|key| key.starts_with("user:{")), "{death:?}");
        }
    }
}

#[test]
fn an_old_key_that_changed_while_it_was_carried_is_carried_again() {
    let Some(mut bench) = bench() else {
        return;
    };
    let mut round = 0;
    bench.meanwhile = Some(Box::new(move |client| {
        round += 1;
        client.say(&format!("HSET user:3:data f late{}", round.min(4)));
    }));
    bench
        .run(
            "rename",
            r#"{"match": "user:3:data", "to": "user:{3}:data"}"#,
        )
        .expect("a run");
    assert_eq!(bench.text("HGET user:{3}:data f"), "late4");
}

#[test]
fn a_name_that_is_taken_in_another_slot_is_what_the_step_says() {
    for (conflict, new) in [("skip", "there"), ("overwrite", "v7"), ("fail", "there")] {
        let Some(mut bench) = bench() else {
            return;
        };
        bench.say("SET user:{7}:name there");
        let json = TAGS.replace(
            "\"to\"",
            &format!("\"on_conflict\": \"{conflict}\", \"to\""),
        );
        match bench.run("rename", &json) {
            Ok(done) => assert_eq!(
                (done.failed, done.skipped),
                (0, u64::from(conflict == "skip"))
            ),
            Err(error) => {
                assert_eq!((error.code(), conflict), (Code::KeysFailed, "fail"));
                assert!(
                    error
                        .message()
                        .starts_with("1 of 80 keys failed: user:7:name"),
                    "{error}"
                );
            }
        }
        assert_eq!(bench.text("GET user:{7}:name"), new);
        let old = u64::from(conflict != "overwrite").to_string();
        assert_eq!(bench.text("EXISTS user:7:name"), old);
    }
}

#[test]
fn other_steps_run_slot_by_slot() {
    let Some(mut bench) = bench() else {
        return;
    };
    let json = r#"{"match": "user:*:data", "set": {"id": "$1"}}"#;
    assert_eq!(counts(bench.run("hash", json).expect("a run")), (40, 0, 0));
    assert_eq!(bench.text("HGET user:9:data id"), "9");
    let json = r#"{"match": "user:*", "type": "string"}"#;
    assert_eq!(
        counts(bench.fresh("delete", json).expect("a run")),
        (40, 0, 0)
    );
    let json = r#"{"match": "user:*:data", "from": "hash", "to": "string"}"#;
    assert_eq!(
        counts(bench.fresh("convert", json).expect("a run")),
        (40, 0, 0)
    );
    let json = r#"{"match": "user:*:data", "unset": ["id"]}"#;
    assert_eq!(
        counts(bench.fresh("json", json).expect("a run")),
        (40, 0, 0)
    );
    assert_eq!(bench.text("GET user:9:data"), r#"{"f":"9"}"#);
}
