//! What all of these formats have in common: numbers, places, each version once.

use super::*;

#[test]
fn numbers_are_compared_as_numbers_however_long_they_are() {
    let (format, found) = told(&[
        ("10_ten.up.sql", "SELECT 10"),
        ("9_nine.up.sql", "SELECT 9"),
        ("9_nine.down.sql", "SELECT -9"),
        ("99999999999999999999999_last.up.sql", "SELECT 99"),
        ("README.md", "no migration"),
    ])
    .unwrap();
    assert_eq!(format, Format::GolangMigrate);
    let names: Vec<_> = found.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(names, ["9_nine", "10_ten", "99999999999999999999999_last"]);
    assert_eq!(down(&found[0]), ["SELECT -9"]);
}

#[test]
fn a_name_may_say_its_database_and_that_it_stands_in_no_transaction() {
    let (_, found) = told(&[
        ("1_a.postgres.up.sql", "SELECT 1"),
        ("1_a.mysql.up.sql", "SELECT 2"),
        ("2_b.postgres.autocommit.up.sql", "SELECT 3"),
    ])
    .unwrap();
    let databases: Vec<_> = found[0].up.scripts.iter().map(|one| one.database).collect();
    assert_eq!(databases, [Some("postgres"), Some("mysql")]);
    assert_eq!(found[1].up.within, Within::Nothing);
    assert_eq!(found[1].id, "2_b");
}

#[test]
fn one_version_twice_is_refused_with_both_names() {
    for files in [
        [("1_a.up.sql", "SELECT 1"), ("01_b.up.sql", "SELECT 2")],
        [("V1__a.sql", "SELECT 1"), ("V1_0__b.sql", "SELECT 2")],
        [
            ("1_a.sql", "-- migrate:up\nSELECT 1"),
            ("1_b.sql", "-- migrate:up\nSELECT 1"),
        ],
        [
            ("1_a.sql", "-- +goose Up\nSELECT 1"),
            ("001_b.sql", "-- +goose Up\nSELECT 1"),
        ],
    ] {
        let error = told(&files).unwrap_err();
        assert_eq!(error.code(), Code::DuplicateId, "{files:?}");
        for (name, _) in files {
            assert!(error.message().contains(name), "{}", error.message());
        }
    }
}

#[test]
fn parts_of_a_file_keep_their_places() {
    let (format, found) = told(&[(
        "20240102030405_users.sql",
        "-- migrate:up transaction:false\nCREATE TABLE a (n int);\n\n-- migrate:down\n\n  DROP TABLE a;\n",
    )])
    .unwrap();
    assert_eq!(format, Format::Dbmate);
    let one = &found[0];
    assert_eq!(one.up.within, Within::Nothing);
    assert_eq!(texts(&one.up.scripts), ["CREATE TABLE a (n int);"]);
    assert_eq!(down(one), ["DROP TABLE a;"]);
    let place = one.down.as_ref().unwrap().scripts[0].text.place(0);
    assert_eq!((place.line, place.column), (6, 3));
}

#[test]
fn what_a_tool_does_not_know_is_refused_where_it_stands() {
    for (line, text) in [
        (1, "-- migrate:up transaction:maybe\nSELECT 1"),
        (3, "-- migrate:up\nSELECT 1;\n-- migrate:sideways"),
        (2, "-- +goose Up\n-- +goose StatementEnd\n"),
        (2, "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;"),
        (3, "-- +goose Up\nSELECT 1;\n-- +goose Up"),
        (1, "-- +goose Down\n-- +goose Up"),
    ] {
        let error = told(&[("1_a.sql", text)]).unwrap_err();
        assert_eq!(error.code(), Code::SpecInvalid, "{text}");
        let place = error.spot().place.clone().expect("a place");
        assert_eq!(place.line, line, "{text}");
    }
}

#[test]
fn what_flyway_repeats_comes_last_and_an_undo_finds_its_version() {
    let (format, found) = told(&[
        ("R__views.sql", "SELECT 3"),
        ("V2__b.sql", "SELECT 2"),
        ("V1.5__a.sql", "SELECT 1"),
        ("U1_5__a.sql", "SELECT -1"),
        ("V2__b.sql.conf", "executeInTransaction=false"),
    ])
    .unwrap();
    assert_eq!(format, Format::Flyway);
    let names: Vec<_> = found.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(names, ["V1.5__a", "V2__b", "R__views"]);
    assert_eq!(down(&found[0]), ["SELECT -1"]);
    assert_eq!(found[1].up.within, Within::Nothing);
    assert_eq!(found[2].turn, Turn::Repeatable);
}

#[test]
fn two_answers_are_none() {
    let error = told(&[
        ("1_a.sql", "-- +goose Up\nSELECT 1"),
        ("2_b.sql", "-- migrate:up\nSELECT 1"),
    ])
    .unwrap_err();
    assert!(
        error.message().contains("goose and of dbmate"),
        "{}",
        error.message()
    );
    assert!(told(&[("notes.sql", "SELECT 1")]).is_err());
    assert!(told(&[("README.md", "")]).is_err());
}
