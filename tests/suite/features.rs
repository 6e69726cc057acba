//! A build with one database carries nothing of the others. (Catches a feature that leaks, and a
//! client that came in by the back door.)

use super::support::{Folder, initium, root};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

const CLIENTS: &[(&str, &str)] = &[
    ("postgres", "tokio-postgres"),
    ("mysql", "mysql_common"),
    ("sqlite", "libsqlite3-sys"),
    ("redis", "initium-redis"),
    ("aws-iam", "rustls"),
    ("json-schema", "jsonschema"),
    ("postgres,tls", "rustls"),
];

fn tree(features: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "-p",
            "initium",
            "-e",
            "normal",
            "--prefix",
            "none",
            "--no-default-features",
        ])
        .args(["--features", features, "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_build_holds_only_the_clients_of_its_features() {
    let has = |tree: &str, name: &str| {
        tree.lines()
            .any(|line| line.split(' ').next() == Some(name))
    };
    let none = tree("");
    for (_, client) in CLIENTS {
        assert!(!has(&none, client), "{client} in a build without features");
    }
    for (features, client) in CLIENTS {
        let tree = tree(features);
        assert!(has(&tree, client), "{features} without {client}");
        let others = CLIENTS
            .iter()
            .filter(|(other, _)| !features.split(',').any(|feature| feature == *other));
        for (_, other) in others.filter(|(_, other)| other != client) {
            assert!(
                !has(&tree, other),
                "{other} in a build with {features} alone"
            );
        }
    }
}

/// A program that was built for one database and nothing else; the first time takes a minute.
pub fn lean() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("lean");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--offline", "--package", "initium"])
            .args(["--no-default-features", "--features", "postgres"])
            .args(["--config", "profile.dev.debug=false", "--target-dir"])
            .arg(&folder)
            .current_dir(root())
            .status()
            .unwrap();
        assert!(built.success());
        folder.join("debug/initium")
    })
}

#[test]
fn a_build_without_tls_refuses_by_code_what_has_to_be_encrypted() {
    let url = |host: &str, mode: &str| format!("postgres://u:hunter2@{host}:1/db{mode}");
    for (url, code) in [
        (url("db.invalid", ""), "tls-missing"),
        (url("127.0.0.1", "?sslmode=require"), "tls-missing"),
        (url("127.0.0.1", "?sslmode=verify-full"), "tls-missing"),
        (url("127.0.0.1", "?sslmode=prefer"), "connect-failed"),
        (url("127.0.0.1", ""), "connect-failed"),
        (url("db.invalid", "?sslmode=disable"), "connect-failed"),
    ] {
        let words = ["migrate", "unlock", "--connect-timeout", "0"];
        let ran = initium(&words)
            .binary(lean())
            .env("DATABASE_URL", &url)
            .run();
        assert_eq!(ran.code(), code, "{url}: {}", ran.err);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
}

#[test]
fn a_build_without_sources_refuses_by_code_what_needs_them() {
    let folder = Folder::new();
    let spec = folder.write(
        "spec.yaml",
        "version: 1\ndatabase: postgres\nsources: [migrations]\n",
    );
    folder.write("migrations/1_a.up.sql", "SELECT 1");
    let dir = folder.path("migrations");
    for line in [
        &["migrate", "plan", "--offline", "--spec", &spec][..],
        &[
            "migrate",
            "plan",
            "--offline",
            "--database",
            "postgres",
            "--dir",
            &dir,
        ],
        &["migrate", "import", "--dir", &dir],
        &["migrate", "export", "--to", "flyway", "--dir", &dir],
        &["migrate", "rebase", "--dir", &dir],
        &["migrate", "new", "more", "--dir", &dir],
    ] {
        let ran = initium(line).binary(lean()).run();
        let answer = (ran.status, ran.code());
        assert_eq!(answer, (2, "sources-missing"), "{line:?}: {}", ran.err);
    }
}

#[test]
fn a_build_without_schemas_refuses_by_code_what_needs_them() {
    let folder = Folder::new();
    let spec = |name: &str, more: &str| {
        folder.write(
            name,
            &format!("version: 1\ndatabase: postgres\nmigrations:\n  - name: one\n{more}"),
        )
    };
    let plain = spec("plain.yaml", "    up: SELECT 1\n");
    for (at, spec) in [
        (
            "5:5",
            spec("changes.yaml", "    changes: [{drop_table: a}]\n"),
        ),
        (
            "6:1",
            spec("schemas.yaml", "    up: SELECT 1\nschemas: [schema]\n"),
        ),
        (
            "6:8",
            spec(
                "lint.yaml",
                "    up: SELECT 1\nlint: {max_severity: warning}\n",
            ),
        ),
    ] {
        let ran = initium(&["migrate", "plan", "--offline", "--spec", &spec])
            .binary(lean())
            .run();
        assert_eq!(
            (ran.status, ran.code()),
            (2, "schemas-missing"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains(&format!(":{at}")), "{at}: {}", ran.err);
    }
    for line in [
        &["migrate", "inspect"][..],
        &["migrate", "diff", "--to", "schema"],
        &["migrate", "lint", "--spec", &plain],
        &["migrate", "schema", "schema"],
    ] {
        let ran = initium(line).binary(lean()).run();
        assert_eq!(
            (ran.status, ran.code()),
            (2, "schemas-missing"),
            "{}",
            ran.err
        );
    }
    let ran = initium(&["migrate", "plan", "--offline", "--spec", &plain])
        .binary(lean())
        .run();
    assert_eq!(ran.status, 0, "{}", ran.err);
}
