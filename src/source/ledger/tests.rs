//! Ledgers as the real tools wrote them, and what is read of them.
#![allow(clippy::unwrap_used)]

use super::super::{Format, Origin};
use super::sums::of_text;
use super::*;
use initium_driver::Rows;

fn answer(rows: &[&[&str]]) -> Rows {
    let cell = |cell: &&str| (*cell != "NULL").then(|| cell.to_string());
    Rows {
        columns: Vec::new(),
        rows: rows
            .iter()
            .map(|row| row.iter().map(cell).collect())
            .collect(),
    }
}

fn listed(rows: &[&[&str]]) -> Vec<(&'static str, String)> {
    let found = foreign(&tables(&answer(rows)));
    let told = |one: Foreign| (one.tool.word(), one.table.to_string());
    found.into_iter().map(told).collect()
}

#[test]
fn flyways_checksums_are_those_of_flyway() {
    // Of flyway-core 11.20.0.
    for (text, sum) in [
        ("create table v1 (a int);\n", "-1980378151"),
        ("create table v2 (a int);", "1656907994"),
        ("-- x\r\ncreate table v3 (a int);\r\n\r\n", "330292581"),
        ("\u{feff}create table v4 (a int);\n", "1876695197"),
        ("\n\ncreate table v5 (a int);\n\n\n", "-2145487965"),
        ("comment on table v5 is 'Größe 🦀';\n", "779642031"),
        ("  create table v7 (a int);  \t\n-- tail", "-1242849814"),
        ("create table v8\r(a int);\r", "1718254463"),
        (
            "create table v9 (a int); -- \u{2028}\u{b}\u{c}\u{85} x\n",
            "-1279013626",
        ),
        ("create table ${name} (a int);\n", "307081614"),
        ("select 1;\r\nselect 2;", "-593479011"),
    ] {
        let ours = of_text(Tool::Flyway, text, "1", "");
        assert_eq!(ours.as_deref(), Some(sum), "{text:?}");
    }
}

#[test]
fn the_checksums_of_sqlx_and_prisma_are_theirs() {
    let text = "create table users (id integer primary key, name varchar(40));\n";
    assert_eq!(
        of_text(Tool::Sqlx, text, "1", "").unwrap(),
        "6be9314c765b2710330220741b61e0ccb626d76dc3e7339a5347ac0320ea4159ef0132d47b3ea3824531db47444115a6"
    );
    // `sha256sum` of nothing.
    assert_eq!(
        of_text(Tool::Prisma, "", "1", "").unwrap(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_eq!(of_text(Tool::Goose, text, "1", ""), None);
    // Of refinery 0.8 and 0.9.
    let refinery = |text, version, title| of_text(Tool::Refinery, text, version, title).unwrap();
    assert_eq!(refinery(text, "1", "create_users"), "17807970397578179536");
    let unicode = "insert into users values (1, 'Größe 🦀');\n";
    assert_eq!(refinery(unicode, "3", "größe"), "17024700012729335521");
    assert_eq!(refinery("select 1", "5", "no_end"), "3436148536753963967");
}

#[test]
#[allow(clippy::disallowed_methods)]
fn siphash_is_what_rust_hashes_with_today() {
    use std::hash::Hasher;
    for text in [
        "",
        "a",
        "1234567",
        "12345678",
        "a text of more than two words",
    ] {
        let mut theirs = std::collections::hash_map::DefaultHasher::new();
        theirs.write(text.as_bytes());
        assert_eq!(siphash::siphash(text.as_bytes()), theirs.finish(), "{text}");
    }
}

#[test]
fn one_name_of_several_tools_is_told_apart_by_its_columns() {
    let named = |columns| listed(&[&["public", "schema_migrations", "1", columns]]);
    let one = |tool| vec![(tool, "public.schema_migrations".to_string())];
    assert_eq!(named("version,dirty"), one("golang-migrate"));
    assert_eq!(named("version"), one("dbmate"));
    assert_eq!(named("version,inserted_at"), one("ecto"));
    assert_eq!(named("version,colour"), []);
    let rails = listed(&[
        &["public", "ar_internal_metadata", "1", "NULL"],
        &["public", "schema_migrations", "1", "version"],
    ]);
    assert_eq!(rails, one("rails"));
}

#[test]
fn a_ledger_is_found_where_its_tool_keeps_it() {
    for (schema, table, tool) in [
        ("public", "flyway_schema_history", "flyway"),
        ("public", "DATABASECHANGELOG", "liquibase"),
        ("sqitch", "changes", "sqitch"),
        ("drizzle", "__drizzle_migrations", "drizzle"),
        ("atlas_schema_revisions", "atlas_schema_revisions", "atlas"),
        ("public", "atlas_schema_revisions", "atlas"),
    ] {
        let here = if schema == "public" { "1" } else { "0" };
        let found = listed(&[&[schema, table, here, "NULL"]]);
        assert_eq!(found, [(tool, format!("{schema}.{table}"))]);
    }
    assert_eq!(listed(&[&["public", "changes", "1", "NULL"]]), []);
}

#[test]
fn our_own_ledgers_are_no_tables_of_others() {
    let names = ["", "_log", "_meta", "_step"].map(|end| format!("mine{end}"));
    let rows: Vec<Vec<&str>> = names
        .iter()
        .map(|name| vec!["NULL", name, "1", "NULL"])
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    assert_eq!(tables(&answer(&rows)), []);
    // Three of four are somebody else's.
    assert_eq!(tables(&answer(&rows[1..])).len(), 3);
}

#[test]
fn the_last_row_of_a_version_counts() {
    let rows = answer(&[
        &[
            "1",
            "NULL",
            "NULL",
            "applied",
            "NULL",
            "2026-11-22 07:02:33.588544",
        ],
        &["2", "NULL", "NULL", "applied", "NULL", "NULL"],
        &["2", "NULL", "NULL", "undone", "NULL", "NULL"],
        &[
            "10",
            "NULL",
            "NULL",
            "applied",
            "NULL",
            "2026-11-22 07:02:33.07 +0000 UTC m=+0.08",
        ],
    ]);
    let rows = read(Tool::Goose, &rows).unwrap();
    let said: Vec<_> = rows
        .iter()
        .map(|row| (row.version.as_str(), row.standing.word()))
        .collect();
    assert_eq!(said, [("1", "applied"), ("2", "undone"), ("10", "applied")]);
    assert_eq!(rows[0].at.as_deref(), Some("2026-11-22T07:02:33"));
    assert_eq!(rows[2].at.as_deref(), Some("2026-11-22T07:02:33Z"));
}

#[test]
fn what_flyway_repeats_is_known_by_its_title() {
    let rows = answer(&[
        &[
            "NULL",
            "user view",
            "R__user_view.sql",
            "applied",
            "249274889",
            "NULL",
        ],
        &["0", "zero", "V0__zero.sql", "applied", "1", "NULL"],
        &[
            "NULL",
            "other view",
            "R__other_view.sql",
            "applied",
            "1",
            "NULL",
        ],
        &[
            "NULL",
            "user view",
            "R__user_view.sql",
            "applied",
            "1115262981",
            "NULL",
        ],
    ]);
    let rows = read(Tool::Flyway, &rows).unwrap();
    let said: Vec<_> = rows
        .iter()
        .map(|row| (row.title.as_str(), row.checksum.as_deref().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("zero", "1"),
            ("other view", "1"),
            ("user view", "1115262981")
        ]
    );
}

fn origin(version: &str) -> Origin {
    Origin {
        format: Format::Flyway,
        version: version.into(),
        title: "a view".into(),
        file: "R__a_view.sql".into(),
        sum: None,
    }
}

fn row(version: &str, checksum: Option<&str>) -> Row {
    Row {
        version: version.into(),
        title: "a view".into(),
        file: String::new(),
        standing: Standing::Applied,
        checksum: checksum.map(String::from),
        at: None,
    }
}

#[test]
fn a_checksum_that_cannot_be_taken_is_no_alarm() {
    let judge = |tool, version: &str, text, checksum| {
        let origin = origin(version);
        let kept = Kept {
            tool,
            origin: &origin,
            text,
        };
        sum(kept, &row(version, checksum))
    };
    let text = Some("create table v1 (a int);\n");
    assert_eq!(
        judge(Tool::Flyway, "1", text, Some("-1980378151")),
        Sum::Same
    );
    assert_eq!(judge(Tool::Flyway, "1", text, Some("1")), Sum::Changed);
    assert_eq!(judge(Tool::Flyway, "1", text, None), Sum::NotKept);
    assert_eq!(judge(Tool::Flyway, "1", None, Some("1")), Sum::NotChecked);
    assert_eq!(
        judge(Tool::Liquibase, "1", text, Some("9:abc")),
        Sum::NotChecked
    );
    assert_eq!(judge(Tool::Atlas, "1", text, Some("abc")), Sum::NotChecked);
    // Filled in by settings that only Flyway has.
    let filled = Some("comment on table v1 is '${name}';\n");
    assert_eq!(
        judge(Tool::Flyway, "", filled, Some("769136218")),
        Sum::NotChecked
    );
    assert_eq!(
        judge(Tool::Flyway, "1", filled, Some("769136218")),
        Sum::Changed
    );
}

#[test]
fn a_question_quotes_the_table_as_its_database_does() {
    let table = TableName::parse("ops.\"my \"\"ledger\"").unwrap();
    let asked = |tool, kind| question(tool, &table, kind).unwrap();
    assert!(asked(Tool::Sqlx, Kind::Postgres).contains("encode(checksum, 'hex')"));
    assert!(asked(Tool::Sqlx, Kind::Postgres).contains("\"ops\".\"my \"\"ledger\""));
    assert!(asked(Tool::Sqitch, Kind::MySql).contains("SELECT `change`, "));
    assert!(asked(Tool::Sqlx, Kind::MySql).contains("`ops`.`my \"ledger`"));
    assert_eq!(question(Tool::Rails, &table, Kind::Sqlite), None);
}

fn entry<'a>(origin: &'a Origin, text: &'a str) -> Entry<'a> {
    Entry {
        origin,
        text: Some(text),
        instead: false,
        at: "2026-11-22T07:00:00.123Z",
        millis: 7,
    }
}

#[test]
fn a_row_that_is_there_stays_and_one_that_says_otherwise_is_refused() {
    let (one, two) = (origin("1"), origin("2"));
    let text = "create table v1 (a int);\n";
    let entries = [entry(&one, text), entry(&two, text)];
    let table = TableName::parse("h").unwrap();
    let out =
        |there: Option<&[Row]>| written(Tool::Flyway, &table, Kind::Postgres, &entries, there);
    let all = out(None).unwrap();
    assert_eq!((all.table.len(), all.rows.len()), (2, 2));
    assert!(all.rows[0].contains("(1, '1', 'a view', 'SQL', 'R__a_view.sql', -1980378151, current_user, '2026-11-22 07:00:00+00', 7, TRUE)"), "{}", all.rows[0]);
    let some = out(Some(&[row("1", Some("-1980378151"))])).unwrap();
    assert_eq!((some.table.len(), some.rows.len()), (0, 1));
    let error = out(Some(&[row("1", Some("5"))])).unwrap_err();
    assert!(
        error.message().contains("another checksum"),
        "{}",
        error.message()
    );
}

#[test]
fn golang_migrate_has_one_row_and_it_is_the_last() {
    let (one, two) = (origin("9"), origin("10"));
    let entries = [entry(&two, ""), entry(&one, "")];
    let table = TableName::parse("schema_migrations").unwrap();
    let out =
        |there: Option<&[Row]>| written(Tool::GolangMigrate, &table, Kind::Sqlite, &entries, there);
    let all = out(None).unwrap();
    assert_eq!(
        all.rows,
        ["INSERT INTO \"schema_migrations\" (version, dirty) VALUES (10, FALSE)"]
    );
    assert_eq!(out(Some(&[row("10", None)])).unwrap(), Written::default());
    // It was there when ours took over, and ours went on.
    assert_eq!(
        out(Some(&[row("9", None)])).unwrap().rows,
        ["UPDATE \"schema_migrations\" SET version = 10 WHERE version = 9 AND NOT dirty"]
    );
    assert!(out(Some(&[row("11", None)])).is_err());
}

#[test]
fn a_text_cannot_end_its_quotes() {
    assert_eq!(Kind::MySql.text("a'b\\"), "'a''b\\\\'");
    assert_eq!(Kind::Postgres.text("a'b\\"), "'a''b\\'");
}
