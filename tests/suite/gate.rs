//! `wait -- app` and `check -- app`: the gate stands before a program and becomes it. (Catches a program
//! that starts too early, twice, or never; one that inherits what is ours; a signal that is lost.)

use super::support::{Database, Folder, Ran, hear, initium, of, ran};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ONE: &str = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n";
const BINARY: &str = env!("CARGO_BIN_EXE_initium");

/// A database to which everything is applied, and its spec.
fn done() -> (Database, String) {
    let (db, spec) = pending();
    db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
    (db, spec)
}

fn pending() -> (Database, String) {
    let db = of("sqlite").remove(0);
    let spec = db.folder.write("a.yaml", ONE);
    (db, spec)
}

fn gate<'a>(verb: &'a str, spec: &'a str, program: &[&'a str]) -> Vec<&'a str> {
    let line = ["migrate", verb, "--spec", spec, "--"];
    [line.as_slice(), program].concat()
}

fn kill(id: u32, signal: &str) {
    let status = Command::new("kill")
        .args([signal, &id.to_string()])
        .status();
    assert!(status.unwrap().success());
}

#[test]
fn an_open_gate_becomes_the_program() {
    for verb in ["wait", "check"] {
        let (db, spec) = done();
        let program = [
            "sh",
            "-c",
            "echo $$ $0 $#; cat; exit 7",
            "a name",
            "--spec",
            "x",
        ];
        let child = db
            .initium(&gate(verb, &spec, &program))
            .input("of its input\n")
            .spawn();
        let id = child.id();
        let ran = ran(child);
        assert_eq!(ran.status, 7, "{verb}: {}", ran.err);
        assert_eq!(ran.out, format!("{id} a name 2\nof its input\n"), "{verb}");
    }
}

#[test]
fn standard_output_is_the_programs_in_every_form() {
    let (db, spec) = done();
    for form in ["text", "json", "github", "sarif", "junit", "gitlab"] {
        let mut words = vec!["migrate", "wait", "--format", form, "--log-level", "trace"];
        words.extend(["--spec", &spec, "--", "echo", "--format", "json"]);
        let ran = db.initium(&words).exits(0);
        assert_eq!(ran.out, "--format json\n", "{form}: {}", ran.err);
    }
    // Of a gate that does not open too: who reads it expects the program.
    let (db, spec) = pending();
    let ran = db.initium(&gate("check", &spec, &["echo"])).exits(3);
    assert_eq!((ran.out.as_str(), ran.code()), ("", "pending"));
}

#[test]
fn a_shut_gate_starts_nothing() {
    let (db, spec) = pending();
    let trace = db.folder.path("trace");
    let ran = db
        .initium(&gate("check", &spec, &["touch", &trace]))
        .exits(3);
    assert_eq!(ran.code(), "pending", "{}", ran.err);
    let mut words = vec![
        "migrate",
        "wait",
        "--timeout",
        "300ms",
        "--interval",
        "50ms",
    ];
    words.extend(["--spec", &spec, "--", "touch", &trace]);
    let ran = db.initium(&words).exits(5);
    assert_eq!(ran.code(), "wait-timeout", "{}", ran.err);
    assert!(!std::path::Path::new(&trace).exists());
    // The database was not made by looking at it.
    assert!(!std::path::Path::new(&db.name).exists());
}

#[test]
fn a_gate_that_opens_while_it_waits_starts_the_program_once() {
    let (db, spec) = pending();
    let trace = db.folder.path("trace");
    let line = format!("echo started >> {trace}");
    let mut words = vec!["migrate", "wait", "--interval", "20ms", "--spec", &spec];
    words.extend(["--", "sh", "-c", &line]);
    let waiting = hear(db.initium(&words).spawn(), "waiting:");
    db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
    let ran = waiting.end();
    assert_eq!(ran.status, 0, "{}", ran.err);
    assert_eq!(std::fs::read_to_string(trace).unwrap(), "started\n");
}

#[test]
fn a_signal_while_it_waits_ends_it_before_the_program() {
    for (signal, status) in [("-TERM", 143), ("-INT", 130)] {
        let (db, spec) = pending();
        let trace = db.folder.path("trace");
        // Whoever runs the tests in the background may have SIGINT ignored, and then it is not heard.
        let defaults = "#!/bin/sh\nexec env --default-signal=INT,TERM ";
        let heard = db
            .folder
            .write("heard", &format!("{defaults}{BINARY} \"$@\"\n"));
        Command::new("chmod").args(["+x", &heard]).status().unwrap();
        let waiting = db.initium(&gate("wait", &spec, &["touch", &trace]));
        let waiting = hear(waiting.binary(heard.as_ref()).spawn(), "waiting:");
        kill(waiting.child.id(), signal);
        let ran = waiting.end();
        assert_eq!(
            (ran.status, ran.code()),
            (status, "interrupted"),
            "{}",
            ran.err
        );
        assert!(!std::path::Path::new(&trace).exists());
    }
}

/// What a program finds, started by `sh -c` with this line, `PROGRAM` being it.
fn found(line: &str, db: &Database, gated: Option<&str>, program: &str) -> String {
    let through = gated.map_or(String::new(), |spec| {
        format!("{BINARY} migrate check --spec {spec} -- ")
    });
    let output = Command::new("sh")
        .args([
            "-c",
            &line.replace("PROGRAM", &format!("{through}{program}")),
        ])
        .env("DATABASE_URL", &db.url)
        .env("INITIUM_LOG_LEVEL", "info")
        .current_dir(db.folder.root())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_program_finds_everything_as_if_it_had_been_started_without_a_gate() {
    let (db, spec) = done();
    let same = |line: &str, program: &str| {
        let plain = found(line, &db, None, program);
        assert_eq!(found(line, &db, Some(&spec), program), plain, "{line}");
        plain
    };
    // SigBlk, SigIgn and SigCgt: what was ignored stays so, the rest is at its default.
    for line in [
        "exec PROGRAM",
        "trap '' INT; exec PROGRAM",
        "trap '' TERM INT HUP; exec PROGRAM",
    ] {
        same(line, "grep ^Sig[BIC] /proc/self/status");
    }
    let with_one = same("exec 7</dev/null; exec PROGRAM", "ls /proc/self/fd");
    let without = same("exec PROGRAM", "ls /proc/self/fd");
    assert!(with_one.len() > without.len(), "{with_one}");
    let environment = same("exec PROGRAM", "env");
    assert!(
        environment.contains("DATABASE_URL="),
        "the program needs it"
    );
    same("umask 027; exec PROGRAM", "sh -c 'umask; pwd; ulimit -n'");
    same("exec PROGRAM", "cat /proc/self/oom_score_adj");
}

#[test]
fn a_server_connection_does_not_outlive_the_gate() {
    for kind in ["postgres", "mysql", "mariadb"] {
        for db in of(kind) {
            let spec = db.folder.write("a.yaml", ONE);
            db.initium(&["migrate", "apply", "--spec", &spec]).exits(0);
            let program = ["ls", "-l", "/proc/self/fd"];
            let ran = db.initium(&gate("wait", &spec, &program)).exits(0);
            assert!(!ran.out.contains("socket:"), "{kind}: {}", ran.out);
        }
    }
}

#[test]
fn a_word_that_is_not_unicode_goes_on_as_it_came() {
    let (db, spec) = done();
    let odd = OsStr::from_bytes(b"caf\xe9");
    let output = Command::new(BINARY)
        .args(gate("check", &spec, &["printf", "%s"]))
        .arg(odd)
        .env("DATABASE_URL", &db.url)
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"caf\xe9", "{output:?}");
}

#[test]
fn as_the_first_process_of_a_container_it_hears_signals_and_hands_its_number_on() {
    let unshare = |words: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--pid", "--fork", "--kill-child"]);
        command.args(words).stdin(Stdio::null());
        command
    };
    if !unshare(&["true"])
        .output()
        .is_ok_and(|o| o.status.success())
    {
        eprintln!("SKIPPED: no namespace of process numbers can be made here");
        return;
    }
    let (db, spec) = done();
    let words = gate("wait", &spec, &["sh", "-c", "echo $$"]);
    let output = unshare(&[&[BINARY], words.as_slice()].concat())
        .env("DATABASE_URL", &db.url)
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"1\n", "{output:?}");

    let (db, spec) = pending();
    // Whoever started it inside the namespace cannot signal it from there; from here its number is known.
    let child = unshare(&[&[BINARY], gate("wait", &spec, &["true"]).as_slice()].concat())
        .env("DATABASE_URL", &db.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let heard = hear(child, "waiting:");
    let outer = heard.child.id();
    let children = std::fs::read_to_string(format!("/proc/{outer}/task/{outer}/children"));
    kill(children.unwrap().trim().parse().unwrap(), "-TERM");
    let ran = heard.end();
    assert_eq!(ran.status, 143, "{}", ran.err);
}

#[test]
fn a_program_that_cannot_be_started_is_known_before_the_wait() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", ONE);
    folder.write("text", "no program");
    let of = |program: &str, status: i32| -> Ran {
        let start = Instant::now();
        let ran = initium(&gate("wait", &spec, &[program]))
            .env("DATABASE_URL", "postgres://u@127.0.0.1:1/d")
            .at(folder.root())
            .exits(status);
        assert!(start.elapsed() < Duration::from_secs(3), "{program}");
        ran
    };
    for missing in ["no-such-program", "./no-such-program", ""] {
        assert_eq!(of(missing, 127).code(), "program-missing");
    }
    for refused in ["./text", "/tmp", "./text/app"] {
        assert_eq!(of(refused, 126).code(), "program-refused", "{refused}");
    }
    let ran = of("postgres://u:hunter2@h/d", 127);
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
}

#[test]
fn what_only_the_system_knows_has_the_same_two_codes() {
    use std::os::unix::fs::PermissionsExt;
    let (db, spec) = done();
    for (text, status, code) in [
        ("#!/no/such/interpreter\n", 127, "program-missing"),
        ("#!/dev/null\n", 126, "program-refused"),
    ] {
        let file = db.folder.write("app", text);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        let ran = db.initium(&gate("check", &spec, &[&file])).exits(status);
        assert_eq!(ran.code(), code, "{}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn the_mark_is_demanded_and_means_nothing_elsewhere() {
    let (db, spec) = done();
    for line in [
        ["migrate", "wait", "echo", "--spec", &spec].as_slice(),
        &["migrate", "check", "--spec", &spec, "echo"],
        &["migrate", "wait", "--spec", &spec, "--"],
        &["migrate", "status", "--spec", &spec, "--", "echo"],
    ] {
        let ran = db.initium(line).exits(2);
        assert_eq!(ran.code(), "usage", "{line:?}: {}", ran.err);
    }
    let ran = db.initium(&["migrate", "wait", "echo"]).exits(2);
    assert!(ran.err.contains("wait -- program"), "{}", ran.err);
    // Words of the program are not ours to judge, and `--help` is its own.
    let program = ["echo", "--help", "--nonsense", "postgres://u:p@h/d"];
    let ran = db.initium(&gate("wait", &spec, &program)).exits(0);
    assert_eq!(ran.out, program[1..].join(" ") + "\n");
    assert!(!ran.err.contains("u:p@h"), "{}", ran.err);
}

#[test]
fn a_list_of_databases_opens_the_gate_when_all_of_them_are_done() {
    let folder = Folder::new();
    let spec = folder.write("a.yaml", ONE);
    let list = folder.write(
        "list.yaml",
        "version: 1\ntargets:\n  - {name: a, url: 'sqlite:a.db'}\n  - {name: b, url: 'sqlite:b.db'}\n",
    );
    let all = ["migrate", "apply", "--spec", &spec, "--targets", &list];
    let check = ["migrate", "check", "--spec", &spec, "--targets", &list];
    let started = [check.as_slice(), &["--", "echo", "started"]].concat();
    let ran = initium(&started).at(folder.root()).exits(3);
    assert_eq!(ran.out, "");
    initium(&all).at(folder.root()).exits(0);
    for form in ["text", "json"] {
        let ran = initium(&started)
            .env("INITIUM_FORMAT", form)
            .at(folder.root())
            .exits(0);
        assert_eq!(ran.out, "started\n", "{}", ran.err);
    }
}
