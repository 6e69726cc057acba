//! Formats whose files are their scripts: sqlx, diesel, Prisma, Drizzle, sqitch, plain.

use super::*;

#[test]
fn sqlx_sees_its_mark_as_the_first_characters_of_a_file_only() {
    let found = as_of(
        Format::Sqlx,
        &[
            ("2_b_c.sql", "-- no-transaction\nSELECT 2"),
            ("10_d.up.sql", "SELECT 10"),
            ("10_d.down.sql", "-- no-transaction, ever\nSELECT -10"),
            ("001_a.sql", "SELECT 1"),
        ],
    )
    .unwrap();
    assert_eq!(versions(&found), ["1", "2", "10"]);
    assert_eq!(ids(&found), ["001_a", "2_b_c", "10_d"]);
    assert_eq!(found[1].origin.title, "b c");
    assert_eq!(found[1].up.within, Within::Nothing);
    assert_eq!(found[2].up.within, Within::Transaction);
    assert_eq!(found[2].down.as_ref().unwrap().within, Within::Nothing);
    refused(
        Format::Sqlx,
        &[
            (
                2,
                "does not begin the file",
                &[("1_a.sql", "\n-- no-transaction\nSELECT 1")],
            ),
            (1, "no name that sqlx runs", &[("a.sql", "SELECT 1")]),
            (1, "no name that sqlx runs", &[("sub/1_a.sql", "SELECT 1")]),
            (1, "has no up beside it", &[("1_a.down.sql", "SELECT 1")]),
            (
                1,
                "have the same version",
                &[("1_a.sql", ""), ("1_a.up.sql", "")],
            ),
        ],
    );
}

#[test]
fn diesel_says_in_a_file_beside_it_that_there_is_no_transaction() {
    let found = as_of(
        Format::Diesel,
        &[
            ("2024-01-02-000000_b/up.sql", "SELECT 2"),
            ("2024-01-02-000000_b/down.sql", "SELECT -2"),
            (
                "2024-01-02-000000_b/metadata.toml",
                "# why\nrun_in_transaction = false # so\n",
            ),
            ("2023-12-31-235959_a/up.sql", "SELECT 1"),
        ],
    )
    .unwrap();
    assert_eq!(versions(&found), ["20231231235959", "20240102000000"]);
    assert_eq!(found[1].id, "2024-01-02-000000_b");
    assert_eq!(found[1].up.within, Within::Nothing);
    assert_eq!(down(&found[1]), ["SELECT -2"]);
    let up = ("1_a/up.sql", "SELECT 1");
    refused(
        Format::Diesel,
        &[
            (
                2,
                "`owner = \"me\"`",
                &[up, ("1_a/metadata.toml", "\nowner = \"me\"")],
            ),
            (
                1,
                "says nothing about",
                &[up, ("1_a/metadata.toml", "# nothing")],
            ),
            (
                1,
                "no name that diesel runs",
                &[up, ("1_a/more.sql", "SELECT 1")],
            ),
            (
                1,
                "has no up.sql beside it",
                &[up, ("2_b/metadata.toml", "")],
            ),
            (1, "has no up beside it", &[up, ("2_b/down.sql", "")]),
        ],
    );
}

#[test]
fn prisma_runs_folders_by_their_names_and_knows_them_whole() {
    let found = as_of(
        Format::Prisma,
        &[
            ("20240101000000_b/migration.sql", "SELECT 2"),
            ("20240101000000_b/down.sql", "SELECT -2"),
            ("0_init/migration.sql", "SELECT 1"),
            ("migration_lock.toml", "# lock\nprovider = \"postgresql\""),
        ],
    )
    .unwrap();
    assert_eq!(versions(&found), ["0_init", "20240101000000_b"]);
    assert_eq!(down(&found[1]), ["SELECT -2"]);
    let lock = ("migration_lock.toml", "\nprovider = \"sqlserver\"");
    refused(Format::Prisma, &[(2, "`sqlserver`", &[lock])]);
}

#[test]
fn drizzle_runs_what_its_journal_names_in_the_journals_order() {
    let journal = r#"{"entries": [{"tag": "0001_b", "when": 5}, {"tag": "0000_a", "when": 7}]}"#;
    let a = (
        "0000_a.sql",
        "SELECT 1;--> statement-breakpoint\n  SELECT 2;",
    );
    let b = ("0001_b.sql", "SELECT 3;\n");
    let all = [a, b, ("meta/_journal.json", journal)];
    let found = as_of(Format::Drizzle, &all).unwrap();
    assert_eq!(ids(&found), ["0001_b", "0000_a"]);
    assert_eq!(versions(&found), ["5", "7"]);
    assert_eq!(up(&found[1]), ["SELECT 1;", "SELECT 2;"]);
    let place = found[1].up.scripts[1].text.place(0);
    assert_eq!((place.line, place.column), (2, 3));
    // `printf 'SELECT 3;\n' | sha256sum`
    let sum = "fa4a71571fc2071c8ba7b9fa042ad3267b4f134515497aecc339df06ffd3725d";
    assert_eq!(found[0].origin.sum.as_deref(), Some(sum));
    refused(
        Format::Drizzle,
        &[
            (
                1,
                "0000_a.sql is missing",
                &[b, ("meta/_journal.json", journal)],
            ),
            (
                1,
                "is not named in",
                &[all[0], all[1], all[2], ("0002_c.sql", "")],
            ),
            (1, "meta/_journal.json is missing", &[a]),
            (2, "is no JSON", &[a, ("meta/_journal.json", "{\n ?")]),
        ],
    );
}

const PLAN: &str = "%syntax-version=1.0.0\n%project=shop\n\n\
    a 2024-01-01T00:00:00Z A <a@b> # the first\n@v1 2024-01-01T00:00:00Z A <a@b>\n";

fn planned(rest: &str) -> Result<Vec<Found>> {
    let plan = format!("{PLAN}{rest}");
    let mut files = folder(&[
        (
            "deploy/a.sql",
            "-- Deploy a\n\nBEGIN;\n\n  SELECT 1;\n\nCOMMIT;\n",
        ),
        ("revert/a.sql", "begin transaction ;\nSELECT -1;\nCOMMIT;"),
        ("verify/a.sql", "SELECT 1"),
        ("deploy/sub/b.sql", "SELECT 2;"),
        ("t/other.sql", "SELECT 'a test'"),
    ]);
    files.extend(folder(&[("sqitch.plan", &plan)]));
    Ok(read("db", &files, None)?.found)
}

#[test]
fn sqitch_deploys_in_the_order_of_the_plan_and_its_own_transaction_is_taken_off() {
    let found = planned("sub/b [a a@v1 !c] 2024-01-02T00:00:00Z A <a@b>\n").unwrap();
    assert_eq!(versions(&found), ["a", "sub/b"]);
    assert_eq!(ids(&found), ["a", "sub-b"]);
    assert_eq!(found[0].tags, ["v1"]);
    assert_eq!(found[0].origin.title, "the first");
    assert_eq!(up(&found[0]), ["SELECT 1;"]);
    assert_eq!(found[0].up.scripts[0].text.place(0).line, 5);
    assert_eq!(down(&found[0]), ["SELECT -1;"]);
    assert!(found[1].down.is_none() && found[0].verify.is_empty());
}

#[test]
fn a_plan_that_cannot_be_kept_is_refused_at_its_line() {
    for (words, rest) in [
        ("`c` is required", "sub/b [c] 2024"),
        ("`@v2` is required", "sub/b [@v2] 2024"),
        ("`!a` conflicts", "sub/b [!a] 2024"),
        ("another project", "sub/b [other:a] 2024"),
        ("is reworked", "a [a@v1] 2024"),
        ("takes a change back", "-a 2024"),
        ("deploy/c.sql is missing", "c 2024"),
        ("pragma `%more`", "%more=1"),
    ] {
        let error = planned(rest).expect_err(words);
        assert!(error.message().contains(words), "{}", error.message());
        assert_eq!(line(&error), 6, "{words}");
    }
    let error = planned("").unwrap_err();
    assert!(
        error
            .message()
            .contains("deploy/sub/b.sql is not in sqitch.plan")
    );
}

#[test]
fn plain_files_run_in_the_order_of_their_numbers() {
    let found = as_of(
        Format::Plain,
        &[
            ("10-c.sql", ""),
            ("9_b.sql", ""),
            ("009_a.sql", ""),
            ("a/1.sql", ""),
        ],
    )
    .unwrap();
    assert_eq!(ids(&found), ["009_a", "9_b", "10-c", "a-1"]);
    assert_eq!(found[0].origin.title, "a");
}
