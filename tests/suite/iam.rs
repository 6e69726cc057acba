//! Migrations with an AWS token as the password. (Catches a token that is made once and kept, one for
//! the wrong host or region, and one that is shown.)

use super::support::rds::{Door, Rds};
use super::support::{Database, Ran, initium, of, unique};
use initium::connect;
use initium_driver::driver::Access;
use initium_driver::{Code, Host, Limits, Run, Settings};
use std::time::Duration;

const ONE: &str = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";

fn run(rds: &Rds, db: &Database, verb: &str) -> Ran {
    let spec = db.folder.write("a.yaml", ONE);
    let ran = initium(&["migrate", verb, "--spec", &spec, "--log-level", "debug"])
        .env("DATABASE_URL", &rds.url(&db.name))
        .env(FULL, &rds.lender.url("/v1/credentials"))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hunter4")
        .run();
    for secret in ["hunter", "X-Amz-", "Signature"] {
        let shown = ran.err.contains(secret) || ran.out.contains(secret);
        assert!(!shown, "{}{}", ran.out, ran.err);
    }
    ran
}

#[test]
fn a_migration_runs_with_a_token_as_its_password() {
    for db in of("postgres") {
        let rds = Rds::before(&db.url, "eu-west-1", 0);
        let ran = run(&rds, &db, "apply");
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(run(&rds, &db, "check").status, 0);
        assert_eq!(db.ask("SELECT count(*) FROM a"), "0");
        let met = rds.met();
        assert!(met.len() >= 2, "{met:?}");
        assert!(
            met.iter().all(|door| matches!(door, Door::Open(_))),
            "{met:?}"
        );
    }
}

#[test]
fn each_try_has_a_token_of_its_own() {
    for db in of("postgres").into_iter().take(1) {
        let rds = Rds::before(&db.url, "eu-west-1", 5);
        let ran = run(&rds, &db, "apply");
        assert_eq!(ran.status, 0, "{}", ran.err);
        let mut seconds: Vec<_> = rds
            .met()
            .into_iter()
            .map(|door| match door {
                Door::Starting(second) | Door::Open(second) => second,
                Door::Closed => panic!("{:?}", rds.met()),
            })
            .collect();
        seconds.dedup();
        assert!(seconds.len() >= 3, "{seconds:?}");
        assert_eq!(rds.lender.heard().len(), 1, "the credentials hold");
    }
}

#[test]
fn a_token_that_the_server_refuses_is_not_tried_again_and_says_why_it_may_be() {
    for db in of("postgres").into_iter().take(1) {
        let rds = Rds::before(&db.url, "us-east-1", 0);
        let ran = run(&rds, &db, "apply");
        assert_eq!(
            (ran.status, ran.code()),
            (2, "authentication-failed"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("rds_iam"), "{}", ran.err);
        assert_eq!(rds.met(), [Door::Closed]);
    }
}

#[test]
fn the_next_host_gets_a_token_for_itself_and_each_failure_is_told() {
    for db in of("postgres").into_iter().take(1) {
        let rds = Rds::before(&db.url, "eu-west-1", 0);
        let mut settings = Settings::parse(&rds.url(&db.name), "the test").unwrap();
        let good = settings.hosts.remove(0);
        let dead = |host: &str| Host::new(host, Some(1));
        let open = |hosts: Vec<Host>| {
            let settings = Settings {
                hosts,
                ..settings.clone()
            };
            let run = Run {
                id: unique("test"),
                table: "initium_migrate".into(),
                prefix: String::new(),
                limits: Limits {
                    connect: Duration::from_secs(5),
                    ..Limits::default()
                },
                access: Access::Read,
                pulse: Default::default(),
            };
            let lender = rds.lender.url("/");
            connect::open(&settings, &run, &|name| {
                (name == FULL).then(|| lender.clone())
            })
        };
        assert!(open(vec![dead("127.0.0.1"), good]).is_ok());
        assert!(matches!(rds.met()[..], [Door::Open(_)]), "{:?}", rds.met());
        let error = open(vec![dead("127.0.0.1"), dead("localhost")])
            .err()
            .unwrap();
        assert_eq!(error.code(), Code::ConnectFailed);
        let told = ["127.0.0.1:1", "localhost:1"].map(|host| error.message().contains(host));
        assert_eq!(told, [true, true], "{error}");
        let closed = Rds::before(&db.url, "us-east-1", 0);
        let closed = Host::new("localhost", Some(closed.port));
        let error = open(vec![dead("127.0.0.1"), closed, dead("localhost")]);
        let error = error.err().unwrap();
        assert_eq!(error.code(), Code::AuthenticationFailed);
        let told = ["127.0.0.1:1", "localhost:1"].map(|host| error.message().contains(host));
        assert_eq!(told, [true, false], "{error}");
    }
}
