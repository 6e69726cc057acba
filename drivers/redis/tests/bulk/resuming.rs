//! A run that dies anywhere is gone on with by the next.

use crate::bench::{Bench, Death, counts};
use crate::moving::fill;
use initium_redis::bulk;

const RENAME: &str = r#"{"match": "a:*", "to": "b:$1", "batch": 100}"#;

#[test]
fn a_run_that_dies_at_any_batch_is_gone_on_with() {
    for n in 1.. {
        let mut met = false;
        for death in [Death::Before(n), Death::Behind(n)] {
            let Some(mut bench) = Bench::new() else {
                return;
            };
            fill(&mut bench, "a:", 1000);
            bench.death = Some(death);
            let died = bench.run("rename", RENAME).is_err();
            met |= died;
            bench.death = None;
            let before = bench.rounds;
            bench.rounds = 0;
            let done = bench.run("rename", RENAME).expect("the next run");
            assert_eq!((done.processed, done.failed), (1000, 0), "{death:?}");
            let whole = bench.rounds + before;
            assert!(
                !died || whole <= 16,
                "{death:?}: {whole} rounds, so it began anew"
            );
            assert_eq!(bench.say("KEYS b:*").items().len(), 1000);
            assert!(bench.say("KEYS a:*").items().is_empty());
            // And one that is done is not done again.
            bench.rounds = 0;
            assert_eq!(
                counts(bench.run("rename", RENAME).expect("done")),
                counts(done)
            );
            assert_eq!(bench.rounds, 0);
        }
        if !met {
            assert!(n > 8, "only {n} batches");
            return;
        }
    }
}

#[test]
fn values_that_are_made_here_survive_a_death_too() {
    for n in 1..8 {
        for death in [Death::Before(n), Death::Behind(n)] {
            let Some(mut bench) = Bench::new() else {
                return;
            };
            for n in 0..600 {
                bench.ask(&["SET", &format!("a:{n}"), r#"{"a":1}"#]);
            }
            let json = r#"{"match": "a:*", "set": {"b": 2}, "batch": 100}"#;
            bench.death = Some(death);
            bench.run("json", json).ok();
            bench.death = None;
            let done = bench.run("json", json).expect("the next run");
            assert_eq!((done.processed, done.failed), (600, 0), "{death:?}");
            for n in 0..600 {
                assert_eq!(bench.text(&format!("GET a:{n}")), r#"{"a":1,"b":2}"#);
            }
        }
    }
}

/// Pages are larger and smaller than a batch: the place is noted at the end of one.
#[test]
fn what_each_did_before_a_death_it_does_not_do_again() {
    let json = r#"{"match": "a:*", "batch": 100}"#;
    let lua = "return redis.call('HINCRBY', 'effects', KEYS[1], 1)";
    for n in 1..12 {
        for death in [Death::Before(n), Death::Behind(n)] {
            let Some(mut bench) = Bench::new() else {
                return;
            };
            fill(&mut bench, "a:", 900);
            bench.death = Some(death);
            bench.lua("each", json, lua).ok();
            bench.death = None;
            bench.lua("each", json, lua).expect("the next run");
            let reply = bench.say("HVALS effects");
            let counts: Vec<_> = reply
                .items()
                .iter()
                .filter_map(|item| item.text())
                .collect();
            assert_eq!(counts.len(), 900, "{death:?}");
            let again = counts.iter().filter(|count| **count != b"1").count();
            assert_eq!(again, 0, "{death:?}: so many keys were worked on twice");
        }
    }
}

#[test]
fn a_note_of_another_server_or_another_step_means_nothing() {
    for another in ["server", "step"] {
        let Some(mut bench) = Bench::new() else {
            return;
        };
        fill(&mut bench, "a:", 1000);
        bench.death = Some(Death::Behind(5));
        bench.run("rename", RENAME).expect_err("it dies");
        bench.death = None;
        let mut json = RENAME.to_string();
        match another {
            "server" => bench.generation = "two".into(),
            _ => json = RENAME.replace("b:", "c:"),
        }
        // Keys that were there, but not before the cursor.
        fill(&mut bench, "a:", 300);
        let json = json.replace('}', r#", "on_conflict": "overwrite"}"#);
        bench.run("rename", &json).expect("the next run");
        assert!(bench.say("KEYS a:*").items().is_empty(), "{another}");
    }
}

#[test]
fn a_cluster_that_changes_meanwhile_is_gone_through_again() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    struct Moving(Bench, u32);
    fill(&mut bench, "a:", 10);
    let mut moving = Moving(bench, 0);
    use initium_driver::Result;
    use initium_redis::ground::{Call, Ground, Page, Scan};
    use initium_redis::resp::Reply;
    impl Ground for Moving {
        fn servers(&mut self) -> Result<usize> {
            Ok(1)
        }
        fn generation(&mut self, _: usize) -> Result<String> {
            self.1 += 1;
            if self.1 == 2 {
                fill(&mut self.0, "a:late", 10);
            }
            Ok(self.1.min(2).to_string())
        }
        fn size(&mut self, server: usize) -> Result<u64> {
            self.0.size(server)
        }
        fn begin(&mut self, calls: &[Call], scan: Option<Scan>) -> Result<()> {
            self.0.begin(calls, scan)
        }
        fn finish(&mut self) -> Result<(Vec<Reply>, Option<Page>)> {
            self.0.finish()
        }
        fn read(&mut self, commands: &[Vec<Vec<u8>>]) -> Result<Vec<Reply>> {
            self.0.read(commands)
        }
        fn slot(&self, key: &[u8]) -> Option<u16> {
            self.0.slot(key)
        }
        fn ours(&self, key: &[u8]) -> bool {
            self.0.ours(key)
        }
        fn note(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
            self.0.note(name)
        }
        fn keep(&mut self, name: &str, note: &[u8]) -> Result<()> {
            self.0.keep(name, note)
        }
        fn notes(&self) -> Vec<u8> {
            self.0.notes()
        }
        fn pause(&mut self, time: std::time::Duration) -> Result<()> {
            self.0.pause(time)
        }
    }
    let step = bulk::parse("rename", RENAME, "").expect("a step");
    bulk::run(&step, "up/1/test", &mut moving, &mut |_| Ok(())).expect("a run");
    assert_eq!(moving.0.say("KEYS b:*").items().len(), 20);
}

#[test]
fn progress_grows_to_what_there_is() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    fill(&mut bench, "a:", 20_000);
    let step = bulk::parse("rename", r#"{"match": "a:*", "to": "b:$1"}"#, "").expect("a step");
    let mut told = Vec::new();
    bulk::run(&step, "up/1/test", &mut bench, &mut |progress| {
        told.push(*progress);
        Ok(())
    })
    .expect("a run");
    assert!(told.windows(2).all(|pair| pair[0].seen() <= pair[1].seen()));
    assert!(told.iter().all(|one| one.total >= one.seen()));
    let middle = told[told.len() / 2];
    assert!((18_000..22_000).contains(&middle.total), "{middle:?}");
    let last = told.last().expect("told");
    assert_eq!((last.total, last.processed), (last.seen(), 20_000));
}
