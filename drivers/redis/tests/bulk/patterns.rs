//! Our patterns are the server's.

use crate::bench::Bench;
use initium_driver::driver::Progress;
use initium_redis::bulk;
use std::time::{SystemTime, UNIX_EPOCH};

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn text(&mut self, signs: &[u8], longest: usize) -> Vec<u8> {
        let length = self.below(longest + 1);
        (0..length)
            .map(|_| signs[self.below(signs.len())])
            .collect()
    }
}

/// A key that the server shows and we do not match counts as failed, so the server is asked with
/// the pattern, and we with all keys.
#[test]
fn what_we_match_is_what_the_server_matches() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock");
    let seed = std::env::var("INITIUM_TEST_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    let seed: u64 = seed.unwrap_or(now.as_nanos() as u64);
    eprintln!("INITIUM_TEST_SEED={seed}");
    let mut random = Random(seed);
    let mut keys: Vec<Vec<u8>> = vec![Vec::new()];
    for _ in 0..300 {
        keys.push(random.text(b"abc-]^\\\xff\0", 7));
    }
    for key in &keys {
        bench.ask(&[b"SET", &key[..], b"x"]);
    }
    let mut good = 0;
    for _ in 0..3000 {
        let pattern = String::from_utf8(random.text(b"abcc**?[[]]^-\\", 9)).expect("ASCII");
        let json = serde_json::json!({"match": pattern, "to": "$0"}).to_string();
        // As nothing gets another name, all that we match is skipped, and the rest fails.
        let Ok(step) = bulk::parse("rename", &json, "") else {
            continue;
        };
        good += 1;
        let reply = bench.ask(&["KEYS", &pattern]);
        let mut theirs: Vec<&[u8]> = reply.items().iter().filter_map(|key| key.text()).collect();
        theirs.retain(|key| !key.starts_with(b"{bench}:"));
        bench.say("DEL {bench}:marks");
        let done = bulk::run(&step, "up/1/test", &mut bench, &mut |_: &Progress| Ok(()));
        let done = done.unwrap_or_else(|error| panic!("seed {seed}, {pattern:?}: {error}"));
        let many = theirs.len() as u64;
        assert_eq!(done.skipped, many, "seed {seed}, {pattern:?}: {theirs:?}");
        // And by ourselves: a preview looks at all keys.
        let json = serde_json::json!({"match": pattern}).to_string();
        let delete = bulk::parse("delete", &json, "").expect("a step");
        let seen = bulk::preview(&delete, &mut bench).expect("a preview");
        assert_eq!(
            seen.keys,
            theirs.len() as u64,
            "seed {seed}, {pattern:?}: {theirs:?}"
        );
    }
    assert!(good > 500, "seed {seed}: {good}");
}
