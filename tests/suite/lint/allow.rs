//! Comments that allow a rule, ours and those of other tools.

use super::{find, judged, spec};
use initium::lint::{Finding, Settings};
use serde_json::json;

/// The ids of what is found in a script.
fn ids(sql: &str) -> Vec<&'static str> {
    let all = found(sql).into_iter().map(|one| one.rule.id);
    // Two tables in one transaction are another matter.
    all.filter(|id| *id != "many-locks").collect()
}

fn found(sql: &str) -> Vec<Finding> {
    find("postgres", None, &[json!({"name": "one", "up": sql})], &[])
}

#[test]
fn a_comment_allows_a_rule_for_the_statement_that_it_stands_at() {
    for sql in [
        "-- initium:allow drop-table nobody uses it\nDROP TABLE t;",
        "-- initium:allow drop-table nobody uses it\n\n-- and another comment\nDROP TABLE t;",
        "DROP TABLE t; -- initium:allow drop-table nobody uses it",
        "DROP TABLE -- initium:allow drop-table nobody uses it\n t;",
        "/* initium:allow drop-table nobody uses it */ DROP TABLE t;",
        "-- initium:allow drop-table,drop-cascade nobody uses it\nDROP TABLE t CASCADE;",
        "-- initium:allow drop-table, drop-cascade nobody uses it\nDROP TABLE t CASCADE;",
        "SELECT 1;\n-- initium:allow-file drop-table nobody uses them\nDROP TABLE t; DROP TABLE u;",
        "-- atlas:nolint DS102\nDROP TABLE t;",
        "-- atlas:nolint destructive\nDROP TABLE t;",
        "-- atlas:nolint\nDROP TABLE t;",
        "-- squawk-ignore ban-drop-table\nDROP TABLE t;",
        "-- squawk-ignore-file ban-drop-table\nSELECT 1; DROP TABLE t; DROP TABLE u;",
    ] {
        assert_eq!(ids(sql), [""; 0], "{sql}");
    }
}

#[test]
fn a_comment_allows_nothing_else() {
    for (sql, expected) in [
        (
            "-- initium:allow drop-table nobody uses it\nDROP TABLE t; DROP TABLE u;",
            vec!["drop-table"],
        ),
        (
            "DROP TABLE t;\n-- initium:allow drop-table nobody uses it\nDROP TABLE u;",
            vec!["drop-table"],
        ),
        (
            "-- initium:allow drop-table nobody uses it\nDROP TABLE t CASCADE;",
            vec!["drop-cascade"],
        ),
        (
            "-- squawk-ignore ban-drop-column\nDROP TABLE t;",
            vec!["drop-table"],
        ),
        (
            "-- initium:allowed drop-table x\nDROP TABLE t;",
            vec!["drop-table"],
        ),
        (
            "SELECT '-- initium:allow drop-table x'; DROP TABLE t;",
            vec!["drop-table"],
        ),
    ] {
        assert_eq!(ids(sql), expected, "{sql}");
    }
}

#[test]
fn a_comment_without_a_rule_a_reason_or_a_use_is_told() {
    for (comment, says) in [
        ("initium:allow", "names no rule"),
        ("initium:allow drop-table", "gives no reason"),
        (
            "initium:allow drop-tabel nobody uses it",
            "names 'drop-tabel', which is no rule",
        ),
        (
            "initium:allow drop-column nobody uses it",
            "nothing here has to be allowed: drop-column",
        ),
    ] {
        let all = found(&format!("SELECT 1;\n  -- {comment}\nDROP TABLE t;"));
        let rules: Vec<_> = all.iter().map(|one| one.rule.id).collect();
        assert_eq!(rules, ["drop-table", "unused-allow"], "{comment}");
        assert!(all[1].message.contains(says), "{}", all[1].message);
        assert_eq!(all[1].statement, None);
    }
}

#[test]
fn a_comment_stands_where_it_stands_in_its_file() {
    let folder = crate::support::Folder::new();
    let text = "version: 1\ndatabase: postgres\nmigrations:\n  - name: one\n    up: |\n      SELECT 1;\n        -- initium:allow drop-table\n      DROP TABLE t;\n";
    let path = folder.write("a.yaml", text);
    let spec = initium::spec::load(&[initium::spec::Input::File(path.into())]).unwrap();
    let settings = Settings::new(&spec, &[], None).unwrap();
    let all = judged("postgres", None, &spec, &settings);
    let places: Vec<_> = all
        .iter()
        .map(|one| (one.place.line, one.place.column))
        .collect();
    assert_eq!(places, [(8, 7), (7, 12)]);
}

#[test]
fn a_comment_that_is_of_use_on_one_database_is_of_use() {
    let up = json!({
        "postgres": "-- initium:allow json-type it is only kept\nALTER TABLE t ADD COLUMN c json",
        "sqlite": "SELECT 1"
    });
    assert!(find("postgres", None, &[json!({"name": "one", "up": up})], &[]).is_empty());
    // A rule that is not looked for cannot be of use, and nobody knows whether it was meant so.
    let only = spec(
        "postgres",
        &[json!({"name": "one", "up": "-- initium:allow drop-table x\nSELECT 1"})],
    );
    let settings = Settings::new(&only, &["update-all".into()], None).unwrap();
    assert!(judged("postgres", None, &only, &settings).is_empty());
}

#[test]
fn a_sensitive_migration_is_judged_and_not_told_of() {
    let one = json!({"name": "one", "up": "DROP TABLE hunter2", "sensitive": true});
    let all = find("postgres", None, &[one], &[]);
    assert_eq!(all.len(), 1);
    assert!(
        !format!("{:?}", (&all[0].message, &all[0].excerpt, &all[0].rewrite)).contains("hunter2")
    );
}
