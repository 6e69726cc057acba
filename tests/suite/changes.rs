//! Changes that are said once and made on every database. (Catches a change that one database cannot
//! make or take back, and a plan that rests on what nobody could know.)

use super::support::{Database, databases};
use initium_driver::Catalog;

const EVERYTHING: &str = include_str!("changes/everything.yaml");

/// What the server says is there, and for SQLite the texts themselves.
fn held(db: &Database) -> (Catalog, String) {
    let mut driver = db.open();
    let texts = match db.kind {
        "sqlite" => {
            let rows = driver
                .query(
                    "SELECT type, name, tbl_name, sql FROM sqlite_schema \
                     WHERE name NOT LIKE 'initium_migrate%' AND name NOT LIKE 'sqlite_%' \
                     AND tbl_name NOT LIKE 'initium_migrate%' ORDER BY 1, 2",
                )
                .unwrap();
            format!("{:#?}", rows.rows)
        }
        _ => String::new(),
    };
    (driver.introspect().unwrap(), texts)
}

fn run(db: &Database, spec: &str, arguments: &[&str]) -> String {
    let all = [&["migrate"], arguments, &["--spec", spec]].concat();
    db.initium(&all).exits(0).out
}

/// The ids of a spec, in order.
fn ids(spec: &str) -> Vec<String> {
    let spec = initium::spec::Input::Stdin(spec.as_bytes().to_vec());
    let spec = initium::spec::load(&[spec]).unwrap();
    spec.migrations.into_iter().map(|it| it.id).collect()
}

#[test]
fn one_list_of_changes_runs_on_every_database_and_rolls_back_to_what_was_there() {
    for db in databases() {
        let spec = db.folder.write("plan.yaml", EVERYTHING);
        let mut stages = vec![held(&db)];
        for id in ids(EVERYTHING) {
            run(&db, &spec, &["apply", "--to", &id]);
            stages.push(held(&db));
            let kept = db.ask("SELECT count(*) FROM people WHERE email = 'ann@example.com'");
            assert_eq!(kept, "1", "{id} on {}", db.kind);
        }
        run(&db, &spec, &["check"]);
        assert_eq!(run(&db, &spec, &["apply"]), "nothing to do\n");
        let last = stages.pop().unwrap();
        for (stage, id) in stages.iter().zip(ids(EVERYTHING)).rev() {
            run(&db, &spec, &["rollback", "--steps", "1", "--yes"]);
            let found = held(&db);
            let (kind, wanted) = (db.kind, in_order(&stage.0));
            assert_eq!(in_order(&found.0), wanted, "{id} taken back on {kind}");
        }
        // At once, from a plan that knew nothing of what its own first half makes.
        run(&db, &spec, &["apply"]);
        assert_eq!(
            in_order(&held(&db).0),
            in_order(&last.0),
            "at once on {}",
            db.kind
        );
        run(&db, &spec, &["rollback", "--steps", "100", "--yes"]);
        assert_eq!(held(&db), stages[0], "all taken back on {}", db.kind);
    }
}

/// Where a column cannot be put between others, one that comes back is the last.
fn in_order(catalog: &Catalog) -> Catalog {
    let mut catalog = catalog.clone();
    for table in &mut catalog.tables {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
    }
    catalog
}

#[test]
fn a_plan_without_a_server_is_the_one_for_an_empty_database() {
    for db in databases() {
        let spec = db.folder.write("plan.yaml", EVERYTHING);
        let pending = |arguments: &[&str]| -> Vec<String> {
            let out = run(&db, &spec, arguments);
            let heads = out.lines().filter(|line| line.starts_with("up "));
            heads.map(str::to_string).collect()
        };
        let offline = pending(&["plan", "--offline", "--database", db.kind]);
        assert_eq!(pending(&["plan"]), offline, "on {}", db.kind);
    }
}

const SMALL: &str = "version: 1
migrations:
  - name: base
    up: CREATE TABLE users (id integer NOT NULL, email varchar(50) NOT NULL, old integer)
    down: DROP TABLE users
  - name: changes
    changes:
      - drop_column: { table: users, name: old }
      - add_index: { table: users, name: users_email, columns: [email] }
";

#[test]
fn a_plan_ends_where_nothing_more_can_be_known_and_apply_goes_on_behind_that() {
    for db in databases() {
        let spec = db.folder.write("small.yaml", SMALL);
        let empty = held(&db);
        let plan = db.initium(&["migrate", "plan", "--spec", &spec, "--format", "json"]);
        let plan = plan.exits(0).json();
        assert_eq!(
            plan["migrations"].as_array().unwrap().len(),
            1,
            "{}",
            db.kind
        );
        assert_eq!(plan["unforeseen"]["code"], "object-unknown");
        assert_eq!(plan["unforeseen"]["migration"], "changes");
        let all = ["migrate", "apply", "--spec", &spec, "--tx-mode", "all"];
        assert_eq!(db.initium(&all).exits(4).code(), "object-unknown");
        assert_eq!(run(&db, &spec, &["apply"]), "2 applied\n", "{}", db.kind);
        let table = held(&db).0.table("users").unwrap().clone();
        assert!(table.column("old").is_none());
        run(&db, &spec, &["rollback", "--steps", "2", "--yes"]);
        assert_eq!(held(&db), empty, "{}", db.kind);
    }
}

#[test]
fn an_image_without_the_spec_takes_changes_back() {
    for db in databases() {
        let spec = db.folder.write("small.yaml", SMALL);
        run(&db, &spec, &["apply", "--to", "base"]);
        let before = held(&db);
        run(&db, &spec, &["apply"]);
        let (base, _) = SMALL.split_at(SMALL.find("  - name: changes").unwrap());
        let older = db.folder.write("older.yaml", base);
        run(&db, &older, &["rollback", "--steps", "1", "--yes"]);
        assert_eq!(in_order(&held(&db).0), in_order(&before.0), "{}", db.kind);
    }
}

#[test]
fn a_spec_that_is_written_otherwise_and_says_the_same_is_not_edited() {
    for db in databases() {
        let spec = db.folder.write("small.yaml", SMALL);
        run(&db, &spec, &["apply"]);
        let same = SMALL
            .replace(
                "{ table: users, name: old }",
                "{\"name\": \"old\", 'table': users}",
            )
            .replace("columns: [email]", "unique: false, columns: [ 'email' ]");
        let same = db
            .folder
            .write("same.yaml", &same.replace("unique: false, ", ""));
        assert_eq!(
            run(&db, &same, &["apply"]),
            "nothing to do\n",
            "{}",
            db.kind
        );
        let other = db
            .folder
            .write("other.yaml", &SMALL.replace("[email]", "[id]"));
        let edited = db.initium(&["migrate", "apply", "--spec", &other]);
        assert_eq!(edited.exits(4).code(), "checksum-changed", "{}", db.kind);
    }
}

#[test]
fn changes_are_adopted_by_a_baseline_without_a_look_at_what_is_there() {
    for db in databases() {
        let spec = db.folder.write("small.yaml", SMALL);
        run(
            &db,
            &spec,
            &["baseline", "changes", "--reason", "it was there", "--yes"],
        );
        run(&db, &spec, &["check"]);
        assert!(held(&db).0.tables.is_empty(), "{}", db.kind);
    }
}

/// Where each statement commits by itself a run may stop in the middle.
#[test]
fn what_failed_in_the_middle_is_mended_behind_what_ran_and_not_before() {
    for db in databases() {
        if !matches!(db.kind, "mysql" | "mariadb") {
            continue;
        }
        let text = "version: 1
migrations:
  - name: half
    changes:
      - create_table: { name: a, columns: [{ name: n, type: int }, { name: m, type: int }] }
      - sql: { up: 'INSERT INTO a VALUES (1, 1), (1, 2)', down: DELETE FROM a }
      - rename_column: { table: a, from: m, to: more }
      - add_unique: { table: a, name: once, columns: [n] }
      - add_column: { table: a, name: last, type: int, nullable: true }
";
        let spec = db.folder.write("half.yaml", text);
        let failed = db.initium(&["migrate", "apply", "--spec", &spec]);
        assert_eq!(failed.exits(1).code(), "statement-failed", "{}", db.kind);
        // The database is another one than that for which the statements were made.
        assert_eq!(db.ask("SELECT sum(more) FROM a"), "3");
        let again = db.initium(&["migrate", "apply", "--spec", &spec]).exits(1);
        assert_eq!(again.code(), "statement-failed");
        let begun = text.replace("from: m, to: more", "from: m, to: much");
        let begun = db.folder.write("begun.yaml", &begun);
        let refused = db.initium(&["migrate", "apply", "--spec", &begun]);
        assert_eq!(refused.exits(4).code(), "step-changed", "{}", db.kind);
        let mended = text.replace("columns: [n]", "columns: [n, more]");
        let mended = db.folder.write("mended.yaml", &mended);
        assert_eq!(run(&db, &mended, &["apply"]), "1 applied\n", "{}", db.kind);
        assert!(held(&db).0.table("a").unwrap().column("last").is_some());
        run(&db, &mended, &["rollback", "--steps", "1", "--yes"]);
        assert!(held(&db).0.tables.is_empty());
    }
}
