//! Changes made while others work: statement by statement, outside a transaction, and to the same end.
//! (Catches a way round that leads elsewhere, and one that locks others out after all.)

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::Catalog;
use initium_driver::catalog::{Check, Column, ForeignKey, Index, Key, Table};
use initium_driver::change::{Change, Changes, Edit, Of, Way};
use initium_driver::driver::Driver;
use initium_driver::error::Code;
use servers::{Database, alone, each};

const BASE: &str = "CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1), (2); \
     CREATE TABLE t (a int, b int NOT NULL, c text); INSERT INTO t SELECT n % 2 + 1, n, 'x' FROM generate_series(1, 50) n";

fn fresh(database: &Database, sql: &str) -> Catalog {
    let mut driver = database.open();
    alone(
        &mut *driver,
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public",
    )
    .unwrap();
    alone(&mut *driver, &format!("{BASE}; {sql}")).unwrap();
    driver.introspect().unwrap()
}

fn table(catalog: &Catalog) -> &Table {
    catalog.table("t").unwrap()
}

fn of<T>(edit: Edit<T>) -> Of<T> {
    let table = "t".into();
    Of { table, edit }
}

/// What the statements to get there are.
fn acts(driver: &dyn Driver, from: &Catalog, to: &Catalog, change: Change) -> Vec<String> {
    let list = [change];
    let changes = Changes {
        from,
        to,
        list: &list,
        way: Way::Online,
    };
    let acts = driver.dialect().ddl().unwrap().render(&changes).unwrap();
    acts.into_iter().map(|act| act.sql).collect()
}

/// How one part of `to` comes.
type Part = fn(&Table) -> Change;

const CASES: &[(&str, Part)] = &[
    (
        "CREATE INDEX i ON t (a) WHERE b > 3; COMMENT ON INDEX i IS 'x'",
        |to| Change::Index(of(Edit::Add::<Index>(to.indexes[0].clone()))),
    ),
    ("CREATE UNIQUE INDEX i ON t (b)", |to| {
        Change::Index(of(Edit::Add::<Index>(to.indexes[0].clone())))
    }),
    (
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE (b) INCLUDE (a)",
        |to| Change::Unique(of(Edit::Add::<Key>(to.unique[0].clone()))),
    ),
    ("ALTER TABLE t ADD PRIMARY KEY (b)", |to| {
        Change::PrimaryKey(of(Edit::Add::<Key>(to.primary_key.clone().unwrap())))
    }),
    (
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other ON DELETE CASCADE; COMMENT ON CONSTRAINT f ON t IS 'x'",
        |to| Change::ForeignKey(of(Edit::Add::<ForeignKey>(to.foreign_keys[0].clone()))),
    ),
    ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)", |to| {
        Change::Check(of(Edit::Add::<Check>(to.checks[0].clone())))
    }),
];

#[test]
fn every_part_comes_while_others_work() {
    each(|database| {
        for (sql, part) in CASES {
            let to = fresh(database, sql);
            let from = fresh(database, "");
            let mut driver = database.open();
            let all = acts(&*driver, &from, &to, part(table(&to)));
            // Somebody reads and writes all the time; what locks them out for long would wait here.
            let mut other = database.open();
            for act in &all {
                alone(&mut *driver, act).unwrap_or_else(|e| panic!("{act}: {e:?}"));
                alone(&mut *other, "UPDATE t SET c = 'y' WHERE b = 1").unwrap();
            }
            assert_eq!(driver.introspect().unwrap(), to, "{sql}\n{all:#?}");
            let is_quiet = |act: &String| {
                act.contains("CONCURRENTLY")
                    || act.contains("NOT VALID")
                    || act.contains("VALIDATE")
                    || act.contains("USING INDEX")
                    || act.starts_with("COMMENT")
            };
            assert!(all.iter().all(is_quiet), "{all:#?}");
        }
    });
}

#[test]
fn a_column_is_filled_without_a_scan_under_the_strong_lock() {
    each(|database| {
        let to = fresh(database, "ALTER TABLE t ALTER a SET NOT NULL");
        let from = fresh(database, "");
        let column = |catalog: &Catalog| Box::new(table(catalog).column("a").unwrap().clone());
        let change = Change::Column(of(Edit::Alter::<Box<Column>> {
            from: column(&from),
            to: column(&to),
        }));
        let mut driver = database.open();
        let all = acts(&*driver, &from, &to, change);
        for act in &all {
            alone(&mut *driver, act).unwrap();
        }
        assert!(
            all[0].ends_with("NOT VALID") && all[1].contains("VALIDATE"),
            "{all:#?}"
        );
        assert_eq!(driver.introspect().unwrap(), to);
    });
}

#[test]
fn what_goes_goes_while_others_work() {
    each(|database| {
        let from = fresh(database, "CREATE INDEX i ON t (a)");
        let to = fresh(database, "");
        let from_again = fresh(database, "CREATE INDEX i ON t (a)");
        assert_eq!(from, from_again);
        let mut driver = database.open();
        let index = table(&from).indexes[0].clone();
        let all = acts(&*driver, &from, &to, Change::Index(of(Edit::Drop(index))));
        assert_eq!(all, ["DROP INDEX CONCURRENTLY i"]);
        alone(&mut *driver, &all[0]).unwrap();
        assert_eq!(driver.introspect().unwrap(), to);
    });
}

#[test]
fn an_index_that_was_never_finished_is_built_anew() {
    each(|database| {
        let mut driver = database.open();
        fresh(database, "");
        let error = alone(&mut *driver, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)").unwrap_err();
        assert_eq!(error.code(), Code::StatementFailed);
        let from = driver.introspect().unwrap();
        alone(&mut *driver, "DELETE FROM t WHERE b > 2").unwrap();
        let mut to = from.clone();
        let index = &mut to
            .tables
            .iter_mut()
            .find(|it| it.name.is("t"))
            .unwrap()
            .indexes[0];
        index.invalid = false;
        let change = Change::Index(of(Edit::Alter {
            from: table(&from).indexes[0].clone(),
            to: table(&to).indexes[0].clone(),
        }));
        let all = acts(&*driver, &from, &to, change);
        assert_eq!(all, ["REINDEX INDEX CONCURRENTLY i"]);
        alone(&mut *driver, &all[0]).unwrap();
        assert_eq!(driver.introspect().unwrap(), to);
    });
}

#[test]
fn the_head_of_partitions_is_built_plainly() {
    each(|database| {
        let partitioned =
            "CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p DEFAULT";
        let to = fresh(database, &format!("{partitioned}; CREATE INDEX i ON p (a)"));
        let from = fresh(database, partitioned);
        let mut driver = database.open();
        let index = to.table("p").unwrap().indexes[0].clone();
        let change = Change::Index(Of {
            table: "p".into(),
            edit: Edit::Add(index),
        });
        let all = acts(&*driver, &from, &to, change);
        assert_eq!(all, ["CREATE INDEX i ON p (a)"]);
        alone(&mut *driver, &all[0]).unwrap();
        assert_eq!(driver.introspect().unwrap(), to);
    });
}
