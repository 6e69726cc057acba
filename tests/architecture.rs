//! The house stays as `src/lib.rs` draws it. (Catches an arrow going up, a file that grew past
//! sense, a feature flag outside its one file, a print in the library.)
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

/// A room may use only rooms before it; `initium_driver` is below them all.
const ROOMS: &[&str] = &[
    "source", "spec", "diff", "plan", "lint", "run", "report", "token", "connect", "cli",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else if path.extension().is_some_and(|e| e == "rs") {
            all.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let mut all = Vec::new();
    files(&root().join("src"), &mut all);
    for driver in ["api", "socket", "postgres", "mysql", "sqlite", "redis"] {
        files(&root().join("drivers").join(driver).join("src"), &mut all);
    }
    all.sort();
    all.into_iter()
        // The build script belongs to no room.
        .filter(|path| !path.ends_with("src/build.rs"))
        .filter(|path| {
            !path.components().any(|part| part.as_os_str() == "tests")
                && !path.ends_with("tests.rs")
        })
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn arrows_go_down_only() {
    for (name, text) in sources()
        .iter()
        .filter(|(name, _)| name.starts_with("src/"))
    {
        let room = name["src/".len()..].split(['/', '.']).next().unwrap();
        let Some(level) = ROOMS.iter().position(|r| *r == room) else {
            continue;
        };
        for used in text.split("crate::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            if let Some(other) = ROOMS.iter().position(|r| *r == used) {
                assert!(other <= level, "{name} uses {used}, which is above it");
            }
        }
        // A braced list could hide an arrow.
        assert!(
            !text.contains("use crate::{") || room == "cli",
            "{name} hides its arrows in braces"
        );
    }
}

#[test]
fn drivers_know_the_contract_and_nothing_else() {
    for (name, text) in sources()
        .iter()
        .filter(|(name, _)| name.starts_with("drivers/"))
    {
        for engine in [
            "initium::",
            "initium_postgres",
            "initium_mysql",
            "initium_sqlite",
            "initium_redis",
        ] {
            assert!(!text.contains(engine), "{name} uses {engine}");
        }
        if name.starts_with("drivers/api/src/")
            && !name.contains("/conformance")
            && !name.contains("/fake")
        {
            for reach in [
                "std::fs",
                "std::net",
                "std::env",
                "Instant::now",
                "SystemTime",
            ] {
                assert!(
                    !text.contains(reach),
                    "{name} uses {reach}: the contract has no clock, files or network"
                );
            }
        }
    }
}

#[test]
fn rooms_that_decide_cannot_write() {
    for (name, text) in sources().iter().filter(|(name, _)| {
        ["src/plan/", "src/diff/", "src/lint/"]
            .iter()
            .any(|room| name.starts_with(room))
    }) {
        for reach in [
            "dyn Driver",
            "std::fs",
            "std::env",
            "std::net",
            "Instant",
            "SystemTime",
        ] {
            assert!(!text.contains(reach), "{name} uses {reach}");
        }
    }
}

#[test]
fn driver_features_stand_in_one_file() {
    for (name, text) in sources() {
        for feature in ["postgres", "mysql", "sqlite", "redis"] {
            let flag = format!("feature = \"{feature}\"");
            assert!(
                name == "src/connect.rs" || !text.contains(&flag),
                "{name} asks for {flag}"
            );
        }
    }
}

#[test]
fn no_code_of_ours_is_async_or_starts_a_thread() {
    for (name, text) in sources()
        .iter()
        .filter(|(name, _)| !name.contains("/conformance") && !name.contains("/fake"))
    {
        let code = text.split("#[cfg(test)]").next().unwrap();
        // The one stream that we put into a crate's runtime; it only forwards polls.
        let stream = name.starts_with("drivers/postgres/src/stream/");
        for word in ["async fn", ".await;", ".await?", "std::future", "tokio"] {
            if stream && ["std::future", "tokio"].contains(&word) {
                continue;
            }
            assert!(!code.contains(word), "{name} has {word}");
        }
        for word in [
            "thread::spawn",
            "thread::scope",
            "thread::Builder",
            "thread::{",
        ] {
            assert!(!code.contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn only_the_cli_reads_the_environment() {
    for (name, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let test_support = name.contains("/conformance");
        assert!(
            name.starts_with("src/cli/")
                || name == "src/main.rs"
                || test_support
                || !code.contains("env::var"),
            "{name}"
        );
    }
}

#[test]
fn files_are_small_and_open_with_what_they_are() {
    let mut sizes = Vec::new();
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 400, "{name} has {lines} lines; split it by noun");
        assert!(text.starts_with("//!"), "{name} does not say what it is");
        sizes.push(lines);
    }
    sizes.sort_unstable();
    assert!(
        sizes[sizes.len() / 2] < 150,
        "the median file has {} lines",
        sizes[sizes.len() / 2]
    );
    let main = std::fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(main.lines().count() <= 60);
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    for (name, text) in sources()
        .iter()
        .filter(|(n, _)| !n.contains("/conformance") && !n.contains("/fake"))
    {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for word in [
            ".unwrap()",
            ".expect(\"",
            "panic!(",
            "todo!(",
            "unimplemented!(",
        ] {
            assert!(!code.contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn no_crate_of_ours_has_unsafe_code_but_for_the_name_of_one_function() {
    let mut crates = vec![root()];
    for entry in std::fs::read_dir(root().join("drivers")).unwrap() {
        let path = entry.unwrap().path();
        if path.join("Cargo.toml").exists() {
            crates.push(path);
        }
    }
    assert!(crates.len() > 5, "{crates:?}");
    for path in &crates {
        for file in ["src/lib.rs", "src/main.rs"] {
            let Ok(text) = std::fs::read_to_string(path.join(file)) else {
                continue;
            };
            let word = match file == "src/main.rs" {
                true => "\n#![deny(unsafe_code)]\n",
                false => "\n#![forbid(unsafe_code)]\n",
            };
            assert!(text.contains(word), "{}/{file}", path.display());
        }
    }
    let word = ["un", "safe"].concat();
    for (name, text) in sources() {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let found: Vec<_> = code.filter(|line| line.contains(&word)).collect();
        let allowed = match name.as_str() {
            "src/backtrace.rs" => vec!["#![allow(unsafe_code)]", "#[unsafe(no_mangle)]"],
            "src/main.rs" => vec!["#![deny(unsafe_code)]"],
            _ if name.ends_with("src/lib.rs") => vec!["#![forbid(unsafe_code)]"],
            _ => Vec::new(),
        };
        assert_eq!(found, allowed, "{name}");
    }
}
