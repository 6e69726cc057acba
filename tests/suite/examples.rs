//! Every example is planned, applied twice, verified and rolled back on every database it is for.
//! (Catches documentation that never ran.)

use super::support::redis::{self, Server};
use super::support::{Database, databases, initium, of, root};
use initium::spec::{Input, load};
use std::path::PathBuf;

fn examples() -> Vec<PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(root().join("examples/migrate"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.ends_with(".yaml") || name.ends_with(".json")
        })
        .collect();
    all.sort();
    all
}

fn through(db: &Database, path: &str) {
    let run = |arguments: &[&str], status: i32| {
        let arguments = [&["migrate"], arguments, &["--spec", path]].concat();
        db.initium(&arguments)
            .env("APP_DATABASE_URL", &db.url)
            .exits(status)
    };
    let before = db.open().introspect().unwrap();
    assert!(run(&["plan", "--exit-code"], 3).out.contains(" to run, "));
    run(&["apply"], 0);
    assert_eq!(run(&["apply"], 0).out, "nothing to do\n", "{path}");
    run(&["check"], 0);
    run(&["verify"], 0);
    run(&["rollback", "--steps", "100", "--yes"], 0);
    assert_eq!(
        db.open().introspect().unwrap(),
        before,
        "{path} on {}",
        db.kind
    );
    run(&["apply"], 0);
    run(&["verify"], 0);
    run(&["cleanup", "--yes"], 0);
    run(&["check"], 0);
}

/// The same on Redis, maybe beside another database.
fn through_redis(redis: &Server, beside: Option<&Database>, path: &str) {
    let run = |arguments: &[&str], status: i32| {
        let arguments = [&["migrate"], arguments, &["--spec", path]].concat();
        let mut ran = initium(&arguments).env("REDIS_URL", &redis.url());
        if let Some(db) = beside {
            ran = ran.env("APP_DATABASE_URL", &db.url);
        }
        ran.exits(status)
    };
    let before = redis.contents();
    let plan = run(&["plan", "--exit-code"], 3).out;
    assert!(plan.contains(" to run, "), "{plan}");
    assert_eq!(redis.contents(), before, "{path}: plan wrote");
    run(&["apply"], 0);
    assert_eq!(run(&["apply"], 0).out, "nothing to do\n", "{path}");
    run(&["check"], 0);
    run(&["verify"], 0);
    for target in load(&[Input::file(path)]).unwrap().targets.iter().rev() {
        let target = ["--target", &target.name];
        run(
            &[&["rollback", "--steps", "100", "--yes"], &target[..]].concat(),
            0,
        );
    }
    assert_eq!(redis.contents(), before, "{path}: down");
    run(&["apply"], 0);
    run(&["verify"], 0);
    run(&["cleanup", "--yes"], 0);
    run(&["check"], 0);
}

#[test]
fn every_example_runs_on_every_database_it_is_for() {
    let all = examples();
    assert!(all.len() >= 9, "{all:?}");
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        let path = path.display().to_string();
        let spec = load(&[Input::file(&path)]).unwrap();
        let kinds: Vec<_> = spec
            .targets
            .iter()
            .flat_map(|one| one.database.as_deref())
            .collect();
        if kinds.contains(&"redis") {
            let Some(redis) = redis::redis() else {
                continue;
            };
            match kinds.contains(&"postgres") {
                true => {
                    for db in of("postgres") {
                        redis.empty();
                        through_redis(&redis, Some(&db), &path);
                    }
                }
                false => through_redis(&redis, None, &path),
            }
            continue;
        }
        let kind = text
            .lines()
            .find_map(|line| line.strip_prefix("database: "))
            .map(str::trim);
        let wanted = match kind {
            None => databases(),
            Some("mysql") => of("mysql").into_iter().chain(of("mariadb")).collect(),
            Some(kind) => of(kind),
        };
        for db in wanted {
            through(&db, &path);
        }
    }
}

/// What the application of `redis/plan.yaml` has, as the commands that wrote it.
const TENANTS: &[&[&str]] = &[
    &[
        "HSET",
        "tenant:acme:tenant",
        "created_at",
        "2024-02-29T23:59:59Z",
        "updated_at",
        "1714557600500",
    ],
    &["SADD", "tenant:acme:destinations", "d1", "d2"],
    &[
        "HSET",
        "tenant:acme:destination:d1",
        "created_at",
        "2024-05-01T10:00:00.500Z",
        "url",
        "https://example.com/in",
    ],
    &[
        "HSET",
        "tenant:acme:destination:d2",
        "created_at",
        "1999-12-31T00:00:00Z",
        "disabled_at",
        "2001-01-01T00:00:00Z",
    ],
    &[
        "HSET",
        "tenant:beta:tenant",
        "created_at",
        "1970-01-01T00:00:00Z",
    ],
    &["PEXPIRE", "tenant:beta:tenant", "86400000"],
    &["SET", "another:key", "untouched"],
];

#[test]
fn the_worked_example_moves_copies_and_cleans_up_what_an_application_has() {
    let path = root()
        .join("examples/migrate/redis/plan.yaml")
        .display()
        .to_string();
    load(&[Input::file(&path)]).unwrap();
    let Some(redis) = redis::redis() else { return };
    for command in TENANTS {
        redis.command(command);
    }
    let run = |arguments: &[&str], deployment: &str, status: i32| {
        let arguments = [&["migrate"], arguments, &["--spec", &path]].concat();
        let ran = initium(&arguments).env("REDIS_URL", &redis.url());
        ran.env("DEPLOYMENT_ID", deployment).exits(status)
    };
    let before = redis.contents();
    run(&["apply"], "", 0);
    run(&["verify"], "", 0);
    let field = |key: &str, field: &str| redis.command(&["HGET", key, field]);
    assert_eq!(field("tenant:{acme}:tenant", "created_at"), "1709251199000");
    assert_eq!(field("tenant:{acme}:tenant", "updated_at"), "1714557600500");
    assert_eq!(
        field("tenant:{acme}:destination:d1", "created_at"),
        "1714557600500"
    );
    assert_eq!(
        field("tenant:{acme}:destination:d2", "disabled_at"),
        "978307200000"
    );
    assert_eq!(field("tenant:{acme}:destination:d2", "tenant_id"), "acme");
    assert_eq!(field("tenant:{beta}:tenant", "entity"), "tenant");
    assert_eq!(
        field("tenant:acme:tenant", "created_at"),
        "2024-02-29T23:59:59Z"
    );
    assert_eq!(redis.command(&["SCARD", "tenant:{acme}:destinations"]), "2");
    let left: u64 = redis
        .command(&["PTTL", "tenant:{beta}:tenant"])
        .parse()
        .unwrap();
    assert!((1..=86_400_000).contains(&left), "{left}");
    run(&["rollback", "--steps", "3", "--yes"], "", 0);
    assert_eq!(redis.contents(), before);
    run(&["apply"], "", 0);
    // What the old release still writes is caught by `verify`; the copies are cleaned up only behind it.
    run(&["cleanup", "--yes"], "", 4);
    run(&["verify"], "", 0);
    run(&["cleanup", "--yes"], "", 0);
    assert_eq!(
        redis.command(&["EXISTS", "tenant:acme:tenant", "tenant:acme:destination:d1"]),
        "0"
    );
    assert_eq!(
        redis.command(&["EXISTS", "tenant:{acme}:tenant", "another:key"]),
        "2"
    );
    // Where the deployment has an id the first one does not apply.
    redis.empty();
    for command in TENANTS {
        redis.command(command);
    }
    run(&["apply"], "eu-1", 0);
    let status = run(&["status", "--format", "json"], "eu-1", 0).out;
    assert!(status.contains("not_applicable"), "{status}");
    assert_eq!(redis.contents(), before);
}

#[test]
fn every_yaml_example_names_its_schema_for_editors() {
    for path in examples() {
        let text = std::fs::read_to_string(&path).unwrap();
        if path.extension().is_some_and(|e| e == "yaml") {
            assert!(
                text.starts_with(
                    "# yaml-language-server: $schema=../../schema/migration.schema.json\n"
                ),
                "{path:?}"
            );
        }
    }
}
