//! What a command writes and its proof are one. (Catches an effect without a mark, a mark without an
//! effect, and a write of somebody whose lock is gone.)

mod bench;

use bench::{Client, Database, REDIS, VALKEY, open, ready};
use initium_driver::{
    Code, Driver, Effect, Entry, Error, Locked, Phase, Record, Result, Script, Source, State,
    Statement, Step, Verdict,
};

fn databases() -> Vec<Database> {
    let both = [REDIS, VALKEY];
    both.into_iter().filter_map(Database::new).collect()
}

fn statement(text: &str) -> Statement {
    let found = initium_redis::OPENER.dialect;
    let split = found("redis").split(&Source::file("a.redis", text));
    split.expect("a statement").remove(0)
}

fn step(number: u64, text: &str) -> Step {
    let checksum = format!("v1:{}", text.len());
    Step::new("m", Phase::Up, number, checksum, text)
}

fn intent(number: u64, text: &str) -> Entry {
    Entry::Intent {
        step: step(number, text),
        statement: Box::new(statement(text)),
    }
}

fn alone(driver: &mut dyn Driver, before: Vec<Entry>, text: &str, after: Vec<Entry>) -> Result<()> {
    driver.execute(&Script::Alone {
        before,
        statement: Box::new(statement(text)),
        after,
    })
}

fn record(id: &str) -> Entry {
    Entry::Record(Record {
        id: id.into(),
        seq: 1,
        name: id.into(),
        checksum: "v1:a".into(),
        state: State::Applied,
        reason: None,
        statements: 1,
        duration_ms: 0,
        applied_at: String::new(),
        run: "run-1".into(),
        tool: "0".into(),
        up: None,
        down: None,
        cleanup: None,
    })
}

fn verdict(driver: &mut dyn Driver, number: u64, text: &str) -> Verdict {
    let found = driver.verdict(&step(number, text), &statement(text));
    found.expect("a verdict")
}

const WITHOUT: Verdict = Verdict::Without { clear: Vec::new() };

#[test]
fn a_mark_says_whether_a_command_ran() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        let text = "INCR n";
        alone(&mut *driver, vec![], "SET other 1", vec![intent(1, text)]).expect("an intent");
        assert_eq!(verdict(&mut *driver, 1, text), WITHOUT);
        // Under an intent that another script wrote, as the engine does it.
        alone(&mut *driver, vec![], text, vec![]).expect("it runs");
        assert_eq!(verdict(&mut *driver, 1, text), Verdict::With);
        assert_eq!(verdict(&mut *driver, 2, text), WITHOUT);
        assert_eq!(verdict(&mut *driver, 1, "INCR other"), WITHOUT);
        // A new intent is a new try.
        alone(&mut *driver, vec![intent(1, text)], "INCR nosuch x", vec![]).expect_err("arity");
        assert_eq!(verdict(&mut *driver, 1, text), WITHOUT);
        let clear = Entry::ClearSteps {
            id: "m".into(),
            phase: Phase::Up,
        };
        alone(&mut *driver, vec![intent(1, text)], text, vec![clear]).expect("it runs");
        assert_eq!(
            database.client().text(&["HLEN", "{initium_migrate}:marks"]),
            "0"
        );
        assert_eq!(database.client().text(&["GET", "n"]), "2");
    }
}

#[test]
fn an_entry_that_cannot_be_written_takes_the_command_with_it() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, vec![], "SET a 1", vec![record("m")]).expect("it runs");
        alone(&mut *driver, vec![], "SET a 2", vec![record("m")]).expect_err("two of one id");
        assert_eq!(database.client().text(&["GET", "a"]), "1");
        let again = vec![Entry::Forget { id: "m".into() }, record("m")];
        alone(&mut *driver, vec![], "SET a 3", again).expect("forgotten before");
        assert_eq!(driver.digest().expect("a digest").map(|d| d.count), Some(1));
    }
}

#[test]
fn a_script_that_fails_says_how_far_it_was_and_where() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        let step =
            |lua: &str| format!("initium.script {{\"keys\":[\"a\"],\"args\":[\"7\"]}}\n{lua}");
        let good =
            step("| redis.call('SET', KEYS[1], ARGV[1])\n| return redis.call('GET', KEYS[1])");
        alone(&mut *driver, vec![intent(1, &good)], &good, vec![]).expect("it runs");
        assert_eq!(database.client().text(&["GET", "a"]), "7");
        assert_eq!(verdict(&mut *driver, 1, &good), Verdict::With);

        let early = step("| redis.call('GET', KEYS[1])\n  | error('not so')");
        let error = alone(&mut *driver, vec![intent(2, &early)], &early, vec![]);
        let error = error.expect_err("it fails");
        assert_eq!(error.code(), Code::StatementFailed);
        assert!(error.message().contains("not so"), "{error}");
        let at = error
            .failed_at()
            .expect("a statement")
            .offset
            .expect("a place");
        assert!(early[at..].starts_with("error("), "{}", &early[at..]);
        assert_eq!(verdict(&mut *driver, 2, &early), WITHOUT);

        let late = step("| redis.call('INCR', KEYS[1])\n| redis.call('HSET', KEYS[1], 'f', 1)");
        let error = alone(&mut *driver, vec![intent(3, &late)], &late, vec![]);
        assert_eq!(error.expect_err("it fails").code(), Code::StatementFailed);
        let Verdict::Otherwise(found) = verdict(&mut *driver, 3, &late) else {
            panic!("what it wrote is not told");
        };
        assert!(found.contains("2 calls"), "{found}");
        assert_eq!(database.client().text(&["GET", "a"]), "8");

        let torn = step("| if");
        let error = alone(&mut *driver, vec![intent(4, &torn)], &torn, vec![]);
        assert_eq!(error.expect_err("no Lua").code(), Code::StatementFailed);
        assert_eq!(verdict(&mut *driver, 4, &torn), WITHOUT);
    }
}

#[test]
fn what_no_script_may_do_is_sent_by_itself_and_says_so() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        let text = "CONFIG SET lua-time-limit 5000";
        alone(&mut *driver, vec![intent(1, text)], text, vec![]).expect("it runs");
        assert!(matches!(
            verdict(&mut *driver, 1, text),
            Verdict::Invisible(_)
        ));
        let bad = "CONFIG SET nosuch 1";
        let error = alone(&mut *driver, vec![intent(2, bad)], bad, vec![]).expect_err("no such");
        assert_eq!(error.code(), Code::StatementFailed);
        assert!(error.failed_at().is_some());
    }
}

fn lost(answer: Result<()>) -> Error {
    let error = answer.expect_err("a write without the lock");
    assert_eq!(error.code(), Code::LeaseLost, "{error}");
    error
}

#[test]
fn who_lost_the_lock_writes_nothing_more() {
    for database in databases() {
        let mut first = ready(&database.with("lease", "1s"));
        alone(&mut *first, vec![], "SET a 1", vec![]).expect("it holds the lock");
        std::thread::sleep(std::time::Duration::from_millis(1200));
        let mut second = open(&database.settings);
        assert_eq!(second.try_lock().expect("an answer"), Locked::Taken);
        lost(alone(
            &mut *first,
            vec![intent(1, "SET a 2")],
            "SET a 2",
            vec![],
        ));
        lost(first.execute(&Script::entries(vec![record("m")])));
        lost(first.unlock());
        alone(&mut *second, vec![], "INCR a", vec![]).expect("it holds the lock");
        // Nor when the other one is gone, which somebody may not have seen.
        second.unlock().expect("an unlock");
        lost(alone(&mut *first, vec![], "SET a 3", vec![]));
        drop(first);
        assert_eq!(database.client().text(&["GET", "a"]), "2");
        assert_eq!(
            database
                .client()
                .text(&["EXISTS", "{initium_migrate}:steps"]),
            "0"
        );
    }
}

#[test]
fn a_lease_that_ended_is_taken_again_if_nobody_else_took_it() {
    for database in databases() {
        let mut first = ready(&database.with("lease", "1s"));
        std::thread::sleep(std::time::Duration::from_millis(1200));
        assert_eq!(open(&database.settings).holder().expect("an answer"), None);
        alone(&mut *first, vec![], "SET a 1", vec![]).expect("nobody else was there");
        let mut second = open(&database.settings);
        assert!(matches!(
            second.try_lock().expect("an answer"),
            Locked::Held(_)
        ));
    }
}

#[test]
fn a_lock_that_was_taken_away_is_not_taken_again() {
    for database in databases() {
        let mut first = ready(&database.settings);
        let mut second = open(&database.settings);
        let holder = second.holder().expect("an answer").expect("a holder");
        assert!(
            holder.lease.is_some_and(|left| left.as_secs() <= 30),
            "{holder:?}"
        );
        assert!(holder.host.is_some(), "{holder:?}");
        assert_eq!(holder.application.as_deref(), Some("initium run-1"));
        second.end(&holder).expect("an end");
        lost(alone(&mut *first, vec![], "SET a 1", vec![]));
        // Of somebody who is the holder no more.
        assert_eq!(second.try_lock().expect("an answer"), Locked::Taken);
        second.end(&holder).expect("nothing to end");
        alone(&mut *second, vec![], "SET a 2", vec![]).expect("it holds the lock");
    }
}

#[test]
fn a_server_that_forgot_its_scripts_is_told_them_again() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, vec![], "INCR a", vec![]).expect("it runs");
        database.client().ask(&["SCRIPT", "FLUSH"]);
        alone(&mut *driver, vec![], "INCR a", vec![]).expect("it runs");
        assert_eq!(database.client().text(&["GET", "a"]), "2");
    }
}

#[test]
fn emptiness_is_no_key_but_the_ledgers_own() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        assert!(driver.is_empty().expect("an answer"));
        driver
            .execute(&Script::entries(vec![record("m")]))
            .expect("a record");
        assert!(driver.is_empty().expect("an answer"));
        let mut client: Client = database.client();
        client.ask(&["SET", "{initium_migrate}:mine", "1"]);
        assert!(!driver.is_empty().expect("an answer"));
        client.ask(&["DEL", "{initium_migrate}:mine"]);
        assert!(driver.is_empty().expect("an answer"));
    }
}

#[test]
fn a_number_too_many_is_no_reason_to_stop() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        let words: Vec<_> = (0..3000).map(|n| format!("w{n}")).collect();
        let text = format!("RPUSH list {}", words.join(" "));
        alone(&mut *driver, vec![], &text, vec![]).expect("a long command");
        assert_eq!(database.client().text(&["LLEN", "list"]), "3000");
        assert_eq!(statement(&text).effect, Effect::Alone);
    }
}
