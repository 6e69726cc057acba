//! Flyway, refinery and golang-migrate: names and what stands beside them.

use super::*;

#[test]
fn callbacks_are_told_apart_from_migrations_by_their_names() {
    let files = folder(&[
        ("V1__a.sql", "SELECT 1"),
        ("afterMigrate__b.sql", "SELECT 'b'"),
        ("afterMigrate__a.sql", "SELECT 'a'"),
        ("hooks/beforeEachMigrate.sql", "SELECT 'each'"),
        ("afterMigrateError.sql", "SELECT 'error'"),
    ]);
    let folder = read("migrations", &files, None).unwrap();
    let all: Vec<_> = folder.callbacks.iter().map(|one| one.moment).collect();
    use Moment::*;
    assert_eq!(all, [OnError, AfterAll, AfterAll, BeforeEach]);
    let scripts: Vec<_> = folder.callbacks.into_iter().map(|one| one.script).collect();
    assert_eq!(texts(&scripts)[1..3], ["SELECT 'a'", "SELECT 'b'"]);
    for name in [
        "afterClean.sql",
        "beforeRepeatables__x.sql",
        "afterEachUndoError.sql",
    ] {
        let error = as_of(Format::Flyway, &[(name, "")]).expect_err(name);
        assert!(
            error.message().contains("for an event"),
            "{}",
            error.message()
        );
    }
}

#[test]
fn a_baseline_stands_behind_the_version_that_it_is_about() {
    let found = as_of(
        Format::Flyway,
        &[
            ("V3__c.sql", ""),
            ("B2__all.sql", ""),
            ("sub/V2__b.sql", ""),
            ("V1.SQL", ""),
        ],
    )
    .unwrap();
    assert_eq!(ids(&found), ["V1", "V2__b", "B2__all", "V3__c"]);
    assert_eq!(found[2].turn, Turn::Baseline);
    assert_eq!(versions(&found), ["1", "2", "2", "3"]);
}

#[test]
fn what_flyway_would_leave_out_without_a_word_is_refused() {
    let one = ("V1__a.sql", "SELECT 1");
    refused(
        Format::Flyway,
        &[
            (1, "no name that Flyway runs", &[one, ("v2__b.sql", "")]),
            (1, "no name that Flyway runs", &[one, ("R__.sql", "")]),
            (1, "no name that Flyway runs", &[one, ("Vb__b.sql", "")]),
            (
                1,
                "undoes a version that is not there",
                &[one, ("U2__b.sql", "")],
            ),
            (
                1,
                "undo the same version",
                &[one, ("U1__b.sql", ""), ("U1_0__c.sql", "")],
            ),
            (1, "is a program", &[one, ("V2__b.java", "")]),
            (
                2,
                "`shouldExecute=false`",
                &[one, ("V1__a.sql.conf", "\nshouldExecute=false")],
            ),
            (
                1,
                "script that is not there",
                &[one, ("V2__b.sql.conf", "")],
            ),
        ],
    );
}

#[test]
fn the_u_of_refinery_is_a_version_of_its_own() {
    let found = as_of(
        Format::Refinery,
        &[("V10__c.sql", ""), ("U2__b.sql", ""), ("a/V01__a.sql", "")],
    )
    .unwrap();
    assert_eq!(ids(&found), ["V01__a", "U2__b", "V10__c"]);
    assert_eq!(versions(&found), ["1", "2", "10"]);
    assert!(
        found
            .iter()
            .all(|one| one.down.is_none() && one.turn == Turn::Once)
    );
    refused(
        Format::Refinery,
        &[
            (
                1,
                "have the same version",
                &[("V1__a.sql", ""), ("U1__a.sql", "")],
            ),
            (1, "no name that refinery runs", &[("V1.2__a.sql", "")]),
            (1, "no name that refinery runs", &[("R__a.sql", "")]),
            (1, "is a program", &[("V1__a.rs", "")]),
        ],
    );
}

#[test]
fn a_folder_may_be_a_database_and_what_is_for_strangers_is_left_out() {
    let found = as_of(
        Format::GolangMigrate,
        &[
            ("1_a.up.sql", "SELECT 0"),
            ("postgres/1_a.up.sql", "SELECT 1"),
            ("1_a.cockroach.up.sql", "SELECT 2"),
            ("1_a.sqlite3.autocommit.up.sql", "SELECT 3"),
            ("2_add.users.up.sql", "SELECT 4"),
            ("1_a.mysql.down.sql", "SELECT 5"),
        ],
    )
    .unwrap();
    let databases: Vec<_> = found[0].up.scripts.iter().map(|one| one.database).collect();
    assert_eq!(databases, [None, Some("postgres"), Some("sqlite")]);
    assert_eq!(
        found[0].down.as_ref().unwrap().scripts[0].database,
        Some("mysql")
    );
    assert_eq!(found[1].id, "2_add.users");
    let up = ("1_a.up.sql", "");
    refused(
        Format::GolangMigrate,
        &[
            (
                1,
                "have the same version",
                &[("1_a.mysql.up.sql", ""), ("1_a.postgress.up.sql", "")],
            ),
            (1, "have the same version", &[up, ("01_b.up.sql", "")]),
            (
                1,
                "no name that golang-migrate runs",
                &[up, ("2-b.up.sql", "")],
            ),
            (
                1,
                "no name that golang-migrate runs",
                &[up, ("other/2_b.up.sql", "")],
            ),
            (
                1,
                "no name that golang-migrate runs",
                &[up, ("2_b.UP.SQL", "")],
            ),
            (1, "has no up beside it", &[up, ("2_b.down.sql", "")]),
        ],
    );
}
