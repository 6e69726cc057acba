//! Scripts that a spec names, where links, swaps and things that are no files try to lead elsewhere.
//! (Catches a way out of the spec's folder, and a spec that is read together with another's scripts.)

use super::{bad, good, room, sources, text, told, write};
use initium::spec::{Input, load};
use initium_driver::Code;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

fn naming(name: &str, file: &str) -> String {
    let file = serde_json::to_string(file).expect("text");
    format!("version: 1\nmigrations:\n- name: {name}\n  up:\n  - file: {file}\n")
}

fn link(there: impl AsRef<Path>, here: &Path) {
    let _ = fs::remove_file(here);
    symlink(there, here).expect("a link");
}

/// What the kubelet makes of a ConfigMap with these versions: `file -> ..data/file`,
/// `..data -> ..2026_n`.
fn config_map(folder: &Path, versions: &[&str]) {
    for version in versions {
        let real = folder.join(format!("..2026_{version}"));
        fs::create_dir_all(real.join("sql")).expect("a folder");
        write(&real.join("spec.yaml"), naming(version, "a.sql"));
        write(&real.join("a.sql"), format!("SELECT '{version}';"));
        write(&real.join("sql/b.sql"), format!("SELECT '{version}';"));
    }
    turn(folder, versions[0]);
    for name in ["spec.yaml", "a.sql", "sql"] {
        link(format!("..data/{name}"), &folder.join(name));
    }
}

/// As the kubelet does it: one rename.
fn turn(folder: &Path, version: &str) {
    let next = folder.join("..data_tmp");
    link(format!("..2026_{version}"), &next);
    fs::rename(&next, folder.join("..data")).expect("renamed");
}

#[test]
fn every_way_out_of_the_folder_is_refused() {
    let room = room("out");
    let folder = room.join("specs");
    fs::create_dir_all(folder.join("sub/deep")).expect("folders");
    fs::create_dir_all(room.join("specs-secret")).expect("a folder");
    write(&room.join("secret.sql"), "SELECT 'secret'");
    write(&room.join("specs-secret/secret.sql"), "SELECT 'secret'");
    let there = room.join("secret.sql");
    link("../secret.sql", &folder.join("relative.sql"));
    link(&there, &folder.join("absolute.sql"));
    link("..", &folder.join("up"));
    link("/", &folder.join("root"));
    link("../specs-secret", &folder.join("sibling"));
    link("relative.sql", &folder.join("chain.sql"));
    link("../../../secret.sql", &folder.join("sub/deep/far.sql"));
    link("sub/deep", &folder.join("near"));
    link("/proc/self/root/etc/passwd", &folder.join("magic.sql"));
    link("/proc/self/cwd/Cargo.toml", &folder.join("cwd.sql"));
    let spec = folder.join("a.yaml");
    let outside = there.display().to_string();
    for file in [
        "../secret.sql",
        "./../secret.sql",
        "sub/../../secret.sql",
        "sub/../..//secret.sql",
        "../specs/../secret.sql",
        "../specs-secret/secret.sql",
        "near/../../../secret.sql",
        "near/../../secret.sql",
        "relative.sql",
        "absolute.sql",
        "chain.sql",
        "up/secret.sql",
        "up/specs/../secret.sql",
        "root/etc/passwd",
        "sibling/secret.sql",
        "sub/deep/far.sql",
        "magic.sql",
        "cwd.sql",
        "/etc/passwd",
        "//etc/passwd",
        &outside,
    ] {
        let error = bad(&[write(&spec, naming("a", file))]);
        assert_eq!(error.code(), Code::PathEscapes, "{file}: {}", told(&error));
        assert!(!told(&error).contains("SELECT"), "{}", told(&error));
    }
    // A path that does not exist tells nothing of what lies outside.
    let error = bad(&[write(&spec, naming("a", "../nothing.sql"))]);
    assert_eq!(error.code(), Code::PathEscapes);
    // What lies inside is taken however it is reached.
    write(&folder.join("sub/in.sql"), "SELECT 1;");
    link("../sub/in.sql", &folder.join("sub/again.sql"));
    let inside = fs::canonicalize(folder.join("sub/in.sql")).expect("there");
    link(inside, &folder.join("whole.sql"));
    for file in [
        "sub/in.sql",
        "sub//in.sql",
        "./sub/./in.sql",
        "sub/deep/../in.sql",
        "sub/again.sql",
        "near/../in.sql",
        "whole.sql",
    ] {
        let spec = good(&[write(&spec, naming("a", file))]);
        assert_eq!(
            text(sources(&spec.migrations[0].up)[0]),
            "SELECT 1;",
            "{file}"
        );
    }
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn the_folder_of_the_spec_may_be_reached_over_links() {
    let room = room("over");
    fs::create_dir_all(room.join("releases/7")).expect("folders");
    write(&room.join("releases/7/spec.yaml"), naming("a", "a.sql"));
    write(&room.join("releases/7/a.sql"), "SELECT 7;");
    link("releases/7", &room.join("current"));
    let spec = good(&[Input::file(room.join("current/spec.yaml"))]);
    assert_eq!(text(sources(&spec.migrations[0].up)[0]), "SELECT 7;");
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn what_is_no_file_is_no_script_and_nobody_waits_for_it() {
    let room = room("things");
    let socket = room.join("socket.sql");
    let held = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    let fifo = room.join("fifo.sql");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo runs").success());
    fs::create_dir_all(room.join("folder.sql")).expect("a folder");
    link("loop.sql", &room.join("loop.sql"));
    link("nothing.sql", &room.join("dangling.sql"));
    link("/dev/zero", &room.join("zero.sql"));
    for (file, code) in [
        ("socket.sql", Code::FileUnreadable),
        ("fifo.sql", Code::FileUnreadable),
        ("folder.sql", Code::FileUnreadable),
        ("loop.sql", Code::FileUnreadable),
        ("dangling.sql", Code::FileUnreadable),
        ("folder.sql/../fifo.sql", Code::FileUnreadable),
        ("zero.sql", Code::PathEscapes),
        (".", Code::FileUnreadable),
        ("fifo.sql/x", Code::FileUnreadable),
    ] {
        let error = bad(&[write(&room.join("a.yaml"), naming("a", file))]);
        assert_eq!(error.code(), code, "{file}: {}", told(&error));
    }
    let long = "x/".repeat(5000);
    let error = bad(&[write(&room.join("a.yaml"), naming("a", &long))]);
    assert_eq!(error.code(), Code::FileUnreadable);
    drop(held);
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn a_config_map_that_is_updated_is_read_before_or_after_and_never_between() {
    let room = room("swap");
    config_map(&room, &["v0"]);
    let over = AtomicBool::new(false);
    let mut seen = std::collections::BTreeSet::new();
    /// However the test ends, the swapping does too.
    struct Ends<'a>(&'a AtomicBool);
    impl Drop for Ends<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        let _ends = Ends(&over);
        scope.spawn(|| {
            // Each version has a folder of its own, and the one before is removed at once.
            let mut number = 0;
            while !over.load(Ordering::Relaxed) {
                let before = room.join(format!("..2026_v{number}"));
                number += 1;
                let version = format!("v{number}");
                let real = room.join(format!("..2026_{version}"));
                fs::create_dir_all(&real).expect("a folder");
                write(&real.join("spec.yaml"), naming(&version, "a.sql"));
                write(&real.join("a.sql"), format!("SELECT '{version}';"));
                turn(&room, &version);
                fs::remove_dir_all(before).expect("gone");
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        for _ in 0..50 {
            match load(&[Input::file(room.join("spec.yaml"))]) {
                Ok(spec) => {
                    let migration = &spec.migrations[0];
                    let script = text(sources(&migration.up)[0]);
                    assert_eq!(script, format!("SELECT '{}';", migration.name));
                    seen.insert(migration.name.clone());
                }
                // Swapped ten times in a row.
                Err(error) => {
                    assert!(
                        told(&error).contains("exchanged each time"),
                        "{}",
                        told(&error)
                    );
                }
            }
        }
    });
    assert!(seen.len() > 2, "{seen:?}");
    fs::remove_dir_all(room).expect("cleaned up");
}

#[test]
fn a_long_script_stays_the_one_that_was_judged_when_the_config_map_is_updated() {
    let room = room("long");
    config_map(&room, &["one", "two"]);
    for (version, sign) in [("one", "1"), ("two", "2")] {
        let long = format!("SELECT {sign};\n").repeat(600_000);
        write(&room.join(format!("..2026_{version}/a.sql")), long);
    }
    let spec = good(&[Input::file(room.join("spec.yaml"))]);
    let script = sources(&spec.migrations[0].up)[0];
    turn(&room, "two");
    assert!(text(script).starts_with("SELECT 1;"));
    // Another file in its place, and one outside of the folder.
    let path = room.join("..2026_one/a.sql");
    let outside = std::env::temp_dir().join(format!("initium-outside-{}", std::process::id()));
    fs::copy(&path, &outside).expect("copied");
    link(&outside, &path);
    let error = script.whole().expect_err("outside");
    assert!(error.to_string().contains("not the file it was"), "{error}");
    link("/dev/zero", &path);
    assert!(script.whole().is_err());
    let _ = fs::remove_file(&path);
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("mkfifo runs").success());
    assert!(script.whole().is_err(), "without waiting");
    fs::remove_file(outside).expect("cleaned up");
    fs::remove_dir_all(room).expect("cleaned up");
}
