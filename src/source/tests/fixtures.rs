//! Folders of `tests/source`, one for each tool, as their owners would have them.

use super::*;

/// The folder, whose it is, how many migrations it has and how many of them can be taken back.
const FOLDERS: &[(&str, Format, usize, usize)] = &[
    ("golang-migrate", Format::GolangMigrate, 8, 8),
    ("flyway", Format::Flyway, 8, 7),
    ("goose", Format::Goose, 8, 8),
    ("dbmate", Format::Dbmate, 8, 8),
    ("sqlx", Format::Sqlx, 8, 8),
    ("diesel", Format::Diesel, 9, 9),
    ("refinery", Format::Refinery, 8, 0),
    ("atlas", Format::Atlas, 10, 0),
    ("liquibase", Format::Liquibase, 9, 9),
    ("sqitch", Format::Sqitch, 8, 8),
    ("prisma", Format::Prisma, 8, 0),
    ("drizzle", Format::Drizzle, 8, 0),
    ("node-pg-migrate", Format::NodePgMigrate, 8, 8),
    ("plain", Format::Plain, 8, 0),
    ("golang-migrate-sqlite", Format::GolangMigrate, 3, 3),
    ("flyway-sqlite", Format::Flyway, 3, 3),
    ("goose-sqlite", Format::Goose, 3, 3),
    ("dbmate-sqlite", Format::Dbmate, 3, 3),
    ("sqlx-sqlite", Format::Sqlx, 3, 3),
    ("diesel-sqlite", Format::Diesel, 3, 3),
    ("refinery-sqlite", Format::Refinery, 3, 0),
    ("atlas-sqlite", Format::Atlas, 3, 0),
    ("liquibase-sqlite", Format::Liquibase, 3, 3),
    ("sqitch-sqlite", Format::Sqitch, 3, 3),
    ("prisma-sqlite", Format::Prisma, 3, 0),
    ("drizzle-sqlite", Format::Drizzle, 3, 0),
    ("plain-sqlite", Format::Plain, 3, 0),
];

/// Nothing in the folder of pairs of sqlx for SQLite is sqlx's own; golang-migrate reads it alike.
const SAID: &[&str] = &["sqlx-sqlite"];

#[test]
fn every_folder_is_known_for_what_it_is_and_read_in_its_order() {
    for (name, format, count, downs) in FOLDERS {
        let files = on_disk(name);
        let said = SAID.contains(name).then_some(*format);
        let read = read(name, &files, said).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(read.format, *format, "{name}");
        assert_eq!(read.found.len(), *count, "{name}: {:?}", ids(&read.found));
        let back = read.found.iter().filter(|one| one.down.is_some()).count();
        assert_eq!(back, *downs, "{name}");
        let first = texts(&read.found[usize::from(*name == "diesel")].up.scripts).concat();
        assert!(first.contains("CREATE TABLE customers"), "{name}: {first}");
        for found in &read.found {
            assert!(!found.up.scripts.is_empty(), "{name}: {}", found.id);
            assert!(!found.origin.version.is_empty() || found.turn == Turn::Repeatable);
        }
    }
}

#[test]
fn an_index_stands_in_no_transaction_where_the_folder_says_so() {
    for name in [
        "flyway",
        "goose",
        "dbmate",
        "sqlx",
        "diesel",
        "atlas",
        "liquibase",
    ] {
        let read = read(name, &on_disk(name), None).unwrap();
        let alone = |one: &&Found| one.up.within == Within::Nothing;
        let alone: Vec<_> = read.found.iter().filter(alone).collect();
        assert_eq!(alone.len(), 1, "{name}");
        assert!(
            texts(&alone[0].up.scripts)
                .concat()
                .contains("orders_customer"),
            "{name}"
        );
    }
}
