//! What is seen of a database, by whom, and what it costs. (Catches what is told though nobody made
//! it, what only an owner would see, and a question too many.)

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::Catalog;
use initium_driver::catalog::Name;
use initium_driver::driver::Access;
use initium_driver::secret::Secret;
use servers::{Proxy, alone, each, open, run, statement};

#[test]
fn all_of_it_takes_one_round_trip() {
    each(|database| {
        statement(
            &database.settings,
            include_str!("../../../tests/cases/schemas/postgres/everything.sql"),
        )
        .unwrap();
        let proxy = Proxy::before(&database.settings);
        let mut driver = open(&proxy.settings).unwrap();
        proxy.trips();
        assert_eq!(driver.introspect().unwrap().tables.len(), 11);
        assert_eq!(proxy.trips(), 1);
        assert!(driver.sizes().unwrap().contains_key(&Name::new("orders")));
        assert_eq!(proxy.trips(), 1);
    });
}

#[test]
fn who_may_only_connect_sees_the_same() {
    each(|database| {
        statement(
            &database.settings,
            include_str!("../../../tests/cases/schemas/postgres/everything.sql"),
        )
        .unwrap();
        let role = format!("{}_reader", database.name());
        let grants = format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'reader'; ALTER ROLE {role} SET default_transaction_read_only = on; \
             REVOKE ALL ON SCHEMA audit FROM PUBLIC"
        );
        statement(&database.settings, &grants).unwrap();
        let mut settings = database.settings.clone();
        settings.user = Some(role);
        settings.password = Some(Secret::new("reader"));
        let mut reading = run();
        reading.access = Access::Read;
        let mut reader = initium_postgres::open(&settings, &reading).unwrap();
        let seen = reader.introspect().unwrap();
        assert_eq!(seen, database.open().introspect().unwrap());
        assert!(seen.tables.len() > 10);
    });
}

#[test]
fn what_nobody_made_is_not_told() {
    each(|database| {
        let mut driver = database.ready();
        alone(
            &mut *driver,
            "CREATE TEMPORARY TABLE mine (id serial); CREATE EXTENSION hstore; CREATE EXTENSION pg_stat_statements",
        )
        .unwrap();
        let seen = driver.introspect().unwrap();
        let names: Vec<_> = seen.extensions.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["hstore", "pg_stat_statements"]);
        let rest = Catalog {
            extensions: Vec::new(),
            ..seen
        };
        // Not the ledger either, nor what numbers its rows.
        assert_eq!(rest, Catalog::default());
    });
}

#[test]
fn a_text_means_the_same_whatever_the_search_path_says() {
    each(|database| {
        let sql = "CREATE SCHEMA app; CREATE TABLE public.kinds (id int PRIMARY KEY); \
             CREATE EXTENSION hstore SCHEMA public; \
             CREATE TABLE app.things (kind int REFERENCES public.kinds, more hstore); \
             CREATE VIEW app.both AS SELECT t.kind, k.id FROM app.things t, public.kinds k";
        statement(&database.settings, sql).unwrap();
        let settings = database.with("options", "-c search_path=app,public");
        let seen = open(&settings).unwrap().introspect().unwrap();
        let things = seen.table("things").unwrap();
        // Extensions are found where the path finds them; tables are told in full.
        assert_eq!(things.columns[1].data_type, "hstore");
        assert_eq!(
            things.foreign_keys[0].references,
            Name::within("public", "kinds")
        );
        let settings = database.with("options", "-c search_path=app");
        let narrow = open(&settings).unwrap().introspect().unwrap();
        assert_eq!(
            narrow.table("things").unwrap().columns[1].data_type,
            "public.hstore"
        );
        assert!(
            narrow.views[0].definition.contains("public.kinds"),
            "{narrow:#?}"
        );
    });
}

#[test]
fn an_index_that_was_never_finished_is_told() {
    each(|database| {
        let mut driver = database.open();
        alone(
            &mut *driver,
            "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)",
        )
        .unwrap();
        alone(
            &mut *driver,
            "CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)",
        )
        .unwrap_err();
        let seen = driver.introspect().unwrap();
        let index = &seen.table("t").unwrap().indexes[0];
        assert_eq!((index.name.as_str(), index.invalid), ("broken", true));
    });
}

#[test]
fn rows_are_estimated_and_not_counted() {
    each(|database| {
        let mut driver = database.open();
        alone(
            &mut *driver,
            "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 1000); ANALYZE t; \
             CREATE TABLE p (a int) PARTITION BY RANGE (a); \
             CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (500); \
             CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (500) TO (2000); \
             INSERT INTO p SELECT a FROM t; ANALYZE p1; ANALYZE p2; CREATE TABLE fresh (a int)",
        )
        .unwrap();
        let sizes = driver.sizes().unwrap();
        let of = |name: &str| sizes.get(&Name::new(name)).copied();
        assert_eq!(
            (of("t"), of("p"), of("p1")),
            (Some(1000), Some(1000), Some(499))
        );
        assert_eq!(of("fresh"), Some(0));
    });
}

#[test]
fn a_thousand_tables_are_read_as_they_come() {
    // On one server: it is about this side of the wire.
    let Some(database) = servers::Database::new(servers::VARIABLES[0]) else {
        return;
    };
    let columns: Vec<_> = (2..=20)
        .map(|n| format!("column_number_{n} text NOT NULL DEFAULT ''''"))
        .collect();
    let make = format!(
        "DO $$ BEGIN FOR n IN 1..1000 LOOP EXECUTE 'CREATE TABLE table_number_' || n || \
         ' (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {})'; END LOOP; END $$",
        columns.join(", ")
    );
    statement(&database.settings, &make).unwrap();
    let mut driver = database.open();
    let before = peak();
    let one = driver.introspect().unwrap();
    let two = driver.introspect().unwrap();
    let grown = peak().saturating_sub(before);
    assert_eq!((one.tables.len(), one == two), (1000, true));
    assert!(one.tables.iter().all(|table| table.columns.len() == 20));
    // Two catalogs, and nothing of their size beside them.
    assert!(grown < 40 << 10, "{grown} KiB");
}

/// In KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
