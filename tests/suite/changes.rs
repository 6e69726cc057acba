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
