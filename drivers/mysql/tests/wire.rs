//! What goes over the wire: how often, and what is never asked for.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::proxy::through;
use bench::{alone, attempt, each, finish, open, ready, record, split, step};
use initium_driver::{Effect, Entry, Locked, Part, Script};

#[test]
fn nothing_pending_costs_the_handshake_and_one_round_trip() {
    each(|database| {
        let mut driver = ready(&database.settings);
        let entries = vec![Entry::Record(record("a", 1))];
        driver.execute(&Script::entries(entries)).unwrap();
        let (settings, counted) = through(&database.settings);
        let mut driver = open(&settings, "initium_migrate").unwrap();
        assert_eq!(counted.trips(), 1, "the login");
        assert_eq!(driver.digest().unwrap().unwrap().count, 1);
        assert_eq!(counted.trips(), 1, "the digest");
    });
}

#[test]
fn a_run_costs_no_more_round_trips_than_it_must() {
    each(|database| {
        let (settings, counted) = through(&database.settings);
        let mut driver = open(&settings, "initium_migrate").unwrap();
        let maria = driver.dialect().names().len() == 2;
        counted.trips();
        assert_eq!(driver.try_lock().unwrap(), Locked::Taken);
        assert_eq!(counted.trips(), 2, "the lock");
        driver.prepare_ledger().unwrap();
        counted.trips();
        driver.digest().unwrap();
        counted.trips();
        driver.history().unwrap();
        assert_eq!(counted.trips(), 1, "the history behind a digest");

        let create = split(&*driver, "CREATE TABLE t (a int); ALTER TABLE t ADD b int");
        let mut create = create.into_iter().map(Box::new);
        let first = Script::Alone {
            before: vec![Entry::Step(step("m", 1))],
            statement: create.next().unwrap(),
            after: vec![Entry::Step(step("m", 1).done()), Entry::Step(step("m", 2))],
        };
        driver.execute(&first).unwrap();
        assert_eq!(
            counted.trips(),
            3,
            "intent, statement, done and next intent"
        );
        let last = Script::Alone {
            before: Vec::new(),
            statement: create.next().unwrap(),
            after: finish("m", 1),
        };
        driver.execute(&last).unwrap();
        let end = if maria { 1 } else { 5 };
        assert_eq!(counted.trips(), 1 + end, "statement, end of the migration");

        let rows = split(
            &*driver,
            "INSERT INTO t VALUES (1, 2); INSERT INTO t VALUES (3, 4)",
        );
        let together = Script::Together(vec![Part {
            statements: rows,
            entries: vec![Entry::Record(record("n", 2)), Entry::Attempt(attempt("n"))],
        }]);
        driver.execute(&together).unwrap();
        let end = if maria { 1 } else { 3 };
        assert_eq!(counted.trips(), 1 + 2 + end, "begin, two statements, end");
        let entries = vec![Entry::Attempt(attempt("n"))];
        driver.execute(&Script::entries(entries)).unwrap();
        assert_eq!(counted.trips(), 1, "one entry");
        driver.query("SELECT 1").unwrap();
        assert_eq!(counted.trips(), 3, "a question");
        driver.introspect().unwrap();
        assert_eq!(counted.trips(), 4, "the catalog");
        driver.unlock().unwrap();
        assert_eq!(counted.trips(), 1, "the unlock");
    });
}

#[test]
fn the_login_names_the_run_and_hides_the_password() {
    each(|database| {
        let (settings, counted) = through(&database.settings);
        drop(open(&settings, "initium_migrate").unwrap());
        let said = counted.said.lock().unwrap();
        let all = String::from_utf8_lossy(&said);
        let password = settings.password.as_ref().unwrap().reveal();
        assert!(!all.contains(password), "the password went over the wire");
        for word in ["program_name", "initium_run", "run-1"] {
            assert!(all.contains(word), "{word}");
        }
    });
}

/// A script of one transaction, whatever its texts are.
fn forged(driver: &mut dyn initium_driver::Driver, texts: &[&str]) -> initium_driver::Result<()> {
    let insert = split(driver, "INSERT INTO t VALUES (1)").remove(0);
    let statements = texts.iter().map(|text| initium_driver::Statement {
        text: (*text).into(),
        ..insert.clone()
    });
    driver.execute(&Script::Together(vec![Part {
        statements: statements.collect(),
        entries: vec![],
    }]))
}

#[test]
fn a_second_statement_in_a_packet_is_not_sent() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int)");
        for text in [
            "INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)",
            "/*! INSERT INTO t VALUES (1); INSERT INTO t VALUES (2) */",
        ] {
            let error = forged(&mut *driver, &[text]).unwrap_err();
            assert!(error.message().contains("more than one"), "{error}");
            assert_eq!(error.failed_at().unwrap().statement, 0);
            assert_eq!(driver.query("SELECT * FROM t").unwrap().rows.len(), 0);
        }
    });
}

#[test]
fn what_the_server_reads_as_two_statements_it_does_not_run() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a int)");
        // From here on the server reads backslashes otherwise than the dialect.
        let mode = "SET sql_mode = (SELECT 'NO_BACKSLASH_ESCAPES')";
        for second in ["INSERT INTO t VALUES (1)", "SELECT * FROM not_there"] {
            let text = format!("SELECT 'a\\'; {second} -- '");
            let error = forged(&mut *driver, &[mode, &text]).unwrap_err();
            assert!(error.message().contains("(1064)"), "{error}");
            assert_eq!(error.failed_at().unwrap().statement, 1);
        }
        assert_eq!(driver.query("SELECT * FROM t").unwrap().rows.len(), 0);
        assert_eq!(driver.history().unwrap().records.len(), 0);
    });
}

#[test]
fn a_server_that_asks_for_a_file_gets_none() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a text)");
        let load = "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t";
        let error = forged(&mut *driver, &[load]).unwrap_err();
        // Nobody told it that there is a way to ask.
        assert_eq!(
            error.code(),
            initium_driver::Code::StatementFailed,
            "{error}"
        );
        drop(driver);
        let mut driver = open(&database.settings, "initium_migrate").unwrap();
        assert_eq!(driver.query("SELECT * FROM t").unwrap().rows.len(), 0);
    });
}

/// No server that behaves: whatever it is asked, it asks for a file of the client's.
#[test]
fn a_hostile_server_that_answers_with_a_wish_for_a_file_gets_none() {
    let secret = std::env::temp_dir().join(format!("initium-local-{}", std::process::id()));
    std::fs::write(&secret, "the client's own secret").unwrap();
    each(|database| {
        let (settings, counted) = bench::proxy::wishing(&database.settings, &secret);
        let mut driver = open(&settings, "initium_migrate").unwrap();
        let error = driver.query("SELECT 1").unwrap_err();
        // So the wish has arrived.
        assert!(error.message().contains("local file"), "{error}");
        let said = counted.said.lock().unwrap();
        let said = String::from_utf8_lossy(&said);
        assert!(!said.contains("own secret"), "{said:?}");
    });
    std::fs::remove_file(secret).unwrap();
}

#[test]
fn what_a_proxy_keeps_to_itself_is_read_from_the_words() {
    each(|database| {
        let (settings, _) = bench::proxy::deaf(&database.settings);
        let mut driver = ready(&settings);
        let now = "SELECT concat_ws('|', @@sql_mode, @@foreign_key_checks, DATABASE(), \
                   @@character_set_client, @@collation_connection, @@autocommit)";
        let before = bench::cell(&mut *driver, now);
        let text = "SET foreign_key_checks = 0, sql_mode = ''; SET NAMES latin1; USE mysql; \
                    CREATE TABLE DB.t (a int); INSERT INTO DB.t VALUES (1)";
        let text = text.replace("DB", &database.name);
        bench::migrate(&mut *driver, "m", 1, &text).unwrap();
        assert_eq!(bench::cell(&mut *driver, now), before);
        // The ledger's rows stand in the transaction of the script, and end with it.
        for (id, text) in [
            ("n", "BEGIN; INSERT INTO t VALUES (2); COMMIT"),
            ("o", "BEGIN; INSERT INTO t VALUES (3)"),
        ] {
            let mut answer = Ok(());
            let statements = split(&*driver, text);
            let last = statements.len() - 1;
            for (n, statement) in statements.into_iter().enumerate() {
                answer = driver.execute(&Script::Alone {
                    before: vec![Entry::Step(step(id, n as u64))],
                    statement: Box::new(statement),
                    after: match n == last {
                        true => finish(id, 2),
                        false => vec![],
                    },
                });
            }
            assert_eq!(answer.is_ok(), id == "n", "{answer:?}");
            let count = bench::cell(&mut *driver, "SELECT count(*) FROM t");
            assert_eq!(count.as_deref(), Some("2"), "{id}");
        }
        assert_eq!(driver.history().unwrap().records.len(), 2);
    });
}

#[test]
fn an_error_behind_the_first_answer_of_a_procedure_is_seen() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(
            &mut *driver,
            "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; SELECT * FROM not_there; SELECT 3; END",
        );
        let call = split(&*driver, "CALL p()").remove(0);
        assert_eq!(call.effect, Effect::Alone);
        let error = bench::try_alone(&mut *driver, call).unwrap_err();
        assert!(error.message().contains("(1146)"), "{error}");
        assert_eq!(driver.query("SELECT 7").unwrap().first(), Some("7"));
    });
}

#[test]
fn a_statement_longer_than_a_packet_arrives_whole() {
    each(|database| {
        let mut driver = ready(&database.settings);
        alone(&mut *driver, "CREATE TABLE t (a longtext)");
        let limit = bench::cell(&mut *driver, "SELECT @@max_allowed_packet").unwrap();
        let limit: usize = limit.parse().unwrap();
        // One packet of the protocol ends at 16 MB; MariaDB takes no more by default.
        let size = (17 << 20).min(limit - 100);
        let text = format!("INSERT INTO t VALUES ('{}')", "x".repeat(size));
        let script = Script::Together(vec![Part {
            statements: split(&*driver, &text),
            entries: vec![],
        }]);
        driver.execute(&script).unwrap();
        let length = bench::cell(&mut *driver, "SELECT length(a) FROM t");
        assert_eq!(length, Some(size.to_string()));
        let whole = driver.query("SELECT a FROM t").unwrap();
        assert_eq!(whole.first().map(str::len), Some(size));

        let text = format!("INSERT INTO t VALUES ('{}')", "x".repeat(limit));
        let script = Script::Together(vec![Part {
            statements: split(&*driver, &text),
            entries: vec![],
        }]);
        let error = driver.execute(&script).unwrap_err();
        assert!(error.message().contains("max_allowed_packet"), "{error}");
        assert_eq!(driver.query("SELECT 7").unwrap().first(), Some("7"));
    });
}
