//! Every type made every other, with values at its ends, on real servers: what is called safe is done
//! and changes no value, and what is refused or loses something was called so. (Catches a change that
//! is called safer than it is.)

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod bench;

use bench::{BOTH, Database, alone, split, try_alone};
use initium_driver::Driver;
use initium_driver::change::{Change, Changes, Edit, Impact, Of, Threat, Way};

/// Types and values that are theirs.
const TYPES: &[(&str, &[&str])] = &[
    ("tinyint", &["-128", "0", "127"]),
    ("tinyint(1)", &["0", "1", "-1"]),
    ("tinyint unsigned", &["0", "255"]),
    ("smallint", &["-32768", "32767"]),
    ("int", &["-2147483648", "0", "16777217", "2147483647"]),
    ("int unsigned", &["0", "4294967295"]),
    ("int(5) zerofill", &["7", "4294967295"]),
    (
        "bigint",
        &[
            "-9223372036854775808",
            "9007199254740993",
            "9223372036854775807",
        ],
    ),
    ("bigint unsigned", &["18446744073709551615"]),
    ("decimal(10,2)", &["-99999999.99", "0.30", "12345678.91"]),
    ("decimal(12,2)", &["9999999999.99"]),
    ("decimal(12,4)", &["12345678.9123"]),
    ("decimal(20,0)", &["99999999999999999999"]),
    ("float", &["0.1", "1e20", "-3.5"]),
    ("double", &["0.1", "0.30000000000000004", "1e200"]),
    ("char(5)", &["abcde", "x", ""]),
    ("char(10)", &["abcdefghij", "y "]),
    ("varchar(5)", &["abcde", "a  ", ""]),
    ("varchar(20)", &["12345678901234567890", "7", " b "]),
    ("text", &["some text that is longer than twenty", "8"]),
    ("tinytext", &["tiny"]),
    ("longtext", &["long"]),
    ("enum('1','b','c')", &["1", "c"]),
    ("enum('1','b','c','d')", &["d"]),
    ("enum('b','1')", &["b", "1"]),
    ("set('x','y')", &["x,y", ""]),
    ("binary(4)", &["ab"]),
    ("binary(8)", &["abcdefgh"]),
    ("varbinary(4)", &["ab", "abcd"]),
    ("varbinary(20)", &["abcdefghijklmnopqrst"]),
    ("blob", &["bytes"]),
    ("date", &["2020-02-29"]),
    ("datetime", &["2020-02-29 23:59:59", "2900-01-01 00:00:00"]),
    ("datetime(3)", &["2020-02-29 23:59:59.999"]),
    ("timestamp null", &["2020-02-29 23:59:59"]),
    ("time", &["838:59:59", "-10:00:00"]),
    ("time(2)", &["10:00:00.55"]),
    ("year", &["1999", "2155"]),
    ("bit(8)", &["7"]),
    ("json", &["{\"b\": 1, \"a\": [2, 3]}"]),
];

fn impact(driver: &mut dyn Driver, from: &str, to: &str) -> Impact {
    let ddl = driver.dialect().ddl().unwrap();
    let column = |data_type: &str| {
        let column = initium_driver::Column {
            name: "b".into(),
            data_type: data_type.trim_end_matches(" null").into(),
            nullable: true,
            ..initium_driver::Column::default()
        };
        let table = initium_driver::Table {
            name: "t".into(),
            columns: vec![column],
            ..initium_driver::Table::default()
        };
        let catalog = initium_driver::Catalog {
            tables: vec![table],
            ..initium_driver::Catalog::default()
        };
        ddl.native(catalog).unwrap()
    };
    let (from, to) = (column(from), column(to));
    let one = |catalog: &initium_driver::Catalog| Box::new(catalog.tables[0].columns[0].clone());
    let list = [Change::Column(Of {
        table: "t".into(),
        edit: Edit::Alter {
            from: one(&from),
            to: one(&to),
        },
    })];
    let changes = Changes {
        from: &from,
        to: &to,
        list: &list,
        way: Way::Plain,
    };
    ddl.impact(&list[0], &changes)
}

fn values(driver: &mut dyn Driver) -> Vec<Option<String>> {
    let rows = driver.query("SELECT b FROM t ORDER BY a").unwrap().rows;
    rows.into_iter().map(|mut row| row.remove(0)).collect()
}

#[test]
fn what_is_called_safe_keeps_every_value() {
    let mut wrong = Vec::new();
    let mut safe = 0;
    for variable in BOTH {
        let Some(database) = Database::new(variable) else {
            continue;
        };
        let mut driver = database.open();
        for (from, told) in TYPES {
            for (to, _) in TYPES.iter().filter(|(to, _)| to != from) {
                let risks = impact(&mut *driver, from, to).risks;
                let has = |kind| risks.iter().any(|it| it.kind == kind);
                // What is a risk for the values needs no proof.
                if has(Threat::Loss) {
                    continue;
                }
                let rows: Vec<_> = told
                    .iter()
                    .enumerate()
                    .map(|(n, value)| match from.starts_with("bit") {
                        true => format!("({n}, {value})"),
                        false => format!("({n}, '{value}')"),
                    })
                    .collect();
                alone(
                    &mut *driver,
                    &format!(
                        "DROP TABLE IF EXISTS t; CREATE TABLE t (a int PRIMARY KEY, b {from}) COLLATE utf8mb4_bin; INSERT INTO t VALUES {}, (99, NULL)",
                        rows.join(", ")
                    ),
                );
                let before = values(&mut *driver);
                let alter = split(&*driver, &format!("ALTER TABLE t MODIFY b {to}")).remove(0);
                let done = try_alone(&mut *driver, alter);
                let after = values(&mut *driver);
                let why = match (&done, risks.is_empty()) {
                    (Err(error), _) if !has(Threat::Refusal) => error.message().to_string(),
                    (Ok(()), true) if before != after => format!("{before:?} became {after:?}"),
                    _ => {
                        safe += usize::from(risks.is_empty());
                        continue;
                    }
                };
                wrong.push(format!("{variable}: {from} to {to}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{safe} changes are safe");
}
