//! Schemas that are declared in files: applied, compared, blocked, and rolled back, on each database.
//! (Catches a difference that is invented or missed, a breaking change that runs, a gate that opens
//! on another schema than the one of its release.)

use super::support::{Database, Ran, databases, initium, of, root};

const PLAN: &str = "version: 1\nschemas: [schema]\n";

const USERS: &str = "\
table: users
columns:
  - {name: id, type: bigint, primaryKey: true}
  - {name: email, type: varchar(200), unique: true}
  - {name: age, type: int, nullable: true}
indexes:
  - {columns: [age]}
";

const ITEMS: &str = "\
tables:
  - name: items
    columns:
      - {name: id, type: bigint, identity: by_default}
      - {name: owner, type: bigint}
      - {name: price, type: 'decimal(10,2)', default: 0}
    primary_key: {columns: [id]}
    foreign_keys:
      - {name: items_owner, columns: [owner], references: users, to: [id], on_delete: cascade}
    checks:
      - {name: items_price, expression: price >= 0}
";

fn given(db: &Database, users: &str, items: &str) {
    db.folder.write("plan.yaml", PLAN);
    db.folder.write("schema/users.yaml", users);
    db.folder.write("schema/items.yaml", items);
}

fn run(db: &Database, arguments: &[&str]) -> Ran {
    let spec = db.folder.path("plan.yaml");
    db.initium(&[&["migrate"], arguments, &["--spec", &spec]].concat())
        .run()
}

/// It did what it should.
fn fine(ran: Ran) {
    assert_eq!(ran.status, 0, "{}\n{}", ran.out, ran.err);
}

fn catalog(db: &Database) -> String {
    format!("{:?}", db.open().introspect().unwrap())
}

#[test]
fn a_declared_schema_is_made_and_then_nothing_differs() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        let ran = run(&db, &["check"]);
        assert_eq!(ran.status, 3, "{}: {ran:?}", db.kind);
        let ran = run(&db, &["plan", "--exit-code"]);
        assert_eq!(ran.status, 3, "{}: {ran:?}", db.kind);
        assert!(ran.out.contains("users"), "{}: {ran:?}", db.kind);
        fine(run(&db, &["apply"]));
        for verb in [
            &["check"][..],
            &["check", "--drift"],
            &["verify"],
            &["plan", "--exit-code"],
            &["diff", "--check"],
        ] {
            let ran = run(&db, verb);
            assert_eq!(ran.status, 0, "{} {verb:?}: {ran:?}", db.kind);
        }
        let before = catalog(&db);
        let ran = run(&db, &["apply", "--recheck"]);
        assert_eq!(ran.status, 0, "{}: {ran:?}", db.kind);
        assert_eq!(catalog(&db), before, "{}", db.kind);
        let ran = run(
            &db,
            &[
                "diff",
                "--from",
                &db.folder.path("schema"),
                "--to",
                "live",
                "--check",
            ],
        );
        assert_eq!(ran.status, 0, "{}: {ran:?}", db.kind);
    }
}

#[test]
fn what_is_declared_anew_is_pending_until_it_is_applied_and_can_be_undone() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        fine(run(&db, &["apply"]));
        let before = catalog(&db);
        given(
            &db,
            &USERS.replace(
                "indexes:",
                "  - {name: city, type: text, nullable: true}\nindexes:",
            ),
            ITEMS,
        );
        assert_eq!(run(&db, &["check"]).status, 3, "{}", db.kind);
        let ran = run(&db, &["plan"]);
        assert!(ran.out.contains("city"), "{}: {ran:?}", db.kind);
        fine(run(&db, &["apply"]));
        assert_eq!(run(&db, &["check", "--drift"]).status, 0, "{}", db.kind);
        fine(run(&db, &["rollback", "--steps", "1", "--yes"]));
        assert_eq!(catalog(&db), before, "{}", db.kind);
        assert_eq!(run(&db, &["check"]).status, 3, "{}", db.kind);
    }
}

#[test]
fn a_breaking_change_is_blocked_before_anything_runs() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        fine(run(&db, &["apply"]));
        let before = catalog(&db);
        let narrower = USERS
            .replace(
                "  - {name: age, type: int, nullable: true}\nindexes:\n  - {columns: [age]}\n",
                "",
            )
            .replace("indexes:\n", "");
        let wider = ITEMS.replace(
            "      - {name: price",
            "      - {name: note, type: text, nullable: true}\n      - {name: price",
        );
        given(&db, &narrower, &wider);
        let ran = run(&db, &["apply", "--format", "json"]);
        assert_eq!(ran.status, 4, "{}: {ran:?}", db.kind);
        assert!(ran.out.contains("breaking-change"), "{}: {ran:?}", db.kind);
        assert!(
            ran.out.contains("drop column users.age"),
            "{}: {ran:?}",
            db.kind
        );
        assert_eq!(catalog(&db), before, "{}", db.kind);
        // A flag for expand says that it is not there yet.
        let ran = run(&db, &["apply", "--on-breaking-change", "expand"]);
        assert_eq!(ran.status, 2, "{}: {ran:?}", db.kind);
        let ran = run(&db, &["apply", "--allow", "drop column users.nothing"]);
        assert_eq!(ran.status, 2, "{}: {ran:?}", db.kind);
        assert_eq!(catalog(&db), before, "{}", db.kind);
        let ran = run(&db, &["apply", "--on-breaking-change", "warn"]);
        assert_eq!(ran.status, 0, "{}: {ran:?}", db.kind);
        assert!(
            ran.err.contains("drop column users.age"),
            "{}: {ran:?}",
            db.kind
        );
        let log = run(&db, &["history", "--format", "json"]);
        assert!(log.out.contains("let through"), "{}: {log:?}", db.kind);
        assert_eq!(run(&db, &["check", "--drift"]).status, 0, "{}", db.kind);
    }
}

#[test]
fn one_breaking_change_is_allowed_by_its_name() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        fine(run(&db, &["apply"]));
        let narrower = USERS.replace("  - {name: age, type: int, nullable: true}\n", "");
        given(
            &db,
            &narrower.replace("indexes:\n  - {columns: [age]}\n", ""),
            ITEMS,
        );
        let plan = run(&db, &["diff", "--format", "json"]);
        let found: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
        let changes = found["targets"][0]["changes"].as_array().unwrap().clone();
        let breaking = changes.iter().filter(|one| one["breaking"] == true);
        let mut flags = Vec::new();
        for one in breaking {
            flags.extend([
                "--allow".to_string(),
                one["what"].as_str().unwrap().to_string(),
            ]);
        }
        assert!(!flags.is_empty(), "{}: {plan:?}", db.kind);
        let mut line = vec!["apply"];
        line.extend(flags.iter().map(String::as_str));
        let ran = run(&db, &line);
        assert_eq!(ran.status, 0, "{}: {ran:?}", db.kind);
    }
}

#[test]
fn what_somebody_did_by_hand_is_drift_unless_it_is_left_out() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        fine(run(&db, &["apply"]));
        db.statement("ALTER TABLE users ADD COLUMN legacy_x integer");
        db.statement("CREATE TABLE tmp_1 (n integer)");
        assert_eq!(run(&db, &["check"]).status, 0, "{}", db.kind);
        for verb in [&["check", "--drift"][..], &["verify"], &["diff", "--check"]] {
            let ran = run(&db, verb);
            assert_eq!(ran.status, 3, "{} {verb:?}: {ran:?}", db.kind);
            let told = format!("{}{}", ran.out, ran.err);
            assert!(told.contains("drift"), "{} {verb:?}: {ran:?}", db.kind);
        }
        // The run of every pod mends nothing by itself.
        let before = catalog(&db);
        fine(run(&db, &["apply"]));
        assert_eq!(catalog(&db), before, "{}", db.kind);
        db.folder.write(
            "plan.yaml",
            &format!("{PLAN}ignore: [tmp_*, users.legacy_*]\n"),
        );
        for verb in [&["check", "--drift"][..], &["verify"], &["diff", "--check"]] {
            let ran = run(&db, verb);
            assert_eq!(ran.status, 0, "{} {verb:?}: {ran:?}", db.kind);
        }
    }
}

#[test]
fn migrations_run_first_and_the_declaration_after_them() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        db.folder.write(
            "plan.yaml",
            &format!(
                "{PLAN}strategy: both\nmigrations:\n  - name: users\n    up: CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(200) NOT NULL)\n    down: DROP TABLE users\n"
            ),
        );
        let ran = run(&db, &["apply"]);
        assert_eq!(
            ran.status, 4,
            "a unique key may refuse rows; {}: {ran:?}",
            db.kind
        );
        let ran = run(&db, &["apply", "--on-breaking-change", "warn"]);
        assert_eq!(ran.status, 0, "{}: {ran:?}", db.kind);
        assert_eq!(run(&db, &["check", "--drift"]).status, 0, "{}", db.kind);
        // With the strategy of migrations alone the files are only compared with.
        let scripted = PLAN.replace("version: 1", "version: 1\nstrategy: scripted");
        db.folder.write("plan.yaml", &scripted);
        let ran = run(&db, &["check", "--allow-ahead"]);
        assert_eq!(ran.status, 0, "{}: {ran:?}", db.kind);
    }
}

#[test]
fn a_difference_is_written_as_the_next_migration() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        let spec = db.folder.write(
            "scripted.yaml",
            "version: 1\nstrategy: scripted\nschemas: [schema]\n",
        );
        let run = |arguments: &[&str]| {
            db.initium(&[&["migrate"], arguments, &["--spec", &spec]].concat())
                .run()
        };
        fine(run(&["diff", "--write", "first tables"]));
        let text = std::fs::read_to_string(&spec).unwrap();
        assert!(
            text.contains("name: first tables") && text.contains("down:"),
            "{text}"
        );
        fine(run(&["apply"]));
        let ran = run(&["diff", "--check"]);
        assert_eq!(ran.status, 0, "{}: {ran:?}", db.kind);
        let again = run(&["diff", "--write", "nothing more"]);
        assert!(again.out.contains("no changes"), "{}: {again:?}", db.kind);
        assert_eq!(std::fs::read_to_string(&spec).unwrap(), text);
        fine(run(&["rollback", "--steps", "1", "--yes"]));
        assert_eq!(db.open().introspect().unwrap().tables, [], "{}", db.kind);
    }
}

#[test]
fn a_schema_file_that_changed_without_a_migration_fails_the_check_of_the_example() {
    for db in of("postgres") {
        let example = root().join("examples/migrate/declarative");
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .arg(&example)
            .arg(db.folder.path("shop"))
            .status();
        assert!(copied.unwrap().success());
        let spec = db.folder.path("shop/plan.yaml");
        let check = [
            "migrate",
            "diff",
            "--from",
            "migrations",
            "--check",
            "--spec",
            &spec,
        ];
        // On the server itself, which takes it back, and on an empty database that is named.
        let ran = db.initium(&check).run();
        assert_eq!(ran.status, 0, "{ran:?}");
        assert_eq!(db.open().introspect().unwrap().tables, []);
        let elsewhere = [&check[..], &["--scratch-url-env", "SCRATCH_URL"]].concat();
        let ran = initium(&elsewhere).env("SCRATCH_URL", &db.url).run();
        assert_eq!(ran.status, 0, "{ran:?}");
        let file = db.folder.path("shop/schema/products.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let longer = text.replace(
            "checks:",
            "  - {name: city, type: text, nullable: true}\nchecks:",
        );
        std::fs::write(&file, longer).unwrap();
        let ran = db.initium(&check).run();
        assert_eq!((ran.status, ran.code()), (3, "drift"), "{ran:?}");
        assert!(ran.out.contains("add column products.city"), "{ran:?}");
        db.initium(&[
            "migrate",
            "diff",
            "--spec",
            &spec,
            "--from",
            "migrations",
            "--write",
            "a city",
        ])
        .exits(0);
        let ran = db.initium(&check).run();
        assert_eq!(ran.status, 0, "{ran:?}");
    }
}

#[test]
fn nobody_who_only_reads_writes() {
    for db in databases() {
        given(&db, USERS, ITEMS);
        let before = db.contents();
        fine(run(&db, &["plan"]));
        fine(run(&db, &["diff"]));
        fine(run(&db, &["apply", "--dry-run"]));
        assert_eq!(db.contents(), before, "{}", db.kind);
    }
}
