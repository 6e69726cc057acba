//! A build with one database carries nothing of the others. (Catches a feature that leaks, and a
//! client that came in by the back door.)

use super::support::root;
use std::process::Command;

const CLIENTS: &[(&str, &str)] = &[
    ("postgres", "tokio-postgres"),
    ("mysql", "curve25519-dalek"),
    ("sqlite", "libsqlite3-sys"),
    ("json-schema", "jsonschema"),
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
    for (feature, client) in CLIENTS {
        let tree = tree(feature);
        assert!(has(&tree, client), "{feature} without {client}");
        for (_, other) in CLIENTS.iter().filter(|(f, _)| f != feature) {
            assert!(
                !has(&tree, other),
                "{other} in a build with {feature} alone"
            );
        }
    }
}
