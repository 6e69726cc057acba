//! The recipes of `docs/gate.md` and `examples/gate`, each through what it is written for: its words are
//! run, its units are read by systemd. (Catches a recipe that never worked, an order that does not
//! hold, a grant that is not enough.)

use super::support::{Database, Folder, Ran, initium, of, root, unique};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_initium");

fn folder() -> PathBuf {
    root().join("examples/gate")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// A copy of the folder, so that what a recipe makes beside it goes away.
fn copy() -> Folder {
    let copy = Folder::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.root().join(entry.file_name())).unwrap();
    }
    copy
}

fn words(value: &Value) -> Vec<String> {
    let list = value.as_array().unwrap_or_else(|| panic!("{value}"));
    list.iter()
        .map(|word| word.as_str().unwrap().into())
        .collect()
}

/// A command line of an image, here: with our binary, and the plan where it lies.
fn run(line: &[String], db: &Database, plan: &Path) -> Ran {
    let line: Vec<&str> = line
        .iter()
        .map(|word| match word.as_str() {
            "/plan/plan.yaml" => plan.to_str().unwrap(),
            word => word,
        })
        .collect();
    match line[0] {
        "migrate" => db.initium(&line).run(),
        "initium" => db.initium(&line[1..]).run(),
        program => {
            let output = Command::new(program).args(&line[1..]).output().unwrap();
            Ran {
                status: output.status.code().unwrap(),
                out: String::from_utf8(output.stdout).unwrap(),
                err: String::new(),
            }
        }
    }
}

#[test]
fn compose_starts_the_application_behind_the_migration_that_succeeded() {
    let file: Value = serde_yaml::from_str(&text("compose.yaml")).unwrap_or_else(|e| panic!("{e}"));
    let services = file["services"].as_object().unwrap();
    let waits = |name: &str| -> Vec<(String, String)> {
        let on = services[name]["depends_on"].as_object();
        on.into_iter()
            .flatten()
            .map(|(on, how)| (on.clone(), how["condition"].as_str().unwrap().to_string()))
            .collect()
    };
    // As compose does: whoever has nothing left to wait for.
    let db = of("sqlite").remove(0);
    let plan = folder().join("plan.yaml");
    let mut ended = vec!["db".to_string()];
    let mut said = String::new();
    while ended.len() < services.len() {
        let ready = |name: &&String| {
            !ended.contains(name) && waits(name).iter().all(|(on, _)| ended.contains(on))
        };
        // The gate only waits: it is not what makes it open.
        let next = services
            .keys()
            .filter(ready)
            .max_by_key(|name| *name == "migrate");
        let name = next
            .unwrap_or_else(|| panic!("a circle: {ended:?}"))
            .clone();
        let ran = run(&words(&services[&name]["command"]), &db, &plan);
        assert_eq!(ran.status, 0, "{name}: {}", ran.err);
        said += &ran.out;
        ended.push(name);
    }
    assert!(
        said.contains("serving\n") && said.contains("working\n"),
        "{said}"
    );
    for (application, gate) in [("app", "migrate"), ("worker", "gate")] {
        let condition = ("service_completed_successfully".to_string(), gate);
        let found = waits(application).remove(0);
        assert_eq!((found.1, found.0.as_str()), condition, "{application}");
        // A service that compose starts again has never completed.
        assert_eq!(services[gate]["restart"], "no", "{gate}");
    }
    // The connection is understood as it stands there.
    let password = db.folder.write("password", "hunter2\n");
    let mut shown = initium(&["migrate", "connection", "--offline", "--format", "json"]);
    for (name, value) in services["migrate"]["environment"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        shown = shown.env(name, &value.replace("/run/secrets/db-password", &password));
    }
    let shown = shown.exits(0).out;
    assert!(
        shown.contains("\"db\"") && shown.contains("password"),
        "{shown}"
    );
    assert!(!shown.contains("hunter2"));
}

/// The value of a key of a unit.
fn of_unit<'a>(unit: &'a str, key: &str) -> &'a str {
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    line.unwrap_or_else(|| panic!("no {key}"))
}

const UNITS: &[&str] = &[
    "shop-migrate.service",
    "shop.service",
    "shop-guarded.service",
];

/// The units with programs that are here.
fn units(change: impl Fn(&str) -> String) -> Folder {
    let units = Folder::new();
    for name in UNITS {
        let here = text(name)
            .replace("/usr/local/bin/initium", BINARY)
            .replace("/usr/local/bin/shop", "/bin/true");
        units.write(name, &change(&here));
    }
    units
}

fn verified(units: &Folder) -> Option<Output> {
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--man=no"]);
    command.args(UNITS.iter().map(|name| units.path(name)));
    command.stdin(Stdio::null()).output().ok()
}

#[test]
fn systemd_has_nothing_to_say_against_the_units() {
    let Some(output) = verified(&units(str::to_string)) else {
        eprintln!("SKIPPED: systemd-analyze is not here");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let ours: Vec<_> = said.lines().filter(|line| line.contains("shop")).collect();
    assert!(output.status.success() && ours.is_empty(), "{said}");
    // And it would say something.
    let wrong = units(|unit| unit.replace("Restart=on-failure", "Restart=sometimes"));
    let output = verified(&wrong).unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("shop"));
}

#[test]
fn the_units_start_the_application_only_behind_the_migrations() {
    let db = of("sqlite").remove(0);
    let plan = folder().join("plan.yaml");
    let line = |name: &str, key: &str| -> Vec<String> {
        let line = of_unit(&text(name), key).replace("/etc/shop/plan.yaml", plan.to_str().unwrap());
        let line = line.replace("/usr/local/bin/initium", "initium");
        let line = line.replace("/usr/local/bin/shop", "echo shop");
        line.split_whitespace().map(String::from).collect()
    };
    let shut = run(&line("shop.service", "ExecStart"), &db, &plan);
    assert_eq!((shut.status, shut.out.as_str()), (3, ""), "{}", shut.err);
    let done = run(&line("shop-migrate.service", "ExecStart"), &db, &plan);
    assert_eq!(done.status, 0, "{}", done.err);
    let open = run(&line("shop.service", "ExecStart"), &db, &plan);
    assert_eq!(open.out, "shop --port 8080\n", "{}", open.err);
    let guarded = run(&line("shop-guarded.service", "ExecStartPre"), &db, &plan);
    assert_eq!(guarded.status, 0, "{}", guarded.err);
    for name in ["shop.service", "shop-guarded.service"] {
        for key in ["Requires", "After"] {
            assert_eq!(of_unit(&text(name), key), "shop-migrate.service", "{name}");
        }
    }
    // What is tried again is what trying again helps against.
    let given_up = of_unit(&text("shop-migrate.service"), "RestartPreventExitStatus").to_string();
    assert_eq!(given_up, "1 2 3 4");
}

#[test]
fn the_entrypoint_of_the_image_waits_and_becomes_its_command() {
    let file = text("Dockerfile");
    let list = |key: &str| -> Vec<String> {
        let line = file.lines().find_map(|line| line.strip_prefix(key));
        words(&serde_json::from_str(line.unwrap()).unwrap())
    };
    let (entry, command) = (list("ENTRYPOINT "), list("CMD "));
    let db = of("sqlite").remove(0);
    let plan = folder().join("plan.yaml");
    // What the comment says of a container that migrates.
    let apply = file
        .lines()
        .find_map(|line| line.split_once("--entrypoint initium shop "));
    let apply: Vec<String> = apply
        .unwrap()
        .1
        .split_whitespace()
        .map(String::from)
        .collect();
    assert_eq!(run(&apply, &db, &plan).status, 0);
    let ran = run(&[entry.clone(), command].concat(), &db, &plan);
    assert_eq!(
        (ran.status, ran.out.as_str()),
        (0, "serving\n"),
        "{}",
        ran.err
    );
    let other = vec!["echo".to_string(), "hello".into()];
    assert_eq!(run(&[entry, other].concat(), &db, &plan).out, "hello\n");
}

/// A line by a shell, with our binary as `initium`.
fn by_shell(line: &str, folder: &Folder, db: &Database) -> Output {
    let path = format!("{}:{}", folder.path("bin"), std::env::var("PATH").unwrap());
    std::fs::create_dir_all(folder.path("bin")).unwrap();
    let _ = std::os::unix::fs::symlink(BINARY, folder.path("bin/initium"));
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder.root());
    command
        .env("PATH", path)
        .env("PORT", "80")
        .env("DATABASE_URL", &db.url);
    command.stdin(Stdio::null()).output().unwrap()
}

#[test]
fn the_processes_of_the_procfile_run_in_their_order() {
    let (folder, db) = (copy(), of("sqlite").remove(0));
    let serve = folder.write("serve", "#!/bin/sh\necho serving \"$@\"\n");
    let chmod = Command::new("chmod").args(["+x", &serve]).status();
    assert!(chmod.unwrap().success());
    let file = text("Procfile");
    let line = |name: &str| {
        let line = file
            .lines()
            .find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap().to_string()
    };
    assert_eq!(by_shell(&line("web"), &folder, &db).status.code(), Some(3));
    assert!(by_shell(&line("release"), &folder, &db).status.success());
    let web = by_shell(&line("web"), &folder, &db);
    assert_eq!(web.stdout, b"serving --port 80\n", "{web:?}");
}

#[test]
fn the_script_migrates_and_becomes_the_program_or_fails() {
    let (folder, db) = (copy(), of("sqlite").remove(0));
    let ran = by_shell("./start.sh echo 'a b'", &folder, &db);
    assert_eq!(ran.stdout, b"a b\n", "{ran:?}");
    folder.write(
        "plan.yaml",
        "version: 1\nmigrations: [{name: x, up: SELECT nothing}]\n",
    );
    let ran = by_shell("./start.sh echo started", &folder, &of("sqlite").remove(0));
    assert_eq!(ran.stdout, b"", "{ran:?}");
    assert_eq!(ran.status.code(), Some(1));
}

/// The statements of the page for a kind of database.
fn grants(of: &str) -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/gate.md")).unwrap();
    let (_, rest) = page
        .split_once(of)
        .unwrap_or_else(|| panic!("nothing of {of}"));
    let block = rest.split("```sql\n").nth(1).unwrap();
    let block = block.split("```").next().unwrap();
    block
        .lines()
        .map(|line| line.trim_end_matches(';').into())
        .collect()
}

#[test]
fn the_rights_that_the_page_grants_are_enough_and_no_more_than_reading() {
    for (kind, of_page) in [
        ("postgres", "In PostgreSQL:"),
        ("mysql", "In MySQL and MariaDB:"),
        ("mariadb", "In MySQL and MariaDB:"),
    ] {
        for db in of(kind) {
            let plan = folder().join("plan.yaml").display().to_string();
            db.initium(&["migrate", "apply", "--spec", &plan]).exits(0);
            let role = unique("g");
            for line in grants(of_page) {
                let line = line
                    .replace("shop_gate", &role)
                    .replace("'secret'", "'hunter2'");
                let line = line.replace("DATABASE shop ", &format!("DATABASE {} ", db.name));
                db.statement(&line.replace(" shop.", &format!(" {}.", db.name)));
            }
            let (scheme, rest) = db.url.split_once("://").unwrap();
            let url = format!(
                "{scheme}://{role}:hunter2@{}",
                rest.rsplit_once('@').unwrap().1
            );
            let gate = |words: &[&str], status: i32| {
                let words = [&["migrate"], words].concat();
                initium(&words).env("DATABASE_URL", &url).exits(status)
            };
            let ran = gate(&["wait", "--spec", &plan, "--", "echo", "started"], 0);
            assert_eq!(ran.out, "started\n", "{kind}");
            gate(&["check", "--spec", &plan], 0);
            let more = std::fs::read_to_string(&plan).unwrap()
                + "  - {name: more, up: CREATE TABLE more (n integer)}\n";
            let more = db.folder.write("more.yaml", &more);
            gate(&["check", "--spec", &more], 3);
            let refused = initium(&["migrate", "apply", "--spec", &more])
                .env("DATABASE_URL", &url)
                .run();
            assert_ne!(refused.status, 0, "{kind}: the gate's role can write");
            match kind {
                "postgres" => {
                    db.statement(&format!("DROP OWNED BY {role}"));
                    db.statement(&format!("DROP ROLE {role}"));
                }
                _ => db.statement(&format!("DROP USER {role}@'%'")),
            }
        }
    }
}

#[test]
fn the_page_names_every_recipe_of_the_folder() {
    let page = std::fs::read_to_string(root().join("docs/gate.md")).unwrap();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let linked = page.contains(&format!("(../examples/gate/{name})"));
        assert!(linked || name == "plan.yaml", "{name}");
    }
}

#[test]
fn a_database_that_is_ahead_is_shut_out_and_let_in_where_asked() {
    let db = of("sqlite").remove(0);
    let old = folder().join("plan.yaml").display().to_string();
    let more = std::fs::read_to_string(&old).unwrap()
        + "  - {name: more, up: CREATE TABLE more (n integer)}\n";
    let new = db.folder.write("new.yaml", &more);
    db.initium(&["migrate", "apply", "--spec", &new]).exits(0);
    let line = ["migrate", "check", "--spec", &old];
    let ran = db
        .initium(&[line.as_slice(), &["--", "echo"]].concat())
        .exits(4);
    assert_eq!(ran.code(), "database-ahead");
    let ran = db.initium(&[line.as_slice(), &["--allow-ahead", "--", "echo", "old"]].concat());
    assert_eq!(ran.exits(0).out, "old\n");
}
