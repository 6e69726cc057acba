//! Questions and what the database holds, in SQL or in commands.

use super::bench::{alone, count, open, reader, ready};
use super::{Bench, Sql};
use crate::catalog::{Catalog, Column, Index, Key, Name, Part, Table};
use crate::change::{Change, Changes, Edit, Of, Way};
use crate::driver::Driver;

pub fn an_answer_is_text_and_null_is_none(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = reader(bench);
    let rows = driver
        .query("SELECT 1 AS one, NULL AS no_value, 'it''s \u{1f980}' AS word")
        .expect("rows");
    assert_eq!(rows.columns, ["one", "no_value", "word"]);
    let word = "it's \u{1f980}".to_string();
    assert_eq!(rows.rows, [[Some("1".into()), None, Some(word)]]);
    assert_eq!(rows.first(), Some("1"));
    let none = driver.query("SELECT 1 FROM (SELECT 2 AS n) t WHERE n = 3");
    let none = none.expect("no rows");
    assert_eq!((none.columns.len(), none.rows.len()), (1, 0));
}

pub fn a_query_that_writes_is_refused(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = open(bench);
    alone(&mut *driver, "CREATE TABLE t (n integer)");
    for text in [
        "INSERT INTO t (n) VALUES (1)",
        "UPDATE t SET n = 2",
        "DELETE FROM t",
    ] {
        driver.query(text).expect_err(text);
    }
    assert_eq!(count(bench, &mut *driver, "t"), 0);
    // And the connection may still write where writing is meant.
    alone(&mut *driver, "INSERT INTO t (n) VALUES (1)");
    assert_eq!(count(bench, &mut *reader(bench), "t"), 1);
}

pub fn a_query_that_fails_leaves_the_connection_working(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = open(bench);
    driver
        .query("SELECT n FROM a_table_that_is_not_there")
        .expect_err("no such table");
    let rows = driver.query("SELECT 1 AS one").expect("rows");
    assert_eq!(rows.first(), Some("1"));
    alone(&mut *driver, "CREATE TABLE t (n integer)");
}

pub fn an_answer_to_a_command_is_rows_of_text(bench: &dyn Bench) {
    if bench.sql() != Sql::Commands {
        return;
    }
    let mut driver = ready(bench);
    alone(&mut *driver, "SET word \"it's \u{1f980}\"\nHSET pair a 1");
    let word = Some("it's \u{1f980}".to_string());
    let rows = driver.query("MGET word none").expect("rows");
    assert_eq!(rows.rows, [[word.clone()], [None]]);
    assert_eq!(driver.query("GET word").expect("rows").rows, [[word]]);
    assert_eq!(driver.query("HLEN pair").expect("rows").first(), Some("1"));
    let none = driver.query("LRANGE none 0 -1").expect("no rows");
    assert_eq!((none.columns.len(), none.rows.len()), (1, 0));
    let mut read = reader(bench);
    read.query("NOSUCHCOMMAND x").expect_err("no such command");
    read.query("LLEN word").expect_err("another type");
    assert_eq!(read.query("EXISTS word").expect("rows").first(), Some("1"));
}

pub fn a_command_that_writes_is_no_query(bench: &dyn Bench) {
    if bench.sql() != Sql::Commands {
        return;
    }
    let mut driver = ready(bench);
    for text in [
        "SET t 1",
        "del t",
        "FLUSHALL",
        "CONFIG SET maxmemory 0",
        "PUBLISH a b",
        "BLPOP t 1",
        "EVAL \"return redis.call('SET', 't', 1)\" 0",
        "initium.script {}\n| return redis.call('SET', 't', 1)",
        "MULTI",
        "GET t\nGET t",
        "",
    ] {
        driver.query(text).expect_err(text);
    }
    assert_eq!(driver.query("EXISTS t").expect("rows").first(), Some("0"));
    alone(&mut *driver, "SET t 1");
    assert_eq!(driver.query("GET t").expect("rows").first(), Some("1"));
}

/// The same table in one spelling: types canonical, the key without its name, which some databases
/// do not let you choose.
fn plain(driver: &mut dyn Driver, table: &str) -> Table {
    let catalog = driver.introspect().expect("a catalog");
    let table = catalog.table(table).expect("the table").clone();
    canonical(driver, table)
}

fn canonical(driver: &dyn Driver, table: Table) -> Table {
    let catalog = Catalog {
        tables: vec![table],
        ..Catalog::default()
    };
    let ddl = driver.dialect().ddl().expect("a catalog");
    let mut table = ddl.native(catalog).expect("its own").tables.remove(0);
    if let Some(key) = &mut table.primary_key {
        key.name.clear();
    }
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table
}

fn column(name: &str, data_type: &str) -> Column {
    Column {
        name: name.into(),
        data_type: data_type.into(),
        nullable: true,
        ..Column::default()
    }
}

fn index(name: &str, columns: &[&str]) -> Index {
    Index {
        name: name.into(),
        parts: columns.iter().map(|name| Part::column(*name)).collect(),
        ..Index::default()
    }
}

/// A primary key of two columns, a default, an index of each kind.
fn made() -> Table {
    Table {
        name: "made".into(),
        columns: vec![
            Column {
                nullable: false,
                ..column("b", "integer")
            },
            Column {
                nullable: false,
                ..column("a", "varchar(50)")
            },
            Column {
                default: Some("7".into()),
                ..column("n", "integer")
            },
            column("label", "varchar(50)"),
        ],
        primary_key: Some(Key {
            parts: vec!["a".into(), "b".into()],
            ..Key::default()
        }),
        indexes: vec![
            index("made_label", &["label", "n"]),
            Index {
                unique: true,
                ..index("made_n", &["n"])
            },
        ],
        ..Table::default()
    }
}

fn apply(driver: &mut dyn Driver, change: Change) {
    let empty = Catalog::default();
    let changes = Changes {
        from: &empty,
        to: &empty,
        list: &[change],
        way: Way::Plain,
    };
    let ddl = driver.dialect().ddl().expect("a catalog");
    for act in ddl.render(&changes).expect("statements") {
        alone(driver, &act.sql);
    }
}

pub fn introspection_sees_what_stands_there(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = open(bench);
    assert_eq!(driver.introspect().expect("empty"), Catalog::default());
    alone(
        &mut *driver,
        "CREATE TABLE made (b integer NOT NULL, a varchar(50) NOT NULL, n integer DEFAULT 7, \
         label varchar(50), PRIMARY KEY (a, b)); \
         CREATE INDEX made_label ON made (label, n); CREATE UNIQUE INDEX made_n ON made (n); \
         CREATE TABLE before_it (n integer)",
    );
    let expected = canonical(&*driver, made());
    assert_eq!(plain(&mut *driver, "made"), expected);
    let mut other = reader(bench);
    assert_eq!(plain(&mut *other, "made"), expected);
    let catalog = other.introspect().expect("a catalog");
    let names: Vec<_> = catalog
        .tables
        .iter()
        .map(|t| t.name.name.as_str())
        .collect();
    assert_eq!(names, ["before_it", "made"]);
}

pub fn a_rendered_table_is_introspected_as_it_was_meant(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = open(bench);
    apply(&mut *driver, Change::Table(Edit::Add(Box::new(made()))));
    let expected = canonical(&*driver, made());
    assert_eq!(plain(&mut *driver, "made"), expected);
}

pub fn a_rendered_change_does_what_it_says(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = open(bench);
    apply(&mut *driver, Change::Table(Edit::Add(Box::new(made()))));
    let added = Column {
        nullable: false,
        default: Some("0".into()),
        ..column("extra", "integer")
    };
    let column_of = |edit| {
        Change::Column(Of {
            table: Name::new("made"),
            edit,
        })
    };
    apply(&mut *driver, column_of(Edit::Add(Box::new(added.clone()))));
    let mut expected = made();
    expected.columns.push(added.clone());
    let expected = canonical(&*driver, expected);
    assert_eq!(plain(&mut *driver, "made"), expected);
    apply(&mut *driver, column_of(Edit::Drop(Box::new(added))));
    let expected = canonical(&*driver, made());
    assert_eq!(plain(&mut *driver, "made"), expected);
    apply(&mut *driver, Change::Table(Edit::Drop(Box::new(made()))));
    assert_eq!(driver.introspect().expect("empty"), Catalog::default());
}

pub fn a_name_that_needs_quotes_is_rendered_with_them(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let mut driver = open(bench);
    let odd = Table {
        name: "select".into(),
        columns: vec![column("order by", "integer"), column("it's", "integer")],
        indexes: vec![index("group", &["order by"])],
        ..Table::default()
    };
    apply(
        &mut *driver,
        Change::Table(Edit::Add(Box::new(odd.clone()))),
    );
    let expected = canonical(&*driver, odd.clone());
    assert_eq!(plain(&mut *driver, "select"), expected);
    apply(&mut *driver, Change::Table(Edit::Drop(Box::new(odd))));
}
