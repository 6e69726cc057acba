//! Statements that are tried and taken back. (Catches what stays behind, and a catalog that is told
//! otherwise than the same statements would make it.)

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::driver::Driver;
use initium_driver::error::{Code, Error};
use initium_driver::secret::Secret;
use initium_driver::{Catalog, Name};
use servers::{alone, apply, ask, each, ids, open, split, statement};

fn realise(driver: &mut dyn Driver, sql: &str) -> Result<Catalog, Error> {
    let statements = split(driver, sql);
    driver.realise(&statements)
}

/// Schemas, relations, types and functions that people can see.
const COUNT: &str = "SELECT (SELECT count(*) FROM pg_namespace) + (SELECT count(*) FROM pg_class) \
     + (SELECT count(*) FROM pg_type) + (SELECT count(*) FROM pg_proc) + (SELECT count(*) FROM pg_extension)";

#[test]
fn what_stands_there_is_neither_seen_nor_touched() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE TABLE users (old text); CREATE SCHEMA other; CREATE TABLE other.x (a int)",
        )
        .unwrap();
        let before = ask(&mut *driver, COUNT);
        let seen = realise(
            &mut *driver,
            "CREATE TABLE users (id bigserial PRIMARY KEY); CREATE INDEX CONCURRENTLY users_up ON users ((id + 1)); \
             CREATE SCHEMA other; CREATE TABLE other.y (a int REFERENCES users); INSERT INTO users VALUES (7)",
        )
        .unwrap();
        let names: Vec<_> = seen.tables.iter().map(|it| it.name.to_string()).collect();
        assert_eq!(names, ["users", "other.y"]);
        assert_eq!(seen.tables[0].indexes[0].name, "users_up");
        assert_eq!(ask(&mut *driver, COUNT), before);
        assert_eq!(ask(&mut *driver, "SELECT count(*) FROM other.x"), "0");
        // And the connection goes on as it was.
        apply(&mut *driver, "m", "CREATE TABLE more (a int)").unwrap();
        assert_eq!(ids(&mut *driver), ["m"]);
        assert_eq!(ask(&mut *driver, "SELECT current_schema()"), "public");
    });
}

#[test]
fn a_statement_that_fails_is_named_and_leaves_nothing() {
    each(|database| {
        let mut driver = database.open();
        let before = ask(&mut *driver, COUNT);
        let error = realise(
            &mut *driver,
            "CREATE TABLE a (id int); CREATE TABLE b (id int REFERENCES nothing); CREATE TABLE c (id int)",
        )
        .unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed);
        assert_eq!(error.failed_at().unwrap().statement, 1);
        assert_eq!(ask(&mut *driver, COUNT), before);
    });
}

#[test]
fn what_no_transaction_holds_is_refused_before_anything_runs() {
    each(|database| {
        let mut driver = database.open();
        for (sql, at) in [
            ("CREATE TABLE a (id int); COMMIT", 1),
            ("VACUUM", 0),
            ("CREATE TABLE a (i int); CREATE DATABASE x", 1),
        ] {
            let error = realise(&mut *driver, sql).unwrap_err();
            assert_eq!(error.code(), Code::NotSupported, "{sql}");
            assert_eq!(error.failed_at().unwrap().statement, at, "{sql}");
            assert!(error.help_text().is_some());
        }
        assert_eq!(driver.introspect().unwrap(), Catalog::default());
    });
}

#[test]
fn what_the_statements_use_they_have_to_make() {
    each(|database| {
        let sql = "CREATE EXTENSION hstore; CREATE TABLE users (id int PRIMARY KEY); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'";
        statement(&database.settings, sql).unwrap();
        let mut driver = database.open();
        for (sql, used) in [
            ("CREATE TABLE a (id int REFERENCES users)", "public.users"),
            ("CREATE VIEW v AS SELECT id FROM users", "public.users"),
            ("CREATE TABLE a (id int DEFAULT f())", "public.f"),
            ("CREATE TABLE a (u users)", "public.users"),
        ] {
            let error = realise(&mut *driver, sql).unwrap_err();
            assert!(error.message().contains(used), "{sql}: {error}");
        }
        // An extension is found where it stands, and told only where the statements make it.
        let seen = realise(&mut *driver, "CREATE TABLE a (h hstore)").unwrap();
        assert_eq!(
            (
                seen.tables[0].columns[0].data_type.as_str(),
                seen.extensions.len()
            ),
            ("hstore", 0)
        );
        let seen = realise(
            &mut *driver,
            "CREATE EXTENSION IF NOT EXISTS hstore; CREATE TABLE a (h public.hstore)",
        )
        .unwrap();
        assert_eq!(seen.tables[0].columns[0].data_type, "hstore");
        assert_eq!(
            (
                seen.extensions[0].name.as_str(),
                seen.extensions[0].schema.as_deref()
            ),
            ("hstore", None)
        );
    });
}

#[test]
fn who_may_make_no_schema_is_told_so() {
    each(|database| {
        let role = format!("{}_guest", database.name());
        let sql = format!("CREATE ROLE {role} LOGIN PASSWORD 'guest'");
        statement(&database.settings, &sql).unwrap();
        let mut settings = database.settings.clone();
        settings.user = Some(role);
        settings.password = Some(Secret::new("guest"));
        let mut driver = open(&settings).unwrap();
        let error = realise(&mut *driver, "CREATE TABLE a (id int)").unwrap_err();
        assert_eq!(error.code(), Code::ScratchMissing, "{error}");
        assert!(driver.introspect().is_ok());
    });
}

#[test]
fn others_go_on_meanwhile() {
    each(|database| {
        let mut driver = database.open();
        alone(&mut *driver, "CREATE TABLE t (a int)").unwrap();
        let mut other = database.open();
        let sql = "CREATE TABLE public.t (a int); SELECT pg_sleep(0.3)";
        // What stands there is called otherwise for a moment, and nobody else sees it.
        std::thread::scope(|scope| {
            let trying = scope.spawn(|| realise(&mut *database.open(), sql).unwrap());
            for _ in 0..10 {
                assert_eq!(ask(&mut *other, "SELECT count(*) FROM public.t"), "0");
                let write = "INSERT INTO public.t VALUES (1); DELETE FROM public.t";
                statement(&database.settings, write).unwrap();
            }
            assert!(trying.join().unwrap().table("t").is_some());
        });
        assert_eq!(driver.introspect().unwrap().tables[0].name, Name::new("t"));
    });
}
