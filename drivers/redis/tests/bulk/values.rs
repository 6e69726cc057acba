//! Steps that change values.

use crate::bench::{Bench, counts};
use initium_driver::Code;
use initium_redis::bulk;

#[test]
fn each_type_becomes_each_that_makes_sense_and_keeps_its_ttl() {
    let big = r#"{"n":12345678901234567890123,"s":"é\n","t":true,"o":{"a":[1]}}"#;
    for (make, from, to, read, expected) in [
        (
            vec!["SET", "k:1", big],
            "string",
            "hash",
            "HGET k:1 n",
            "12345678901234567890123",
        ),
        (
            vec!["SET", "k:1", big],
            "string",
            "hash",
            "HGET k:1 s",
            "é\n",
        ),
        (
            vec!["SET", "k:1", big],
            "string",
            "hash",
            "HGET k:1 o",
            r#"{"a":[1]}"#,
        ),
        (
            vec!["SET", "k:1", "[1, \"b\" ,1.0]"],
            "string",
            "list",
            "LRANGE k:1 0 -1",
            "1 b 1.0",
        ),
        (
            vec!["HSET", "k:1", "b", "\u{1}\"é", "a", "2"],
            "hash",
            "string",
            "GET k:1",
            "{\"a\":\"2\",\"b\":\"\\u0001\\\"é\"}",
        ),
        (
            vec!["RPUSH", "k:1", "b", "a\\", "b"],
            "list",
            "string",
            "GET k:1",
            r#"["b","a\\","b"]"#,
        ),
        (
            vec!["RPUSH", "k:1", "b", "a", "b"],
            "list",
            "set",
            "SCARD k:1",
            "2",
        ),
        (
            vec!["SADD", "k:1", "b", "a", "c"],
            "set",
            "list",
            "LRANGE k:1 0 -1",
            "a b c",
        ),
        (
            vec!["SADD", "k:1", "b", "a"],
            "set",
            "zset",
            "ZRANGE k:1 0 -1 WITHSCORES",
            "a 0 b 0",
        ),
        (
            vec!["ZADD", "k:1", "2", "a", "1", "b"],
            "zset",
            "set",
            "SMEMBERS k:1",
            "a b",
        ),
        (
            vec!["RPUSH", "k:1", "b", "a", "b"],
            "list",
            "zset",
            "ZRANGE k:1 0 -1 WITHSCORES",
            "b 0 a 1",
        ),
        (
            vec!["ZADD", "k:1", "2", "a", "1", "b"],
            "zset",
            "list",
            "LRANGE k:1 0 -1",
            "b a",
        ),
    ] {
        let Some(mut bench) = Bench::new() else {
            return;
        };
        bench.ask(&make);
        bench.say("PEXPIRE k:1 100000");
        let json = format!(r#"{{"match": "k:*", "from": "{from}", "to": "{to}"}}"#);
        let done = bench
            .run("convert", &json)
            .unwrap_or_else(|error| panic!("{from} {to}: {error}"));
        assert_eq!(counts(done), (1, 0, 0), "{from} {to}");
        let mut found = bench.text(read);
        if read.starts_with("SMEMBERS") {
            let mut members: Vec<&str> = found.split(' ').collect();
            members.sort_unstable();
            found = members.join(" ");
        }
        assert_eq!(found, expected, "{from} {to}");
        assert!(
            bench.say("PTTL k:1").integer() > Some(90_000),
            "{from} {to}"
        );
        let again = bench.fresh("convert", &json).expect("a second run");
        assert_eq!(counts(again), (0, 1, 0), "{from} {to}");
    }
}

#[test]
fn what_cannot_be_converted_fails_and_stays() {
    for (make, from, to, why) in [
        (
            &[&b"SET"[..], b"k:1", b"no"][..],
            "string",
            "hash",
            "it is no JSON",
        ),
        (
            &[b"SET", b"k:1", b"[1]"],
            "string",
            "hash",
            "no JSON object",
        ),
        (&[b"SET", b"k:1", b"{}"], "string", "hash", "it is empty"),
        (
            &[b"SET", b"k:1", b"{\"a\":1,\"a\":2}"],
            "string",
            "hash",
            "twice",
        ),
        (&[b"SET", b"k:1", b"\xff"], "string", "list", "no UTF-8"),
        (
            &[b"SADD", b"k:1", b"a"],
            "string",
            "list",
            "it is a set, not a string",
        ),
        (&[b"SET", b"k:1", b"a"], "hash", "string", ""),
        (
            &[b"SET", b"k:1", b"a"],
            "list",
            "set",
            "it is a string, not a list",
        ),
        (&[b"RPUSH", b"k:1", b"a\xc3("], "list", "string", "no UTF-8"),
        (
            &[b"HSET", b"k:1", b"\xed\xa0\x80", b"1"],
            "hash",
            "string",
            "no UTF-8",
        ),
    ] {
        let Some(mut bench) = Bench::new() else {
            return;
        };
        bench.ask(make);
        let before = bench.everything();
        let json = format!(r#"{{"match": "k:*", "from": "{from}", "to": "{to}"}}"#);
        match bench.run("convert", &json) {
            Ok(done) => assert_eq!((counts(done), why), ((0, 1, 0), ""), "{from} {to}"),
            Err(error) => {
                assert_eq!(error.code(), Code::KeysFailed);
                assert!(!why.is_empty() && error.message().contains(why), "{error}");
            }
        }
        assert_eq!(bench.everything(), before);
    }
    for (from, to) in [
        ("string", "set"),
        ("hash", "list"),
        ("hash", "zset"),
        ("list", "list"),
    ] {
        let json = format!(r#"{{"match": "k:*", "from": "{from}", "to": "{to}"}}"#);
        let error = bulk::parse("convert", &json, "").expect_err("no such pair");
        assert!(error.message().contains(from) && error.message().contains(to));
    }
}

#[test]
fn a_long_collection_is_converted_whole() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    let lua = "for n = 1, 20000 do redis.call('RPUSH', 'k:1', n) end";
    bench.ask(&["EVAL", lua, "0"]);
    for (from, to) in [
        ("list", "zset"),
        ("zset", "set"),
        ("set", "list"),
        ("list", "string"),
        ("string", "list"),
    ] {
        let json = format!(r#"{{"match": "k:*", "from": "{from}", "to": "{to}"}}"#);
        assert_eq!(
            counts(bench.fresh("convert", &json).expect("a run")),
            (1, 0, 0),
            "{from} {to}"
        );
    }
    assert_eq!(bench.text("LLEN k:1"), "20000");
}

#[test]
fn fields_are_set_taken_off_and_renamed_and_a_second_run_finds_nothing() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    for n in 0..1200 {
        bench.say(&format!("HSET user:{n} old {n} gone 1"));
    }
    bench.say("PEXPIRE user:5 100000");
    let json = r#"{"match": "user:*", "set": {"id": "u-$1", "v": 2}, "unset": ["gone"], "rename": {"old": "new"}}"#;
    assert_eq!(
        counts(bench.run("hash", json).expect("a run")),
        (1200, 0, 0)
    );
    assert_eq!(bench.text("HMGET user:5 id v new"), "u-5 2 5");
    assert_eq!(bench.text("HLEN user:5"), "3");
    assert!(bench.say("PTTL user:5").integer() > Some(90_000));
    assert_eq!(
        counts(bench.fresh("hash", json).expect("a run")),
        (0, 1200, 0)
    );
}

#[test]
fn a_hash_with_both_names_fails_and_none_of_it_changes() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.say("HSET a:1 old 1 new 2");
    bench.say("HSET a:2 old 1 new 1");
    bench.say("SET a:3 1");
    let json = r#"{"match": "a:*", "set": {"x": 1}, "rename": {"old": "new"}}"#;
    let error = bench.run("hash", json).expect_err("two names");
    assert!(
        error.message().contains("a:1: it has both old and new"),
        "{error}"
    );
    assert!(
        error.message().contains("a:3: it is a string, not a hash"),
        "{error}"
    );
    assert_eq!(bench.text("HLEN a:1"), "2");
    assert_eq!(bench.text("HMGET a:2 new x"), "1 1");
    for json in [
        r#"{"match": "a:*"}"#,
        r#"{"match": "a:*", "set": {"x": 1}, "unset": ["x"]}"#,
        r#"{"match": "a:*", "rename": {"a": "b", "b": "c"}}"#,
        r#"{"match": "a:*", "rename": {"a": "a"}}"#,
        r#"{"match": "a:*", "sett": {"x": 1}}"#,
        r#"{"match": "a:*", "set": {"x": [1]}}"#,
        r#"{"match": "a:*", "match": "b:*", "set": {"x": 1}}"#,
    ] {
        let error = bulk::parse("hash", json, "").expect_err(json);
        assert_eq!(error.code(), Code::SpecInvalid, "{json}");
    }
}

#[test]
fn only_keys_without_a_ttl_get_one_unless_all_are_asked_for() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.say("SET a:1 1");
    bench.say("SET a:2 1 PX 50000");
    let json = r#"{"match": "a:*", "ttl_ms": 1000000}"#;
    assert_eq!(counts(bench.run("expire", json).expect("a run")), (1, 1, 0));
    assert_eq!(
        counts(bench.fresh("expire", json).expect("a run")),
        (0, 2, 0)
    );
    assert!(bench.say("PTTL a:2").integer() <= Some(50_000));
    let json = r#"{"match": "a:*", "ttl_ms": 1000000, "replace": true}"#;
    assert_eq!(
        counts(bench.fresh("expire", json).expect("a run")),
        (2, 0, 0)
    );
    assert!(bench.say("PTTL a:2").integer() > Some(900_000));
    let json = r#"{"match": "a:*", "persist": true}"#;
    assert_eq!(
        counts(bench.fresh("expire", json).expect("a run")),
        (2, 0, 0)
    );
    assert_eq!(
        counts(bench.fresh("expire", json).expect("a run")),
        (0, 2, 0)
    );
    for json in [
        r#"{"match": "a:*"}"#,
        r#"{"match": "a:*", "ttl_ms": 0}"#,
        r#"{"match": "a:*", "ttl_ms": 1, "persist": true}"#,
    ] {
        bulk::parse("expire", json, "").expect_err(json);
    }
}

#[test]
fn a_script_of_ones_own_says_of_each_key_what_became_of_it() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.say("SET a:1 1");
    bench.say("SET a:2 2");
    bench.say("HSET a:3 f 1");
    bench.say("SET a:4 4");
    let lua = "local v = redis.call('GET', KEYS[1])\nif v == '2' then return 0 end\nif v == '4' then return redis.error_reply('four') end\nredis.call('SET', KEYS[1], v .. ARGV[1]) -- the end";
    let json = r#"{"match": "a:*", "args": ["x"]}"#;
    let error = bench.lua("each", json, lua).expect_err("two fail");
    assert!(error.message().starts_with("2 of 4 keys failed"), "{error}");
    assert!(
        error.message().contains("a:3: WRONGTYPE") && error.message().contains("a:4: ERR four"),
        "{error}"
    );
    assert_eq!(bench.text("GET a:1"), "1x");
    for lua in ["return )", "end do", "return 1 end function x()"] {
        let error = bench.lua("each", json, lua).expect_err("no Lua");
        assert_eq!(error.code(), Code::StatementFailed, "{error}");
    }
    assert_eq!(bench.text("GET a:1"), "1x");
    bulk::parse("each", json, " ").expect_err("no script");
}
