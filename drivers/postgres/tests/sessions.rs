//! What one migration sets, no other sees, and the ledger does not care: catches leaks of a
//! session, and bookkeeping that depends on it.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::{Driver, Script};
use initium_driver::ledger::{Entry, Phase, Step};
use servers::{alone, apply, ask, each, ids, open, part, record, split};

const HOSTILE: &str = "CREATE SCHEMA other; CREATE ROLE initium_guest_X; \
    GRANT ALL ON SCHEMA other TO initium_guest_X; \
    SET search_path TO other; SET client_min_messages TO error; SET DateStyle TO 'German, DMY'; \
    SET standard_conforming_strings TO off; SET TimeZone TO 'Asia/Tokyo'; \
    SET statement_timeout TO '7min'; SET client_encoding TO 'LATIN1'; PREPARE x AS SELECT 1; \
    CREATE TEMP TABLE leak (n int); DECLARE c CURSOR WITH HOLD FOR SELECT 1; \
    CREATE FUNCTION other.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz'; \
    SET ROLE initium_guest_X";

/// Roles belong to the server, so each test has its own.
fn hostile(database: &servers::Database) -> String {
    HOSTILE.replace("initium_guest_X", &format!("{}_guest", database.name()))
}

const STATE: &str = "SELECT concat_ws(' ', current_user, session_user, current_setting('search_path'), \
    current_setting('client_min_messages'), current_setting('DateStyle'), current_setting('TimeZone'), \
    current_setting('standard_conforming_strings'), current_setting('client_encoding'), \
    current_setting('statement_timeout'), current_setting('lock_timeout'), \
    (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors), \
    to_regclass('leak') IS NULL)";

#[test]
fn what_a_migration_sets_does_not_reach_the_next_one() {
    each(|database| {
        let mut driver = database.ready();
        let text = hostile(database);
        let before = ask(&mut *driver, STATE);
        assert!(before.ends_with("1min 1500ms 0 0 t"), "{before}");
        apply(&mut *driver, "one", &text).unwrap();
        assert_eq!(ask(&mut *driver, STATE), before);
        apply(
            &mut *driver,
            "two",
            "CREATE TEMP TABLE leak (n int); PREPARE x AS SELECT 1",
        )
        .unwrap();
        assert_eq!(ids(&mut *driver), ["one", "two"]);
    });
}

#[test]
fn what_a_migration_sets_does_not_reach_the_next_one_in_the_same_transaction() {
    each(|database| {
        let mut driver = database.ready();
        let text = hostile(database);
        let two = format!("CREATE TABLE public.seen AS {} AS state", STATE);
        let before = ask(&mut *driver, STATE);
        let script = Script::Together(vec![
            part(&*driver, "one", &text),
            part(&*driver, "two", &two),
        ]);
        driver.execute(&script).unwrap();
        let seen = ask(&mut *driver, "SELECT state FROM seen");
        // Behind the first migration stands its mark, nothing else.
        assert_eq!(seen.replace(" 1 0 t", " 0 0 t"), before);
        assert_eq!(ask(&mut *driver, STATE), before);
    });
}

#[test]
fn what_a_failed_migration_set_is_gone() {
    each(|database| {
        let mut driver = database.ready();
        let text = hostile(database);
        let before = ask(&mut *driver, STATE);
        apply(&mut *driver, "one", &format!("{text}; SELECT 1/0")).unwrap_err();
        assert_eq!(ask(&mut *driver, STATE), before);
        alone(&mut *driver, "SET work_mem TO '8MB'; SELECT 1/0").unwrap_err();
        assert_ne!(ask(&mut *driver, "SHOW work_mem"), "8MB");
    });
}

#[test]
fn the_ledger_is_written_by_the_role_of_the_connection() {
    each(|database| {
        let mut driver = database.ready();
        let role = format!("{}_owner", database.name());
        let who = "CREATE FUNCTION who() RETURNS trigger LANGUAGE plpgsql AS \
            $$ BEGIN NEW.tool := current_user; RETURN NEW; END $$; \
            CREATE TRIGGER who BEFORE INSERT ON initium_migrate FOR EACH ROW EXECUTE FUNCTION who()";
        apply(&mut *driver, "who", &format!("{who}; CREATE ROLE {role}")).unwrap();
        apply(&mut *driver, "role", &format!("SET ROLE {role}; SELECT 1")).unwrap();
        apply(&mut *driver, "local", &format!("SET LOCAL ROLE {role}")).unwrap();
        apply(
            &mut *driver,
            "auth",
            &format!("SET SESSION AUTHORIZATION {role}"),
        )
        .unwrap();
        // A role that the connection begins with is the one it keeps.
        let mut other = open(&database.with("options", &format!("-c role={role}"))).unwrap();
        apply(
            &mut *driver,
            "grant",
            &format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"),
        )
        .unwrap();
        other.digest().unwrap();
        apply(&mut *other, "kept", "SET ROLE NONE").unwrap();
        assert_eq!(ask(&mut *other, "SELECT current_user"), role);
        drop(other);
        let history = driver.history().unwrap();
        let tool = |id: &str| history.record(id).unwrap().tool.clone();
        for id in ["role", "local", "auth", "grant"] {
            assert_eq!(tool(id), "initium", "{id}");
        }
        assert_eq!(tool("kept"), role);
    });
}

#[test]
fn between_the_steps_of_a_migration_a_setting_holds() {
    each(|database| {
        let mut driver = database.ready();
        let step = |n| Step::new("m", Phase::Up, n, "v1:x".into(), "s");
        let alone_in = |driver: &dyn Driver, text: &str, before, after| Script::Alone {
            before,
            statement: Box::new(split(driver, text).remove(0)),
            after,
        };
        let first = alone_in(
            &*driver,
            "SET work_mem TO '8MB'",
            vec![Entry::Step(step(1))],
            vec![Entry::Step(step(1).done()), Entry::Step(step(2))],
        );
        driver.execute(&first).unwrap();
        assert_eq!(ask(&mut *driver, "SHOW work_mem"), "8MB");
        let clear = Entry::ClearSteps {
            id: "m".into(),
            phase: Phase::Up,
        };
        let last = alone_in(
            &*driver,
            "VACUUM",
            vec![],
            vec![clear, Entry::Record(record("m"))],
        );
        driver.execute(&last).unwrap();
        assert_ne!(ask(&mut *driver, "SHOW work_mem"), "8MB");
        assert_eq!(ids(&mut *driver), ["m"]);
    });
}

#[test]
fn a_limit_on_statements_holds_and_says_so() {
    each(|database| {
        let mut run = servers::run();
        run.limits.statement = std::time::Duration::from_millis(200);
        let mut driver = initium_postgres::open(&database.settings, &run).unwrap();
        driver.try_lock().unwrap();
        driver.prepare_ledger().unwrap();
        let error = apply(&mut *driver, "m", "SELECT 1; SELECT pg_sleep(5)").unwrap_err();
        assert_eq!(error.server_said().state.as_deref(), Some("57014"));
        assert_eq!(error.failed_at().map(|at| at.statement), Some(1));
        let error = driver.query("SELECT pg_sleep(5)").unwrap_err();
        assert_eq!(error.server_said().state.as_deref(), Some("57014"));
    });
}

#[test]
fn the_session_has_no_idle_limits_and_watches_its_client() {
    each(|database| {
        let text = format!(
            "ALTER DATABASE {0} SET idle_in_transaction_session_timeout = '1min'; \
             ALTER DATABASE {0} SET idle_session_timeout = '1min'; \
             ALTER DATABASE {0} SET standard_conforming_strings = off",
            database.name()
        );
        alone(&mut *database.open(), &text).unwrap();
        let mut driver = database.ready();
        apply(&mut *driver, "m", "SELECT E'a\\'b'; SELECT 'a\\'").unwrap();
        for (name, value) in [
            ("idle_in_transaction_session_timeout", "0"),
            ("idle_session_timeout", "0"),
            ("standard_conforming_strings", "on"),
            ("client_connection_check_interval", "500ms"),
            // Whoever is gone without a word is noticed within a minute, not after two hours.
            ("tcp_keepalives_idle", "30"),
            ("tcp_keepalives_interval", "10"),
            ("tcp_keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
            ("application_name", "initium run-1"),
        ] {
            assert_eq!(ask(&mut *driver, &format!("SHOW {name}")), value, "{name}");
        }
    });
}
