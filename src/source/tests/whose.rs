//! Whose a folder is.

use super::*;

fn is(files: &[(&str, &str)], format: Format) {
    let told = told(files).unwrap_or_else(|error| panic!("{files:?}: {}", error.message()));
    assert_eq!(told.0, format, "{files:?}");
}

fn is_unclear(files: &[(&str, &str)], words: &[&str]) {
    let error = told(files).expect_err(words[0]);
    for word in words {
        let (said, help) = (error.message(), error.help_text().unwrap_or_default());
        assert!(
            said.contains(word) || help.contains(word),
            "{word}: {said} {help}"
        );
    }
}

#[test]
fn what_flyway_and_refinery_share_is_flyways_until_something_else_stands_beside_it() {
    is(&[("V1__a.sql", "SELECT 1")], Format::Flyway);
    is(&[("V1__a.sql", ""), ("U1__a.sql", "")], Format::Flyway);
    is(&[("V1__a.sql", ""), ("U2__b.sql", "")], Format::Refinery);
    is(&[("V1.1__a.sql", ""), ("R__b.sql", "")], Format::Flyway);
    is_unclear(
        &[("V1_1__a.sql", ""), ("U2__b.sql", "")],
        &["flyway and of refinery"],
    );
}

#[test]
fn pairs_are_golang_migrates_until_a_file_says_otherwise() {
    let (one, two) = ("1_a.up.sql", "1_a.down.sql");
    is(
        &[(one, "SELECT 1"), (two, "SELECT 2")],
        Format::GolangMigrate,
    );
    is(
        &[(one, "-- no-transaction\nSELECT 1"), (two, "SELECT 2")],
        Format::Sqlx,
    );
    is(&[(one, "-- atlas:txmode none\n\nSELECT 1")], Format::Atlas);
    is_unclear(
        &[("1704164645000_a.up.sql", "SELECT 1")],
        &["golang-migrate", "node-pg-migrate"],
    );
    is(
        &[("postgres/1_a.up.sql", "SELECT 1")],
        Format::GolangMigrate,
    );
}

#[test]
fn numbers_alone_are_nobodys() {
    is(
        &[("1_a.sql", "SELECT 1"), ("10-b.sql", "SELECT 2")],
        Format::Plain,
    );
    is(
        &[("1_a.sql", "-- Up Migration\nSELECT 1")],
        Format::NodePgMigrate,
    );
    is_unclear(
        &[("1_a.sql", "SELECT 1"), ("notes.sql", "SELECT 2")],
        &["nothing in migrations says", "plain"],
    );
}

#[test]
fn folders_and_files_beside_say_whose_it_is() {
    is(
        &[("2024-01-01-000000_a/up.sql", "SELECT 1")],
        Format::Diesel,
    );
    is(
        &[("20240101000000_a/migration.sql", "SELECT 1")],
        Format::Prisma,
    );
    is_unclear(
        &[("changelog.xml", "<databaseChangeLog/>")],
        &[
            "changelog.xml is no formatted SQL",
            "liquibase formatted sql",
        ],
    );
    is_unclear(
        &[("atlas.sum", "h1:"), ("1_a.sql", "-- +goose Up\nSELECT 1;")],
        &["atlas and of goose"],
    );
    is_unclear(
        &[("atlas.sum", "h1:"), ("V1__a.sql", "")],
        &["atlas", "flyway"],
    );
}
