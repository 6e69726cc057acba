//! What is done with folders beside running them: repeated, stood for, called around, summed, moved and
//! squashed, on every database. (Catches a migration that runs twice or never because another one stands
//! for it, a callback that is taken for a migration, and one in place of many that builds something else.)

use super::support::{Database, databases};

fn run(db: &Database, line: &str, status: i32) -> super::support::Ran {
    let words: Vec<&str> = std::iter::once("migrate")
        .chain(line.split_whitespace())
        .collect();
    db.initium(&words).exits(status)
}

fn table(n: &str) -> String {
    format!("CREATE TABLE {n} (n integer);")
}

#[test]
fn a_repeated_migration_runs_behind_the_others_and_again_when_its_text_changes() {
    for db in databases() {
        let write = |name: &str, text: &str| {
            db.folder.write(&format!("m/{name}"), text);
        };
        write("V1__a.sql", &table("a"));
        write("R__v.sql", "CREATE VIEW v AS SELECT 1 AS x;");
        run(&db, "apply --dir m", 0);
        assert_eq!(db.ask("SELECT x FROM v"), "1");
        assert_eq!(run(&db, "apply --dir m", 0).out, "nothing to do\n");
        write(
            "R__v.sql",
            "DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 2 AS x;",
        );
        write("V2__b.sql", &table("b"));
        run(&db, "check --dir m", 3);
        let plan = run(&db, "plan --dir m", 0).out;
        assert!(plan.find("V2__b") < plan.find("R__v"), "{plan}");
        run(&db, "apply --dir m", 0);
        assert_eq!(db.ask("SELECT x FROM v"), "2");
        // A blank is no change.
        write(
            "R__v.sql",
            "DROP VIEW IF EXISTS v;\n\nCREATE VIEW v AS  SELECT 2 AS x;",
        );
        run(&db, "check --dir m", 0);
        // It belongs to no release, so a way back goes past it.
        write("U2__b.sql", "DROP TABLE b;");
        run(&db, "rollback --steps 1 --yes --dir m", 0);
        assert!(!tables(&db).contains(&"b".to_string()));
        assert_eq!(db.ask("SELECT x FROM v"), "2");
    }
}

#[test]
fn a_baseline_runs_on_a_new_database_and_stands_for_nothing_on_an_old_one() {
    for db in databases() {
        let write = |name: &str, text: &str| {
            db.folder.write(&format!("m/{name}"), text);
        };
        write("V1__a.sql", &table("a"));
        write("V2__b.sql", &table("b"));
        run(&db, "apply --dir m --table old", 0);
        write(
            "B2__base.sql",
            "CREATE TABLE c (n integer); CREATE TABLE d (n integer);",
        );
        write("V3__e.sql", "CREATE TABLE e (n integer);");
        // The old one has what it stands for.
        run(&db, "apply --dir m --to V2__b --table old", 0);
        let told = run(&db, "apply --dir m --to B2__base --table old", 0).out;
        assert!(told.contains("1 not applicable"), "{told}");
        assert_eq!(db.ask("SELECT count(*) FROM a"), "0");
        assert!(!tables(&db).contains(&"c".to_string()));
        // A new one takes it instead.
        run(&db, "apply --dir m --table fresh --allow-not-empty", 0);
        assert!(tables(&db).contains(&"d".to_string()));
        run(&db, "check --dir m --table fresh", 0);
        let status = run(&db, "status --dir m --table fresh", 0).out;
        assert_eq!(status.matches("is in 'B2__base'").count(), 2, "{status}");
        assert_eq!(
            run(&db, "apply --dir m --table fresh", 0).out,
            "nothing to do\n"
        );
    }
}

fn tables(db: &Database) -> Vec<String> {
    let catalog = db.open().introspect().unwrap();
    catalog
        .tables
        .iter()
        .map(|one| one.name.name.clone())
        .collect()
}

const CALLS: &str = "version: 1
callbacks:
  before_all: INSERT INTO calls (what) VALUES ('before all')
  after_all: INSERT INTO calls (what) VALUES ('after all')
  before_each: INSERT INTO calls (what) VALUES ('before')
  after_each: INSERT INTO calls (what) VALUES ('after')
  on_error: INSERT INTO calls (what) VALUES ('error')
migrations:
  - {name: one, up: CREATE TABLE one (n integer)}
  - {name: two, up: CREATE TABLE two (n integer)}
";

fn calls(db: &Database) -> Vec<String> {
    let rows = db
        .open()
        .query("SELECT what FROM calls ORDER BY n")
        .unwrap();
    rows.rows
        .into_iter()
        .map(|row| row[0].clone().unwrap())
        .collect()
}

#[test]
fn what_is_called_around_migrations_is_called_once_and_is_none_of_them() {
    for db in databases() {
        let key = match db.kind {
            "postgres" => "n serial PRIMARY KEY",
            "sqlite" => "n integer PRIMARY KEY",
            _ => "n integer AUTO_INCREMENT PRIMARY KEY",
        };
        db.statement(&format!(
            "CREATE TABLE calls ({key}, what varchar(20) NOT NULL)"
        ));
        let spec = db.folder.write("s.yaml", CALLS);
        let apply = format!("apply --spec {spec} --allow-not-empty");
        run(&db, &apply, 0);
        let first = [
            "before all",
            "before",
            "after",
            "before",
            "after",
            "after all",
        ];
        assert_eq!(calls(&db), first);
        run(&db, &apply, 0);
        run(&db, &format!("check --spec {spec}"), 0);
        assert_eq!(calls(&db), first, "nothing pending calls nobody");
        let spec = db.folder.write(
            "s.yaml",
            &format!("{CALLS}  - {{name: three, up: CREATE TABLE one (n integer)}}\n"),
        );
        let failed = run(&db, &format!("apply --spec {spec}"), 1);
        assert_eq!(failed.code(), "statement-failed");
        let told = calls(&db);
        assert_eq!(told[6], "before all");
        assert_eq!(told.last().unwrap(), "error");
        // Mended, it goes on: what ran before the failed statement does not run twice.
        let spec = db.folder.write(
            "s.yaml",
            &format!("{CALLS}  - {{name: three, up: CREATE TABLE three (n integer)}}\n"),
        );
        run(&db, &format!("apply --spec {spec}"), 0);
        let told = calls(&db);
        let each = told.iter().filter(|what| *what == "before").count();
        assert_eq!(each, 3, "{told:?}");
        let history = run(&db, &format!("history --spec {spec}"), 0).out;
        assert!(
            history.contains("callback  ok      before_all"),
            "{history}"
        );
    }
}

#[test]
fn one_in_the_place_of_many_builds_the_same_and_is_recorded_where_they_are() {
    for db in databases() {
        let write = |name: &str, text: &str| {
            db.folder.write(&format!("m/{name}"), text);
        };
        write(
            "000001_a.up.sql",
            "CREATE TABLE a (id integer PRIMARY KEY, old integer);",
        );
        write("000001_a.down.sql", "DROP TABLE a;");
        write(
            "000002_b.up.sql",
            "ALTER TABLE a ADD COLUMN name varchar(50); CREATE INDEX a_name ON a (name);",
        );
        write("000002_b.down.sql", "SELECT 1;");
        write(
            "000003_c.up.sql",
            "INSERT INTO a (id, name) VALUES (1, 'one');",
        );
        write("000003_c.down.sql", "DELETE FROM a;");
        write("000004_d.up.sql", &table("d"));
        run(&db, "apply --dir m", 0);
        let before = tables(&db);
        // Where schema changes cannot be taken back, an empty database is named.
        let place = db.another();
        let line = "migrate squash --to 000003_c --dir m --scratch-url-env SCRATCH";
        let words: Vec<&str> = line.split_whitespace().collect();
        let scratch = match db.kind {
            "sqlite" => "sqlite::memory:",
            _ => &place.url,
        };
        db.initium(&words).env("SCRATCH", scratch).exits(0);
        let left: Vec<_> = std::fs::read_dir(db.folder.path("m")).unwrap().collect();
        assert_eq!(left.len(), 3, "{left:?}");
        run(&db, "check --dir m", 3);
        let told = run(&db, "apply --dir m", 0).out;
        assert_eq!(told, "1 adopted\n");
        assert_eq!(tables(&db), before);
        run(&db, "check --dir m", 0);
        // A new one runs it, and has the same, rows and all.
        let new = db.another();
        let dir = db.folder.path("m");
        run(&new, &format!("apply --dir {dir}"), 0);
        assert_eq!(
            new.open().introspect().unwrap(),
            db.open().introspect().unwrap()
        );
        assert_eq!(new.ask("SELECT name FROM a WHERE id = 1"), "one");
        // And one that has only some of them has to be brought on first.
        let ids = "replaces: [000001_a, 000009_z]";
        let spec = db.folder.write(
            "part.yaml",
            &format!("version: 1\nmigrations:\n  - {{name: both, {ids}, up: SELECT 1}}\n"),
        );
        db.folder
            .write("n/000001_a.up.sql", "CREATE TABLE half (n integer);");
        run(&db, "apply --dir n --table part --allow-not-empty", 0);
        let refused = run(&db, &format!("apply --spec {spec} --table part"), 4);
        assert_eq!(refused.code(), "replaced-partly");
    }
}

#[test]
fn a_migration_that_comes_late_is_moved_behind_the_applied_ones_with_all_its_files() {
    for db in databases() {
        for (name, text) in [("V1__a.sql", table("a")), ("V3__c.sql", table("c"))] {
            db.folder.write(&format!("m/{name}"), &text);
        }
        run(&db, "apply --dir m", 0);
        db.folder.write("m/V2__b.sql", &table("b"));
        db.folder
            .write("m/V2__b.sql.conf", "executeInTransaction=false\n");
        db.folder.write("m/U2__b.sql", "DROP TABLE b;");
        let refused = run(&db, "apply --dir m", 4);
        assert_eq!(refused.code(), "out-of-order");
        assert!(
            refused.err.contains("'V2__b'") && refused.err.contains("'V3__c'"),
            "{}",
            refused.err
        );
        assert!(
            refused.err.contains("initium migrate rebase"),
            "{}",
            refused.err
        );
        let shown = run(&db, "rebase --dry-run --dir m", 0).out;
        assert_eq!(shown.lines().count(), 3, "{shown}");
        run(&db, "rebase --dir m", 0);
        run(&db, "apply --dir m", 0);
        run(&db, "rollback --steps 1 --yes --dir m", 0);
        assert!(!tables(&db).contains(&"b".to_string()));
        assert!(run(&db, "rebase --dir m", 0).out.contains("nothing stands"));
    }
}

#[test]
fn a_new_file_is_like_the_others_and_overwrites_none() {
    let db = databases().pop().unwrap();
    for (format, first, second) in [
        (
            "golang-migrate",
            "000001_add_users.up.sql",
            "000002_add_more.down.sql",
        ),
        ("goose", "00001_add_users.sql", "00002_add_more.sql"),
        ("flyway", "V1__add_users.sql", "V2__add_more.sql"),
        ("refinery", "V1__add_users.sql", "V2__add_more.sql"),
        ("plain", "001_add_users.sql", "002_add_more.sql"),
    ] {
        run(
            &db,
            &format!("new Add-users! --dir {format} --source-format {format}"),
            0,
        );
        run(
            &db,
            &format!("new Add-more --dir {format} --source-format {format}"),
            0,
        );
        for name in [first, second] {
            let path = db.folder.path(&format!("{format}/{name}"));
            assert!(std::path::Path::new(&path).exists(), "{path}");
        }
    }
    // A time where the others have one, and always a later one.
    for format in ["dbmate", "diesel", "prisma", "node-pg-migrate"] {
        for name in ["one", "two", "three"] {
            run(
                &db,
                &format!("new {name} --dir {format} --source-format {format}"),
                0,
            );
        }
        let plan =
            format!("plan --offline --database sqlite --dir {format} --source-format {format}");
        assert!(run(&db, &plan, 0).out.contains("3 to run"));
        let mut names: Vec<_> = std::fs::read_dir(db.folder.path(format))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let order: Vec<_> = names.iter().map(|name| name.contains("one")).collect();
        assert_eq!(order, [true, false, false], "{names:?}");
    }
    let refused = run(&db, "new more --dir sqitch --source-format sqitch", 2);
    assert_eq!(refused.code(), "not-supported");
}
