//! JSON values that change in their members.

use crate::bench::{Bench, counts};

#[test]
fn a_json_value_changes_in_its_members_only() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for n in 0..1200 {
        let value = format!(r#"{{ "id":1{n}0000000000000000000000, "at":"x", "n":null }}"#);
        bench.ask(&["SET", &format!("doc:{n}"), &value]);
    }
    bench.say("PEXPIRE doc:1 100000");
    let json = r#"{"match": "doc:*", "set": {"v.n": 2}, "unset": ["n"], "rename": {"at": "when"}}"#;
    assert_eq!(
        counts(bench.run("json", json).expect("a run")),
        (1200, 0, 0)
    );
    assert_eq!(
        bench.text("GET doc:1"),
        r#"{ "id":110000000000000000000000, "when":"x","v":{"n":2} }"#
    );
    assert!(bench.say("PTTL doc:1").integer() > Some(90_000));
    assert_eq!(
        counts(bench.fresh("json", json).expect("a run")),
        (0, 1200, 0)
    );
    bench.say("SET doc:x no");
    bench.say("HSET doc:y f 1");
    let error = bench.fresh("json", json).expect_err("no JSON");
    assert!(error.message().contains("doc:x: it is no JSON"), "{error}");
    assert!(
        error
            .message()
            .contains("doc:y: it is a hash, not a string"),
        "{error}"
    );
}

#[test]
fn a_value_that_changes_while_it_is_edited_is_edited_as_it_is_then() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.ask(&["SET", "doc:1", r#"{"n":0}"#]);
    let mut round = 0;
    bench.meanwhile = Some(Box::new(move |client| {
        round += 1;
        if round < 5 {
            client.ask(&["SET", "doc:1", &format!(r#"{{"n":{round}}}"#)]);
        }
    }));
    let json = r#"{"match": "doc:*", "set": {"v": 1}}"#;
    assert_eq!(counts(bench.run("json", json).expect("a run")), (1, 0, 0));
    assert_eq!(bench.text("GET doc:1"), r#"{"n":4,"v":1}"#);
    bench.ask(&["SET", "doc:1", "{}"]);
    // One that never rests fails, and is not written over.
    bench.meanwhile = Some(Box::new(|client| {
        client.ask(&[
            "EVAL",
            "redis.call('SET', 'doc:1', '{\"n\":' .. redis.call('INCR', 'count') .. '}')",
            "0",
        ]);
    }));
    let error = bench.fresh("json", json).expect_err("it never rests");
    assert!(error.message().contains("it changed each time"), "{error}");
}

#[test]
fn values_of_megabytes_are_edited_one_by_one() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    let long = "x".repeat(3 << 20);
    for n in 0..5 {
        bench.ask(&[
            "SET",
            &format!("doc:{n}"),
            &format!(r#"{{"long":"{long}"}}"#),
        ]);
    }
    let done = bench
        .run("json", r#"{"match": "doc:*", "set": {"v": 1}}"#)
        .expect("a run");
    assert_eq!(counts(done), (5, 0, 0));
    assert!(bench.rounds >= 5);
}
