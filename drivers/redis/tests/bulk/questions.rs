//! Counting, sampling, looking ahead: nothing of it writes.

use crate::bench::Bench;
use crate::moving::fill;
use initium_redis::bulk;

#[test]
fn questions_are_answered_in_one_row() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    fill(&mut bench, "a:", 3000);
    bench.say("HSET a:h f 1");
    for (name, json, expected) in [
        ("count", r#"{"match": "a:*"}"#, "3001"),
        ("count", r#"{"match": "*"}"#, "3001"),
        ("count", r#"{"match": "a:*", "type": "hash"}"#, "1"),
        (
            "count",
            r#"{"match": "a:*", "unless": ["a:1*", "a:h"]}"#,
            "1889",
        ),
        ("count", r#"{"match": "a:7"}"#, "1"),
        ("count", r#"{"match": "a:7", "type": "hash"}"#, "0"),
        ("count", r#"{"match": "b:7"}"#, "0"),
        ("count", r#"{"match": "a:*", "at_least": 3001}"#, "true"),
        (
            "count",
            r#"{"match": "a:*", "at_least": 3002}"#,
            "3001, fewer than 3002",
        ),
        (
            "count",
            r#"{"match": "a:*", "at_most": 10}"#,
            "3001, more than 10",
        ),
        ("any", r#"{"match": "a:*"}"#, "1"),
        ("any", r#"{"match": "b:*"}"#, "0"),
        ("none", r#"{"match": "b:*"}"#, "1"),
        ("none", r#"{"match": "a:*"}"#, "0"),
    ] {
        assert_eq!(bench.answer(name, json), expected, "{name} {json}");
    }
}

#[test]
fn a_sample_says_what_differs() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    fill(&mut bench, "a:", 50);
    bench.say("SADD a:set x y z");
    bench.say("SET a:ends 1 PX 100000");
    let json = r#"{"match": "a:*", "to": "b:$1"}"#;
    assert!(
        bench
            .answer("sample", json)
            .starts_with("52 of 52 differ, first: b:")
    );
    bench.run("copy", json).expect("a run");
    assert_eq!(bench.answer("sample", json), "true");
    for (change, undo, expected) in [
        (
            "SET b:7 x",
            "SET b:7 7",
            "1 of 52 differ, first: b:7 holds another value (from a:7)",
        ),
        (
            "DEL b:7",
            "SET b:7 7",
            "1 of 52 differ, first: b:7 is not there (from a:7)",
        ),
        (
            "PEXPIRE b:7 9999",
            "PERSIST b:7",
            "1 of 52 differ, first: b:7 has a TTL and the old one has none (from a:7)",
        ),
        (
            "PERSIST b:ends",
            "PEXPIRE b:ends 9999",
            "1 of 52 differ, first: b:ends has no TTL and the old one has one (from a:ends)",
        ),
    ] {
        bench.say(change);
        assert_eq!(bench.answer("sample", json), expected);
        bench.say(undo);
    }
    bench.say("SREM b:set x");
    assert!(
        bench
            .answer("sample", json)
            .contains("b:set holds another value")
    );
    let types = r#"{"match": "a:*", "to": "b:$1", "compare": "type"}"#;
    assert_eq!(bench.answer("sample", types), "true");
    bench.say("DEL b:set");
    bench.say("SET b:set x");
    assert!(
        bench
            .answer("sample", types)
            .contains("b:set is of another type")
    );
    let json = r#"{"match": "a:*", "to": "b:$1", "size": 3}"#;
    bench.say("FLUSHDB");
    fill(&mut bench, "a:", 5000);
    assert!(bench.answer("sample", json).starts_with("3 of 3 differ"));
}

#[test]
fn a_preview_shows_what_would_become_of_keys_and_writes_nothing() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.say("HSET user:1 old 5 f 1");
    bench.ask(&["SET", "doc:1", r#"{"a":1}"#]);
    let before = bench.everything();
    for (name, json, sample) in [
        (
            "rename",
            r#"{"match": "user:*", "to": "u:{$1}"}"#,
            ("user:1", "u:{1}"),
        ),
        ("delete", r#"{"match": "user:*"}"#, ("user:1", "deleted")),
        (
            "hash",
            r#"{"match": "user:*", "set": {"id": "$1"}, "rename": {"old": "new"}}"#,
            ("user:1: old = 5", "id = 1, new = 5"),
        ),
        (
            "json",
            r#"{"match": "doc:*", "set": {"b": 2}}"#,
            (r#"doc:1: {"a":1}"#, r#"{"a":1,"b":2}"#),
        ),
        (
            "expire",
            r#"{"match": "doc:*", "ttl_ms": 60000}"#,
            ("doc:1: no TTL", "TTL 60 s"),
        ),
        (
            "convert",
            r#"{"match": "doc:*", "from": "string", "to": "hash"}"#,
            ("doc:1: string", "hash"),
        ),
        (
            "convert",
            r#"{"match": "doc:1", "from": "list", "to": "set"}"#,
            ("doc:1: string", "fails: it is not a list"),
        ),
    ] {
        let step = bulk::parse(name, json, "").expect("a step");
        let seen = bulk::preview(&step, &mut bench).expect("a preview");
        assert_eq!((seen.keys, seen.counted), (1, true), "{name}");
        assert_eq!(
            seen.samples,
            [(sample.0.to_string(), sample.1.to_string())],
            "{name}"
        );
    }
    assert_eq!(bench.everything(), before);
    assert_eq!(bench.rounds, 0);
    bench.say("SET user:{2} x");
    let step =
        bulk::parse("rename", r#"{"match": "user:*", "to": "user:{$1}"}"#, "").expect("a step");
    assert_eq!(bulk::preview(&step, &mut bench).expect("a preview").keys, 1);
}

#[test]
fn a_preview_of_many_keys_is_an_estimate_from_a_part_of_them() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    fill(&mut bench, "a:", 100_000);
    fill(&mut bench, "b:", 100_000);
    let step = bulk::parse("delete", r#"{"match": "a:*"}"#, "").expect("a step");
    let seen = bulk::preview(&step, &mut bench).expect("a preview");
    assert!(
        !seen.counted && (90_000..110_000).contains(&seen.keys),
        "{seen:?}"
    );
    assert!(bench.trips <= 60, "{}", bench.trips);
    assert_eq!(seen.samples.len(), 5);
}
