//! Where a connection comes from, rule by rule, without asking a server. (Catches a source that is
//! believed before another, a gap that is filled by the wrong thing, a value that is told.)

use super::output::{described, schema};
use super::support::{Folder, Ran, initium};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

/// `connection --offline` with these variables.
fn understood(variables: &[(&str, &str)], flags: &[&str]) -> Ran {
    let words = [
        &["migrate", "connection", "--offline", "--format", "json"],
        flags,
    ]
    .concat();
    variables
        .iter()
        .fold(initium(&words), |run, (name, value)| run.env(name, value))
        .run()
}

/// The one connection, checked against the published schema.
fn one(ran: &Ran) -> Value {
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    described(&schema(), ran)["connections"][0].clone()
}

fn host(connection: &Value) -> &str {
    connection["hosts"][0]["host"].as_str().unwrap_or("none")
}

#[test]
fn a_file_beats_a_variable_and_a_flag_beats_both() {
    let folder = Folder::new();
    let file = folder.write("url", "postgres://u:one@of-file/db\n");
    let both = [
        ("DATABASE_URL", "postgres://u:two@of-variable/db"),
        ("DATABASE_URL_FILE", file.as_str()),
    ];
    let connection = one(&understood(&both, &[]));
    assert_eq!(host(&connection), "of-file");
    assert_eq!(connection["origins"]["host"], "DATABASE_URL_FILE");
    let connection = one(&understood(&both, &["--url", "postgres://u@of-flag/db"]));
    assert_eq!(host(&connection), "of-flag");
    let named = [both[0], ("OTHER_URL", "postgres://u:three@of-other/db")];
    let connection = one(&understood(&named, &["--url-env", "OTHER_URL"]));
    assert_eq!(host(&connection), "of-other");
}

#[test]
fn the_way_around_a_pooler_is_preferred_and_said() {
    for direct in [
        "DATABASE_URL_UNPOOLED",
        "DIRECT_URL",
        "POSTGRES_URL_NON_POOLING",
    ] {
        let ran = understood(
            &[
                ("DATABASE_URL", "postgres://u:one@pooler.example/db"),
                (direct, "postgres://u:one@server.example/db"),
            ],
            &[],
        );
        let connection = one(&ran);
        assert_eq!(host(&connection), "server.example", "{direct}");
        let said = connection["remarks"][0].as_str().unwrap();
        assert!(
            said.contains(direct) && said.contains("DATABASE_URL"),
            "{said}"
        );
        // Who names a variable means it.
        let named = [
            ("DATABASE_URL", "postgres://u:one@pooler.example/db"),
            (direct, "postgres://u:one@server.example/db"),
        ];
        let connection = one(&understood(&named, &["--url-env", "DATABASE_URL"]));
        assert_eq!(host(&connection), "pooler.example", "{direct}");
    }
}

#[test]
fn the_variables_of_a_databases_own_clients_are_enough() {
    let connection = one(&understood(
        &[
            ("PGHOST", "db.example"),
            ("PGPORT", "5433"),
            ("PGUSER", "app"),
            ("PGPASSWORD", "hunter2"),
            ("PGDATABASE", "shop"),
            ("PGSSLMODE", "require"),
        ],
        &[],
    ));
    assert_eq!(connection["database"], "postgres");
    assert_eq!(host(&connection), "db.example");
    assert_eq!(connection["hosts"][0]["port"], 5433);
    assert_eq!(connection["hosts"][0]["tls"], "require");
    assert_eq!(connection["user"], "app");
    assert_eq!(connection["password"], "set");
    assert_eq!(connection["origins"]["password"], "PGPASSWORD");
    let connection = one(&understood(
        &[
            ("MYSQL_HOST", "db.example"),
            // What Kubernetes makes of a Service called mysql.
            ("MYSQL_PORT", "tcp://10.0.0.1:3306"),
            ("MYSQL_USER", "app"),
            ("MYSQL_PWD", "hunter2"),
            ("MYSQL_DATABASE", "shop"),
        ],
        &["--database", "mysql"],
    ));
    assert_eq!(host(&connection), "db.example");
    assert_eq!(connection["password"], "set");
    assert_eq!(connection["name"], "shop");
}

#[test]
fn gaps_are_filled_and_nothing_is_replaced() {
    let url = ("DATABASE_URL", "postgres://app@db.example/shop");
    let connection = one(&understood(
        &[url, ("PGPASSWORD", "hunter2"), ("PGHOST", "db.example")],
        &[],
    ));
    assert_eq!(connection["origins"]["password"], "PGPASSWORD");
    // A password that stands beside another user is another user's.
    let ran = understood(
        &[url, ("PGPASSWORD", "hunter2"), ("PGUSER", "somebody")],
        &[],
    );
    let connection = one(&ran);
    assert_eq!(connection["password"], "not set");
    assert_eq!(connection["user"], "app");
    assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"));
    let folder = Folder::new();
    folder.write("secret/password", "hunter2\n");
    let secret = folder.path("secret");
    let connection = one(&understood(
        &[url],
        &["--secret-dir", &secret, "--url-env", "DATABASE_URL"],
    ));
    assert_eq!(host(&connection), "db.example");
    assert_eq!(connection["password"], "set");
}

#[test]
fn a_password_file_that_a_secret_volume_made_readable_is_used_with_a_warning() {
    let folder = Folder::new();
    let path = folder.write(
        "pgpass",
        "# a comment\nother:5432:*:app:wrong\ndb.example:*:shop:app:hunter\\:2\n",
    );
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o440)).unwrap();
    let url = ("DATABASE_URL", "postgres://app@db.example/shop");
    let connection = one(&understood(&[url, ("PGPASSFILE", &path)], &[]));
    assert_eq!(connection["password"], "set");
    assert_eq!(connection["origins"]["password"], path.as_str());
    assert!(
        connection["remarks"][0]
            .as_str()
            .unwrap()
            .contains("may be read by others")
    );
    let stranger = ("DATABASE_URL", "postgres://stranger@db.example/shop");
    let connection = one(&understood(&[stranger, ("PGPASSFILE", &path)], &[]));
    assert_eq!(connection["password"], "not set");
    let missing = folder.path("no-such-file");
    assert_eq!(
        understood(&[url, ("PGPASSFILE", &missing)], &[]).refused(),
        "file-unreadable"
    );
}

#[test]
fn a_service_stands_for_what_its_file_says() {
    let folder = Folder::new();
    let file = folder.write(
        "services.conf",
        "[shop]\nhost=db.example\nport=5433\nuser=app\ndbname=shop\nsslmode=verify-full\n",
    );
    let variables = [("PGSERVICE", "shop"), ("PGSERVICEFILE", file.as_str())];
    let connection = one(&understood(&variables, &[]));
    assert_eq!(host(&connection), "db.example");
    assert_eq!(connection["hosts"][0]["tls"], "verify-full");
    let variables = [
        ("DATABASE_URL", "postgres://?service=shop"),
        ("PGSERVICEFILE", file.as_str()),
    ];
    assert_eq!(host(&one(&understood(&variables, &[]))), "db.example");
    let unknown = [("PGSERVICE", "other"), ("PGSERVICEFILE", file.as_str())];
    assert_eq!(understood(&unknown, &[]).refused(), "connection-missing");
}

#[test]
fn what_contradicts_itself_is_refused() {
    let folder = Folder::new();
    let file = folder.write("password", "hunter2");
    let url = ("DATABASE_URL", "postgres://u:hunter3@h/db");
    for (variables, flags, code) in [
        (&[url][..], &["--password-file", file.as_str()][..], "usage"),
        (
            &[url],
            &["--url-env", "DATABASE_URL", "--host", "h"],
            "usage",
        ),
        (&[url], &["--secret-dir", "a", "--binding", "b"], "usage"),
        (&[url], &["--secret-key", "user=role"], "usage"),
        (
            &[url],
            &["--secret-dir", "a", "--secret-key", "usr=role"],
            "setting-invalid",
        ),
        (&[url], &["--database", "mysql"], "database-mismatch"),
        (
            &[],
            &["--url", "postgres://u:hunter2@h/db"],
            "setting-invalid",
        ),
        (&[], &["--binding", "b"], "connection-missing"),
        (&[], &[], "connection-missing"),
        (&[url], &["--option", "sslmode"], "setting-invalid"),
        (&[url], &["--option", "sslmode=maybe"], "connection-invalid"),
        (
            &[("DATABASE_URL", "postgres://u:hunter2/x@h:5432/db")],
            &[],
            "connection-invalid",
        ),
    ] {
        let ran = understood(variables, flags);
        assert_eq!(ran.refused(), code, "{flags:?} {}", ran.out);
        assert!(
            !ran.out.contains("hunter") && !ran.err.contains("hunter"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    let folder = Folder::new();
    let pipe = folder.path("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let long = folder.write("long", &"x".repeat(2 << 20));
    for path in [pipe.as_str(), "/dev/zero", "/", &long] {
        let ran = understood(&[("DATABASE_URL_FILE", path)], &[]);
        assert_eq!(ran.refused(), "file-unreadable", "{path}");
    }
}
