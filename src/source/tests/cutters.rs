//! Formats whose parts stand in one file: goose, dbmate, node-pg-migrate, Liquibase.

use super::*;

#[test]
fn goose_takes_its_marks_at_the_beginning_of_a_line_in_any_letters() {
    let found = as_of(
        Format::Goose,
        &[(
            "1_a.sql",
            "-- the first\n--+goose up\r\n-- +goose statementbegin\r\nSELECT 1;\r\n\
             -- +goose StatementEnd\r\n-- +goose NO TRANSACTION\r\n-- +goose Down\r\nSELECT -1;\r\n",
        )],
    )
    .unwrap();
    assert_eq!(found[0].up.within, Within::Nothing);
    assert!(up(&found[0])[0].contains("SELECT 1;"));
    assert_eq!(down(&found[0]), ["SELECT -1;"]);
    assert_eq!(found[0].down.as_ref().unwrap().scripts[0].text.line, 8);
    refused(
        Format::Goose,
        &[
            (
                1,
                "blanks stand before",
                &[("1_a.sql", " -- +goose Up\nSELECT 1;")],
            ),
            (
                2,
                "statement stands before",
                &[("1_a.sql", "\nSELECT 1;\n-- +goose Up\n")],
            ),
            (
                2,
                "variables of the environment",
                &[("1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON")],
            ),
            (
                2,
                "knows no `Upp`",
                &[("1_a.sql", "-- +goose Up\n-- +goose Upp")],
            ),
            (1, "no name that goose runs", &[("a.sql", "-- +goose Up")]),
            (
                1,
                "is a program",
                &[("1_a.sql", "-- +goose Up"), ("2_b.go", "package x")],
            ),
        ],
    );
    let helpers = ("helpers.go", "package migrations");
    assert!(as_of(Format::Goose, &[("1_a.sql", "-- +goose Up"), helpers]).is_ok());
}

#[test]
fn dbmate_runs_by_names_as_texts_and_wants_its_marks_at_the_beginning_of_a_line() {
    let text = "-- a note\n\n-- migrate:up\nSELECT 1\n-- migrate:down transaction:false\nSELECT 2";
    let found = as_of(Format::Dbmate, &[("9_b.sql", text), ("10_a.sql", text)]).unwrap();
    assert_eq!(versions(&found), ["10", "9"]);
    assert_eq!(found[0].down.as_ref().unwrap().within, Within::Nothing);
    assert_eq!(found[0].up.within, Within::Transaction);
    refused(
        Format::Dbmate,
        &[
            (
                3,
                "blanks stand before",
                &[("1_a.sql", "-- migrate:up\n\n  -- migrate:down")],
            ),
            (
                1,
                "statement stands before",
                &[("1_a.sql", "SELECT 1;\n-- migrate:up")],
            ),
            (
                1,
                "knows no `-- migrate:down`",
                &[("1_a.sql", "-- migrate:down\n-- migrate:up")],
            ),
        ],
    );
}

#[test]
fn node_pg_migrate_finds_its_marks_in_any_letters_and_order() {
    let found = as_of(
        Format::NodePgMigrate,
        &[
            (
                "20240102030405006_c.sql",
                "--- down migration\nSELECT 2;\n-- UP MIGRATION\nSELECT 1;",
            ),
            ("1704164645005_b.sql", "SELECT 'all of it';"),
            ("1704164645007_d.up.sql", "SELECT 3;"),
            ("1704164645007_d.down.sql", "SELECT 4;"),
        ],
    )
    .unwrap();
    let all = ["1704164645005_b", "20240102030405006_c", "1704164645007_d"];
    assert_eq!(versions(&found), all);
    assert!(up(&found[1])[0].ends_with("SELECT 1;") && down(&found[1])[0].ends_with("SELECT 2;"));
    assert_eq!(down(&found[2]), ["SELECT 4;"]);
    refused(
        Format::NodePgMigrate,
        &[
            (
                1,
                "has no `-- Up Migration`",
                &[("1_a.sql", "SELECT 1;\n-- Down Migration\n")],
            ),
            (
                2,
                "stands here twice",
                &[("1_a.sql", "-- Up Migration\n-- Up Migration")],
            ),
            (1, "is a program", &[("1_a.sql", ""), ("2_b.js", "")]),
        ],
    );
}

const CHANGELOG: &str = "--liquibase formatted sql logicalFilePath:db/shop.sql\n\
--changeset ada:1 labels:\"a, b\" runInTransaction:false\n\
--comment the first; of all\n\
CREATE TABLE a (\n\
--comment of a column\n\
n int);\n\
--rollback DROP TABLE a;\n\
--rollback DROP TABLE b;\n\
\n\
--changeset \"Ada L\":2 dbms:postgresql,!oracle endDelimiter:// stripComments:false\n\
--validCheckSum: 8:abc\n\
SELECT 1 //\n\
SELECT 2\n\
//\n\
--rollback empty\n\
--changeset ada:3 dbms:oracle\nSELECT 3;\n\
--changeset ada:4 ignore:true\nSELECT 4;\n\
--changeset ada:5 dbms:!mysql\nSELECT 5;\n\
/* liquibase rollback\n  SELECT -5;\n*/\n";

#[test]
fn changesets_of_liquibase_are_migrations_with_their_attributes() {
    let (format, found) = told(&[("x.sql", CHANGELOG)]).unwrap();
    assert_eq!(format, Format::Liquibase);
    assert_eq!(ids(&found), ["x-ada-1", "x-Ada-L-2", "x-ada-5"]);
    assert_eq!(found[0].origin.version, "db/shop.sql::1::ada");
    assert_eq!(found[0].origin.title, "of a column");
    assert_eq!(found[0].tags, ["a", "b"]);
    assert_eq!(found[0].up.within, Within::Nothing);
    let blank = " ".repeat("--comment of a column".len());
    assert_eq!(
        up(&found[0]),
        [format!("CREATE TABLE a (\n{blank}\nn int);")]
    );
    assert_eq!(found[0].up.scripts[0].text.place(0).line, 4);
    assert_eq!(down(&found[0]), ["DROP TABLE a;\nDROP TABLE b;"]);
    let place = found[0].down.as_ref().unwrap().scripts[0].text.place(15);
    assert_eq!((place.line, place.column), (8, 13));
    assert_eq!(up(&found[1]), ["SELECT 1", "SELECT 2"]);
    assert_eq!(found[1].up.scripts[0].database, Some("postgres"));
    assert!(found[1].origin.sum.as_ref().unwrap().starts_with("8:abc "));
    // It says itself that there is nothing to take back.
    assert!(
        found[1]
            .down
            .as_ref()
            .is_some_and(|way| way.scripts.is_empty())
    );
    let databases: Vec<_> = found[2].up.scripts.iter().map(|one| one.database).collect();
    assert_eq!(
        databases,
        [Some("postgres"), Some("mariadb"), Some("sqlite")]
    );
    assert_eq!(down(&found[2])[0].trim(), "SELECT -5;");
}

#[test]
fn what_liquibase_says_and_we_cannot_keep_is_refused_by_its_name() {
    for (number, words, text) in [
        (
            2,
            "runAlways:true",
            "--changeset a:1 runAlways:true\nSELECT 1;",
        ),
        (
            2,
            "failOnError:false",
            "--changeset a:1 failOnError:false\nSELECT 1;",
        ),
        (
            2,
            "context:a or b",
            "--changeset a:1 context:\"a or b\"\nSELECT 1;",
        ),
        (2, "labels:!a", "--changeset a:1 labels:!a\nSELECT 1;"),
        (
            2,
            "dbms:postgres",
            "--changeset a:1 dbms:postgres\nSELECT 1;",
        ),
        (
            2,
            "endDelimiter:\\n/\\s*",
            "--changeset a:1 endDelimiter:\\n/\\s*\nSELECT 1;",
        ),
        (2, "shiny:true", "--changeset a:1 shiny:true\nSELECT 1;"),
        (2, "does not say `author:id`", "--changeset a\nSELECT 1;"),
        (2, "does not say `author:id`", "--changeset a: 1\nSELECT 1;"),
        (
            2,
            "--property",
            "--property name:x value:y\n--changeset a:1\nSELECT 1;",
        ),
        (
            3,
            "--preconditions",
            "--changeset a:1\n--preconditions onFail:HALT\nSELECT 1;",
        ),
        (
            3,
            "--precondition-sql-check",
            "--changeset a:1\n--precondition-sql-check 1 x\nSELECT 1;",
        ),
        (
            3,
            "--ignoreLines",
            "--changeset a:1\n--ignoreLines:start\nSELECT 1;",
        ),
        (
            4,
            "is no rollback",
            "--changeset a:1\nSELECT 1;\n--rollback: SELECT 2;",
        ),
        (
            4,
            "is taken back by another",
            "--changeset a:1\nSELECT 1;\n--rollback changesetId:1",
        ),
        (
            2,
            "before the first changeset",
            "SELECT 1;\n--changeset a:1\nSELECT 1;",
        ),
        (
            2,
            "has no statements",
            "--changeset a:1\n--rollback SELECT 1;",
        ),
        (
            4,
            "has no end",
            "--changeset a:1\nSELECT 1;\n/* liquibase rollback\nSELECT 2;",
        ),
        (
            2,
            "runOnChange:true",
            "--changeset a:1 runOnChange:true\nSELECT 1;\n--changeset a:2\nSELECT 2;",
        ),
        (
            4,
            "has x.sql::1::a twice",
            "--changeset a:1\nSELECT 1;\n--changeset a:1\nSELECT 2;",
        ),
    ] {
        let text = format!("--liquibase formatted sql\n{text}");
        refused(Format::Liquibase, &[(number, words, &[("x.sql", &text)])]);
    }
    let other = ("x.sql", "SELECT 1;");
    refused(Format::Liquibase, &[(1, "does not begin with", &[other])]);
}

#[test]
fn the_delimiter_of_a_changeset_is_not_the_one_of_its_rollback() {
    let text = "--liquibase formatted sql\n\
                --changeset a:1 endDelimiter:// rollbackEndDelimiter:\\nGO\nSELECT 1 //\nSELECT 2\n\
                --rollback SELECT -2 //\n--rollback GO\n--rollback SELECT -1\n\
                --changeset a:2 endDelimiter://\nSELECT 3 //\n--rollback SELECT -3;\n";
    let (_, found) = told(&[("x.sql", text)]).unwrap();
    assert_eq!(up(&found[0]), ["SELECT 1", "SELECT 2"]);
    assert_eq!(down(&found[0]), ["SELECT -2 //", "SELECT -1"]);
    assert_eq!(down(&found[1]), ["SELECT -3;"]);
}

#[test]
fn what_runs_again_on_a_change_may_stand_at_the_end() {
    let text = "-- liquibase formatted sql\n-- changeset a:1\nSELECT 1;\n\
                -- changeset a:2 runOnChange:true\nSELECT 2;";
    let (_, found) = told(&[("x.sql", text)]).unwrap();
    assert_eq!(found[1].turn, Turn::Repeatable);
}
