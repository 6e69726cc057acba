//! One plan over many databases. (Catches a database that is skipped or done twice, a failure that
//! hides or stops others, a spec read again for each, a server with a session for each, shards that
//! overlap or leave a gap.)

use super::output::{described, schema};
use super::support::proxy::Proxy;
use super::support::{Database, Folder, Initium, Ran, databases, hear, initium, of, ran, unique};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

const SPEC: &str = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n  \
     - {name: two, up: INSERT INTO a VALUES (1), down: DELETE FROM a}\n";

/// A targets file of these lines.
fn list(folder: &Folder, name: &str, entries: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from("version: 1\ntargets:\n");
    for entry in entries {
        let _ = writeln!(text, "  - {{{entry}}}");
    }
    folder.write(name, &text)
}

/// SQLite files t0, t1, ... in this folder, none of them there yet.
fn files(folder: &Folder, count: usize) -> String {
    let entry = |n| format!("name: t{n}, dbname: {}", folder.path(&format!("t{n}.db")));
    list(folder, "targets.yaml", (0..count).map(entry))
}

fn sqlite(folder: &Folder, arguments: &[&str]) -> Initium {
    let spec = folder.write("spec.yaml", SPEC);
    let arguments = [&["migrate"], arguments, &["--database", "sqlite"]].concat();
    initium(&arguments)
        .env("INITIUM_SPEC", &spec)
        .at(folder.root())
}

/// Tenants' schemas in one PostgreSQL database.
fn tenants(db: &Database, count: usize) -> String {
    let mut names = Vec::new();
    let mut script = String::from("version: 1\nmigrations:\n  - name: schemas\n    up: |\n");
    for n in 0..count {
        let _ = writeln!(script, "      CREATE SCHEMA tenant_{n};");
        names.push(format!("name: tenant_{n}, schema: tenant_{n}"));
    }
    let make = db.folder.write("schemas.yaml", &script);
    db.initium(&["migrate", "apply", "--spec", &make, "--table", "schemas"])
        .exits(0);
    list(&db.folder, "targets.yaml", names)
}

fn last(ran: &Ran) -> &str {
    ran.out.trim_end().lines().last().unwrap_or_default()
}

fn names(ran: &Ran) -> Vec<String> {
    let document = ran.json();
    let all = document["databases"].as_array().unwrap().iter();
    all.map(|one| one["name"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn a_thousand_files_take_one_process_one_reading_and_few_seconds() {
    let folder = Folder::fleeting();
    let targets = files(&folder, 1000);
    let begun = Instant::now();
    let ran = sqlite(
        &folder,
        &["apply", "--targets", &targets, "--log-level", "warn"],
    )
    .exits(0);
    let applied = begun.elapsed();
    assert_eq!(last(&ran), "1000 databases: 1000 done");
    assert_eq!(ran.out.matches("  2 applied\n").count(), 1000);
    let begun = Instant::now();
    let trace = folder.path("trace");
    let spec = folder.path("spec.yaml");
    let traced = Command::new("strace")
        .args(["-f", "-e", "trace=open,openat,clone,clone3", "-o", &trace])
        .arg(env!("CARGO_BIN_EXE_initium"))
        .args(["migrate", "check", "--database", "sqlite", "--spec", &spec])
        .args(["--targets", &targets])
        .output();
    let checked = begun.elapsed();
    eprintln!("1000 files: apply {applied:?}, check (traced) {checked:?}");
    let traced = match traced {
        Ok(traced) => traced,
        Err(error) if std::env::var("INITIUM_TEST_SERVERS").is_ok() => panic!("strace: {error}"),
        Err(_) => return eprintln!("SKIPPED: strace is not there"),
    };
    assert!(traced.status.success(), "{traced:?}");
    let trace = std::fs::read_to_string(trace).unwrap();
    for (file, most) in [("spec.yaml", 1), ("targets.yaml", 1)] {
        let opened = trace.lines().filter(|line| line.contains(file)).count();
        assert_eq!(opened, most, "{file}");
    }
    let threads = trace.lines().filter(|line| line.contains("clone")).count();
    assert_eq!(threads, 0);
}

#[test]
fn a_thousand_schemas_see_one_session_at_a_time_and_the_round_trips_of_one_each() {
    // One server is enough for so many.
    for db in of("postgres").into_iter().take(1) {
        // What is measured is not the disk.
        let quick = "ALTER DATABASE {} SET synchronous_commit = off";
        db.statement(&quick.replace("{}", &db.name));
        let targets = tenants(&db, 1000);
        let spec = db.folder.write("spec.yaml", SPEC);
        let proxy = Proxy::before(&db.url);
        let run = |verb: &str| {
            proxy.take();
            let begun = Instant::now();
            let child = initium(&[
                "migrate",
                verb,
                "--spec",
                &spec,
                "--targets",
                &targets,
                "--log-level",
                "warn",
            ])
            .env("DATABASE_URL", &proxy.url)
            .spawn();
            (ran(child), proxy.take(), begun.elapsed())
        };
        // A look from outside, while it runs.
        let url = db.url.clone();
        let look = std::thread::spawn(move || {
            let mut driver = super::support::database::open(&url);
            let mut most = 0;
            for _ in 0..200 {
                let rows = driver
                    .query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IS NOT NULL")
                    .unwrap();
                most = most.max(rows.first().unwrap().parse::<u32>().unwrap());
                std::thread::sleep(Duration::from_millis(20));
            }
            most
        });
        let (applied, _, time) = run("apply");
        assert_eq!(applied.status, 0, "{}", applied.err);
        assert_eq!(last(&applied), "1000 databases: 1000 done");
        // The server may still be ending the one before.
        assert!(look.join().unwrap() <= 2);
        let single = {
            proxy.take();
            drop(super::support::database::open(&proxy.url));
            proxy.take().trips
        };
        let (check, count, checked) = run("check");
        assert_eq!(check.status, 0, "{}", check.err);
        assert_eq!(
            count.trips,
            1000 * (single + 1),
            "handshake and one question"
        );
        eprintln!(
            "1000 schemas: apply {time:?}, check {checked:?}, {} trips",
            count.trips
        );
        assert_eq!(
            db.ask(
                "SELECT count(*) FROM pg_tables WHERE tablename = 'a' AND schemaname LIKE 'tenant%'"
            ),
            "1000"
        );
        assert_eq!(
            db.ask("SELECT count(*) FROM tenant_999.initium_migrate"),
            "2"
        );
        assert_eq!(
            db.ask("SELECT count(*) FROM pg_tables WHERE tablename = 'initium_migrate' AND schemaname = 'public'"),
            "0"
        );
    }
}

#[test]
fn a_failure_stops_the_run_unless_it_may_go_on() {
    let folder = Folder::new();
    let entry = |n: usize| match n {
        3 | 5 | 7 => format!(
            "name: t{n}, dbname: {}",
            folder.path(&format!("nowhere/{n}.db"))
        ),
        _ => format!("name: t{n}, dbname: {}", folder.path(&format!("t{n}.db"))),
    };
    let targets = list(&folder, "targets.yaml", (0..10).map(entry));
    let log = folder.write("termination", "");
    let run = |more: &[&str], status: i32| {
        let arguments = [
            &["apply", "--targets", &targets, "--termination-log", &log],
            more,
        ]
        .concat();
        sqlite(&folder, &arguments).exits(status)
    };
    let stopped = run(&[], 2);
    assert_eq!(
        last(&stopped),
        "10 databases: 3 done, 1 failed, 6 not reached"
    );
    assert!(
        stopped
            .out
            .contains("t3  FAILED error[database-missing]: there is no folder"),
        "{}",
        stopped.out
    );
    assert!(stopped.err.contains("in target t3"), "{}", stopped.err);
    let some = run(&["--max-failures", "2"], 2);
    assert_eq!(last(&some), "10 databases: 5 done, 3 failed, 2 not reached");
    let all = run(&["--max-failures=all"], 2);
    assert_eq!(last(&all), "10 databases: 7 done, 3 failed");
    assert_eq!(all.err.matches("error[database-missing]").count(), 3);
    let left = std::fs::read_to_string(&log).unwrap();
    assert!(
        left.starts_with("error[database-missing]: ") && left.ends_with("failed: t3, t5, t7\n"),
        "{left}"
    );
    run(&["--max-failures=all", "--format", "json"], 2);
    let left: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&log).unwrap()).unwrap();
    assert_eq!(
        (&left["code"], &left["failed"][2]),
        (&"database-missing".into(), &"t7".into())
    );
}

#[test]
fn the_exit_status_is_that_of_the_worst() {
    let folder = Folder::new();
    folder.write("folder/x", "");
    let path = |name: &str| folder.path(name);
    let spec = "version: 1\ndatabase: sqlite\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n";
    folder.write("spec.yaml", spec);
    let other = folder.write(
        "other.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE b (n integer)}\n",
    );
    initium(&[
        "migrate",
        "apply",
        "--spec",
        &other,
        "--url",
        &format!("sqlite:{}", path("edited.db")),
    ])
    .exits(0);
    initium(&[
        "migrate",
        "apply",
        "--spec",
        &other,
        "--table",
        "x",
        "--url",
        &format!("sqlite:{}", path("there.db")),
    ])
    .exits(0);
    super::support::database::statement(
        &format!("sqlite:{}", path("there.db")),
        "CREATE TABLE a (n integer)",
    );
    let entry = |name: &str| match name {
        "away" => {
            "name: away, database: postgres, host: 127.0.0.1, port: 1, user: u, dbname: d".into()
        }
        "missing" => format!("name: missing, url: 'sqlite:{}'", path("nowhere/x.db")),
        name => format!(
            "name: {name}, url: 'sqlite:{}'",
            path(&format!("{name}.db"))
        ),
    };
    for (all, status) in [
        (&["fresh"][..], 0),
        (&["fresh", "missing"], 2),
        (&["missing", "there"], 1),
        (&["missing", "there", "edited", "fresh"], 4),
    ] {
        let targets = list(&folder, "targets.yaml", all.iter().map(|name| entry(name)));
        let arguments = [
            "migrate",
            "apply",
            "--spec",
            &path("spec.yaml"),
            "--targets",
            &targets,
            "--max-failures",
            "all",
        ];
        initium(&arguments).beside().exits(status);
    }
    // Another server than the spec's, which is not there.
    let plain = folder.write(
        "plain.yaml",
        "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n",
    );
    let targets = list(
        &folder,
        "targets.yaml",
        ["away", "fresh", "missing"].iter().map(|name| entry(name)),
    );
    let arguments = [
        "migrate",
        "check",
        "--spec",
        &plain,
        "--targets",
        &targets,
        "--connect-timeout",
        "0",
        "--max-failures",
        "all",
        "--format",
        "json",
    ];
    let document = initium(&arguments).exits(2).json();
    let exits: Vec<_> = document["databases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["exit"].as_i64().unwrap())
        .collect();
    assert_eq!(exits[0], 5, "{document}");
    assert_eq!(exits[2], 2, "{document}");
}

#[test]
fn shards_cover_the_list_exactly_once_and_a_longer_list_moves_nothing() {
    let folder = Folder::new();
    let shard = |targets: &str, index: &str| {
        let ran = sqlite(
            &folder,
            &[
                "status",
                "--targets",
                targets,
                "--shard-count",
                "4",
                "--format",
                "json",
            ],
        )
        .env("JOB_COMPLETION_INDEX", index)
        .exits(0);
        names(&ran)
    };
    let of = |count: usize| -> Vec<BTreeSet<String>> {
        let targets = files(&folder, count);
        let all: Vec<_> = ["0", "1", "2", "3"]
            .map(|index| shard(&targets, index))
            .into();
        assert_eq!(all.iter().map(Vec::len).sum::<usize>(), count);
        let sets: Vec<BTreeSet<String>> =
            all.into_iter().map(|s| s.into_iter().collect()).collect();
        assert_eq!(sets.iter().flatten().collect::<BTreeSet<_>>().len(), count);
        sets
    };
    let (short, long) = (of(40), of(60));
    for (short, long) in short.iter().zip(&long) {
        assert!(!short.is_empty() && short.is_subset(long));
    }
    // The flag beats Kubernetes; an empty shard is no failure.
    let targets = list(
        &folder,
        "one.yaml",
        ["name: acme, dbname: acme.db".to_string()],
    );
    let run = |arguments: &[&str], status| {
        let arguments = [&["apply", "--targets", &targets], arguments].concat();
        sqlite(&folder, &arguments)
            .env("JOB_COMPLETION_INDEX", "9")
            .exits(status)
    };
    let none = run(&["--shard-count", "4", "--shard-index", "1"], 0);
    assert_eq!(
        none.out,
        "nothing to do: shard 1 of 4 has none of the 1 database\n"
    );
    assert_eq!(
        last(&run(&["--shard-count", "4", "--shard-index", "0"], 0)),
        "1 database: 1 done"
    );
    assert_eq!(run(&["--shard-count", "4"], 2).code(), "setting-invalid");
    assert_eq!(run(&["--shard-index", "4"], 2).code(), "usage");
    assert_eq!(
        run(&["--shard-count", "0", "--shard-index", "0"], 2).code(),
        "setting-invalid"
    );
    assert_eq!(
        run(&["--max-failures", "some"], 2).code(),
        "setting-invalid"
    );
}

#[test]
fn two_processes_over_one_list_apply_each_migration_once() {
    for db in of("postgres") {
        let targets = tenants(&db, 30);
        let spec = db.folder.write("spec.yaml", SPEC);
        let arguments = [
            "migrate",
            "apply",
            "--spec",
            &spec,
            "--targets",
            &targets,
            "--format",
            "json",
        ];
        let children: Vec<_> = (0..3).map(|_| db.initium(&arguments).spawn()).collect();
        let mut applied = 0;
        for child in children {
            let ran = ran(child);
            assert_eq!(ran.status, 0, "{}\n{}", ran.out, ran.err);
            for one in ran.json()["databases"].as_array().unwrap() {
                applied += one["document"]["migrations"].as_array().unwrap().len();
            }
        }
        assert_eq!(applied, 60);
        for n in [0, 29] {
            assert_eq!(db.ask(&format!("SELECT count(*) FROM tenant_{n}.a")), "1");
        }
    }
}

#[test]
fn schemas_of_one_database_do_not_wait_for_each_other() {
    for db in of("postgres") {
        let targets = tenants(&db, 2);
        let slow = db.folder.write(
            "slow.yaml",
            "version: 1\nmigrations:\n  - {name: slow, up: SELECT pg_sleep(6)}\n",
        );
        let shard = |index: &str, more: &[&str]| {
            let arguments = [
                "migrate",
                "apply",
                "--spec",
                &slow,
                "--targets",
                &targets,
                "--shard-count",
                "5",
                "--shard-index",
                index,
            ];
            db.initium(&[&arguments, more].concat())
        };
        // Of five shards tenant_0 is in the second and tenant_1 in the third.
        let busy = ["1", "2"];
        let begun = Instant::now();
        let both: Vec<_> = busy
            .iter()
            .map(|index| shard(index, &["--lock-wait", "1s"]).spawn())
            .collect();
        for child in both {
            let ran = ran(child);
            assert_eq!(ran.status, 0, "{}", ran.err);
            assert_eq!(last(&ran), "1 database: 1 done");
        }
        assert!(
            begun.elapsed() < Duration::from_secs(11),
            "{:?}",
            begun.elapsed()
        );
        // Whoever means the same ledger in other words waits.
        let mut holder =
            super::support::database::open(&format!("{}?search_path=tenant_0", db.url));
        assert_eq!(holder.try_lock().unwrap(), initium_driver::Locked::Taken);
        for flags in [
            &["--table", "tenant_0.initium_migrate"][..],
            &["--option", "search_path=tenant_0,public"],
        ] {
            let spec = db.folder.write("spec.yaml", SPEC);
            let arguments = [
                &[
                    "migrate",
                    "apply",
                    "--spec",
                    &spec,
                    "--lock-wait",
                    "300ms",
                    "--allow-ahead",
                ],
                flags,
            ]
            .concat();
            assert_eq!(db.initium(&arguments).exits(6).code(), "lock-held");
        }
    }
}

#[test]
fn a_run_that_is_killed_goes_on_where_it_was() {
    let folder = Folder::new();
    let targets = files(&folder, 60);
    let spec = folder.write("slow.yaml", "version: 1\ndatabase: sqlite\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n  - {name: two, up: INSERT INTO a VALUES (1)}\n");
    let apply = || {
        initium(&[
            "migrate",
            "apply",
            "--spec",
            &spec,
            "--targets",
            &targets,
            "--log-format",
            "json",
        ])
    };
    let mut heard = hear(apply().spawn(), "\"database\":\"t20\"");
    heard.child.kill().unwrap();
    heard.end();
    let again = apply().exits(0);
    assert_eq!(last(&again), "60 databases: 60 done");
    let untouched = again.out.matches("nothing to do").count();
    assert!((20..60).contains(&untouched), "{untouched}");
    for n in 0..60 {
        let url = format!("sqlite:{}", folder.path(&format!("t{n}.db")));
        let rows = super::support::database::open(&url)
            .query("SELECT count(*) FROM a")
            .unwrap();
        assert_eq!(rows.first(), Some("1"), "t{n}");
    }
}

#[test]
fn a_signal_ends_the_run_with_a_report_of_what_was_not_reached() {
    let folder = Folder::new();
    let targets = files(&folder, 200);
    let spec = folder.write("spec.yaml", SPEC);
    let log = folder.write("termination", "");
    let arguments = [
        "migrate",
        "apply",
        "--database",
        "sqlite",
        "--spec",
        &spec,
        "--targets",
        &targets,
        "--termination-log",
        &log,
        "--max-failures",
        "all",
    ];
    let heard = hear(initium(&arguments).spawn(), "database=t5");
    Command::new("kill")
        .args(["-TERM", &heard.child.id().to_string()])
        .status()
        .unwrap();
    let ran = heard.end();
    assert_eq!(ran.status, 143, "{}\n{}", ran.out, ran.err);
    assert!(
        last(&ran).starts_with("200 databases: ") && last(&ran).ends_with(" not reached"),
        "{}",
        ran.out
    );
    assert!(
        std::fs::read_to_string(&log)
            .unwrap()
            .starts_with("error[interrupted]: stopped by signal 15")
    );
    assert_eq!(
        last(&initium(&arguments).exits(0)),
        "200 databases: 200 done"
    );
}

#[test]
fn a_query_names_the_databases_on_every_database() {
    for db in databases() {
        let (make, rows): (Vec<String>, &str) = match db.kind {
            "postgres" => (
                vec![
                    "CREATE SCHEMA \"Acme's\"".into(),
                    "CREATE SCHEMA beta".into(),
                ],
                "('acme', 'Acme''s', NULL), ('beta', 'beta', NULL)",
            ),
            "sqlite" => (
                vec![],
                "('acme', NULL, 'acme.db'), ('beta', NULL, 'beta.db')",
            ),
            _ => (vec![], "('acme', NULL, '{0}_a'), ('beta', NULL, '{0}_b')"),
        };
        let made: Vec<String> = match db.kind {
            "mysql" | "mariadb" => ["a", "b"].map(|end| format!("{}_{end}", db.name)).into(),
            _ => vec![],
        };
        made.iter()
            .for_each(|name| db.statement(&format!("CREATE DATABASE {name}")));
        make.iter().for_each(|sql| db.statement(sql));
        db.statement(
            "CREATE TABLE tenants (name varchar(20), place varchar(20), file varchar(200))",
        );
        db.statement(&format!(
            "INSERT INTO tenants VALUES {}",
            rows.replace("{0}", &db.name)
        ));
        let columns = match db.kind {
            "postgres" => "name, place AS schema",
            _ => "name, file AS dbname",
        };
        let spec = |query: &str| {
            db.folder.write(
                "spec.yaml",
                &SPEC.replace(
                    "migrations:",
                    &format!("targets_query: {{query: \"{query}\"}}\nmigrations:"),
                ),
            )
        };
        let asked = spec(&format!("SELECT {columns} FROM tenants ORDER BY name DESC"));
        let run = |verb: &str, spec: &str, status| {
            db.initium(&["migrate", verb, "--spec", spec, "--format", "json"])
                .exits(status)
        };
        assert_eq!(
            names(&run("check", &asked, 3)),
            ["beta", "acme"],
            "{}",
            db.kind
        );
        assert_eq!(names(&run("apply", &asked, 0)), ["beta", "acme"]);
        run("check", &asked, 0);
        // No ledger where it was asked.
        let tables = db.open().introspect().unwrap().tables;
        assert!(tables.iter().all(|table| !table.name.is("a")), "{tables:?}");
        for (query, told) in [
            (
                "SELECT name, 1 AS shema FROM tenants",
                "unknown column 'shema'",
            ),
            ("SELECT place FROM tenants", "'place'"),
            (
                "SELECT 'a' AS name UNION ALL SELECT 'a'",
                "stands in row 1 too",
            ),
            ("SELECT NULL AS name", "missing key 'name'"),
            (
                "SELECT name, '/etc/passwd' AS password_file FROM tenants",
                "unknown column 'password_file'",
            ),
            (
                "SELECT name, 'postgres://u:hunter2@h/d' AS url FROM tenants",
                "holds a password",
            ),
            ("SELECT nonsense FROM nowhere", "targets_query: "),
        ] {
            let ran = run("apply", &spec(query), 2);
            let error = &ran.json()["error"];
            assert!(
                error["message"].as_str().unwrap().contains(told),
                "{}: {query}: {error}",
                db.kind
            );
            let code = error["code"].as_str().unwrap();
            assert!(
                ["targets-invalid", "secret-in-spec"].contains(&code),
                "{query}: {error}"
            );
            assert!(!ran.out.contains("hunter2"), "{}", ran.out);
        }
        let none = run(
            "apply",
            &spec(&format!("SELECT {columns} FROM tenants WHERE 1 = 0")),
            0,
        )
        .json();
        assert_eq!(none["outcome"], "nothing");
        made.iter()
            .for_each(|name| db.statement(&format!("DROP DATABASE {name}")));
    }
}

#[test]
fn an_entry_lies_over_the_connection_of_the_spec() {
    for db in databases()
        .into_iter()
        .filter(|db| ["mysql", "mariadb"].contains(&db.kind))
    {
        let spec = db.folder.write("spec.yaml", SPEC);
        let other = unique("t");
        db.statement(&format!("CREATE DATABASE {other}"));
        let targets = list(
            &db.folder,
            "targets.yaml",
            [
                format!("name: here, dbname: {}", db.name),
                format!("name: there, dbname: {other}"),
            ],
        );
        let run = |verb: &str, status| {
            db.initium(&["migrate", verb, "--spec", &spec, "--targets", &targets])
                .exits(status)
        };
        let pending = run("check", 3);
        assert_eq!(last(&pending), "2 databases: 2 pending (4 migrations)");
        assert!(
            pending
                .err
                .contains("error[pending]: 4 migrations are pending in 2 of 2 databases"),
            "{}",
            pending.err
        );
        run("apply", 0);
        run("check", 0);
        assert_eq!(db.ask(&format!("SELECT count(*) FROM {other}.a")), "1");
        let targets = list(
            &db.folder,
            "schema.yaml",
            ["name: a, schema: a".to_string()],
        );
        let ran = db
            .initium(&["migrate", "check", "--spec", &spec, "--targets", &targets])
            .exits(2);
        assert_eq!(ran.code(), "not-supported");
        db.statement(&format!("DROP DATABASE {other}"));
    }
}

#[test]
fn a_password_goes_to_no_other_server_and_no_other_user() {
    for db in of("postgres") {
        let spec = db.folder.write("spec.yaml", SPEC);
        let (_, address) = db.url.rsplit_once('@').unwrap();
        let port = address
            .split('/')
            .next()
            .unwrap()
            .rsplit_once(':')
            .unwrap()
            .1;
        for (entry, known) in [
            (format!("name: a, host: localhost, port: {port}"), false),
            ("name: a, user: somebody".to_string(), false),
            (format!("name: a, dbname: {}", db.name), true),
        ] {
            let targets = list(&db.folder, "targets.yaml", [entry.clone()]);
            let ran = db
                .initium(&[
                    "migrate",
                    "connection",
                    "--offline",
                    "--spec",
                    &spec,
                    "--targets",
                    &targets,
                    "--format",
                    "json",
                ])
                .exits(0)
                .json();
            let shown = ran["databases"][0]["document"].to_string();
            assert_eq!(
                shown.contains("the password of DATABASE_URL was left alone"),
                !known,
                "{entry}: {shown}"
            );
        }
    }
}

#[test]
fn every_verb_over_many_is_described_by_the_schema() {
    let schema = schema();
    for db in of("postgres") {
        let targets = tenants(&db, 3);
        let spec = db.folder.write("spec.yaml", SPEC);
        let run = |arguments: &[&str], status: i32| {
            let arguments = [
                &["migrate"],
                arguments,
                &["--format", "json", "--spec", &spec, "--targets", &targets],
            ]
            .concat();
            let document = described(&schema, &db.initium(&arguments).exits(status));
            assert_eq!(
                document["databases"].as_array().unwrap().len(),
                3,
                "{document}"
            );
            assert!(
                document["databases"][1]["document"]["schema_version"] == 1,
                "{document}"
            );
            document
        };
        assert_eq!(run(&["check"], 3)["counts"]["pending_migrations"], 6);
        assert_eq!(run(&["plan", "--exit-code"], 3)["outcome"], "pending");
        run(&["plan"], 0);
        run(&["apply", "--dry-run"], 0);
        assert_eq!(run(&["apply"], 0)["outcome"], "done");
        run(&["check"], 0);
        run(&["wait"], 0);
        run(&["status"], 0);
        run(&["verify"], 0);
        run(&["history"], 0);
        run(&["connection"], 0);
        run(&["unlock"], 0);
        run(&["cleanup", "--yes"], 0);
        run(&["rollback", "--yes"], 0);
        assert_eq!(run(&["check"], 3)["counts"]["pending"], 3);
    }
}

#[test]
fn wait_waits_until_all_are_there_within_one_time() {
    for db in of("postgres") {
        let targets = tenants(&db, 3);
        let spec = db.folder.write("spec.yaml", SPEC);
        let run = |arguments: &[&str]| {
            let all = [
                &["migrate"],
                arguments,
                &["--spec", &spec, "--targets", &targets],
            ]
            .concat();
            db.initium(&all)
        };
        let begun = Instant::now();
        let ran = run(&[
            "wait",
            "--timeout",
            "2s",
            "--interval",
            "200ms",
            "--max-failures",
            "all",
        ])
        .exits(5);
        assert!(
            begun.elapsed() < Duration::from_secs(6),
            "{:?}",
            begun.elapsed()
        );
        assert_eq!(last(&ran), "3 databases: 3 failed");
        let waiting = hear(
            run(&["wait", "--timeout", "30s", "--interval", "100ms"]).spawn(),
            "waiting",
        );
        run(&["apply"]).exits(0);
        let ran = waiting.end();
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(last(&ran), "3 databases: 3 done");
    }
}

#[test]
fn a_list_that_is_wrong_is_refused_before_anything_is_opened() {
    let folder = Folder::new();
    for (text, code, told) in [
        (
            "version: 1\ntargets:\n  - {name: a, shema: b}\n",
            "spec-invalid",
            "t.yaml:3:15",
        ),
        (
            "version: 1\ntargets:\n  - {name: a, shema: b}\n",
            "spec-invalid",
            "did you mean 'schema'?",
        ),
        (
            "version: 1\ntargets: []\n",
            "spec-invalid",
            "'targets' must have at least one item",
        ),
        (
            "version: 1\ntargets:\n  - {name: a}\n  - {name: a}\n",
            "targets-invalid",
            "t.yaml:4:12",
        ),
        (
            "version: 1\ntargets:\n  - {name: \"a\\u0007\"}\n",
            "spec-invalid",
            "one line",
        ),
        (
            "version: 1\ntargets:\n  - {name: a, url: 'postgres://u:hunter2@h/d'}\n",
            "secret-in-spec",
            "holds a password",
        ),
        (
            "version: 1\ntargets:\n  - {name: a, host: h, password: hunter2}\n",
            "spec-invalid",
            "a password never stands",
        ),
        (
            "version: 1\ntargets:\n  - {name: a, options: {password: hunter2}}\n",
            "secret-in-spec",
            "holds a password",
        ),
        (
            "version: 1\ntargets:\n  - {name: a, url_env: A, host: h}\n",
            "spec-invalid",
            "exclude each other",
        ),
        (
            "version: 1\ntargets:\n  - {name: a, port: 99999}\n",
            "spec-invalid",
            "1 to 65535",
        ),
        (
            "version: 1\ntargets:\n  - {url: 'sqlite:a.db'}\n",
            "spec-invalid",
            "missing key 'name'",
        ),
        ("", "spec-syntax", "the targets file is empty"),
        (
            "version: 1\n",
            "spec-invalid",
            "missing key 'targets' in the targets file",
        ),
    ] {
        let targets = folder.write("t.yaml", text);
        let ran = sqlite(&folder, &["apply", "--targets", &targets]).exits(2);
        assert_eq!(ran.code(), code, "{text}\n{}", ran.err);
        assert!(ran.err.contains(told), "{told}\n{}", ran.err);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
    // A name may be any line; it drives no terminal and breaks no document.
    let targets = folder.write(
        "t.yaml",
        "version: 1\ntargets:\n  - {name: \"it's \\\"x\\\" \\u202e\", dbname: a.db}\n",
    );
    let ran = sqlite(
        &folder,
        &["apply", "--targets", &targets, "--format", "json"],
    )
    .exits(0);
    assert_eq!(names(&ran), ["it's \"x\" \u{202e}"]);
    assert!(
        !ran.out.contains('\u{202e}') && !ran.err.contains('\u{202e}'),
        "{}",
        ran.err
    );
}

#[test]
fn what_makes_no_sense_over_many_is_refused() {
    let folder = Folder::new();
    let targets = files(&folder, 2);
    for arguments in [
        &["plan", "--out", "x.json"][..],
        &["plan", "--offline"],
        &["apply", "--plan", "x.json"],
        &["apply", "--interactive"],
        &["new", "x"],
        &["schema"],
    ] {
        let arguments = [arguments, &["--targets", &targets]].concat();
        let ran = sqlite(&folder, &arguments).exits(2);
        assert_eq!(ran.code(), "usage", "{}", ran.err);
    }
    for flag in [&["--max-failures", "1"][..], &["--shard-count", "2"]] {
        let ran = sqlite(&folder, &[&["check", "--name", "a.db"], flag].concat()).exits(2);
        assert!(ran.err.contains("needs a list of databases"), "{}", ran.err);
    }
    // What is wrong for all alike is said once.
    let ran = sqlite(
        &folder,
        &[
            "apply",
            "--to",
            "three",
            "--targets",
            &targets,
            "--max-failures",
            "all",
        ],
    )
    .exits(2);
    assert_eq!((ran.code(), ran.out.as_str()), ("unknown-migration", ""));
    let ran = sqlite(&folder, &["rollback", "--targets", &targets]).exits(0);
    assert_eq!(last(&ran), "2 databases: 2 done");
}
