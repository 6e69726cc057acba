//! The pulse beats in every wait. (Catches a wait in which no signal is heard, and a beat for every
//! answer.)

mod bench;

use bench::{Database, REDIS, VALKEY, run};
use initium_driver::driver::Pulse;
use initium_driver::{Locked, Script, Source};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

static BEATS: AtomicU64 = AtomicU64::new(0);

fn beat() {
    BEATS.fetch_add(1, Ordering::Relaxed);
}

/// Alone in its binary: a server that pauses, pauses for everybody.
#[test]
fn it_beats_while_a_server_keeps_its_answer_back() {
    for database in [REDIS, VALKEY].into_iter().filter_map(Database::new) {
        let mut run = run("r");
        run.pulse = Pulse(beat);
        let mut driver = match (initium_redis::OPENER.open)(&database.settings, &run) {
            Ok(driver) => driver,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
        let found = driver
            .dialect()
            .split(&Source::file("a", "INCR a"))
            .expect("one");
        let script = Script::Alone {
            before: vec![],
            statement: Box::new(found[0].clone()),
            after: vec![],
        };
        let before = BEATS.load(Ordering::Relaxed);
        let start = Instant::now();
        for _ in 0..500 {
            driver.execute(&script).expect("it runs");
        }
        let beats = BEATS.load(Ordering::Relaxed) - before;
        let most = 2 + start.elapsed().as_millis() as u64 / 80;
        assert!(beats <= most, "{beats} beats in {:?}", start.elapsed());

        database.client().ask(&["CLIENT", "PAUSE", "1000", "WRITE"]);
        let before = BEATS.load(Ordering::Relaxed);
        let start = Instant::now();
        driver.execute(&script).expect("it runs in the end");
        assert!(start.elapsed() > Duration::from_millis(700));
        let beats = BEATS.load(Ordering::Relaxed) - before;
        assert!(beats >= 5, "{beats} beats in {:?}", start.elapsed());
        assert_eq!(database.client().text(&["GET", "a"]), "501");
    }
}
