//! Specs made to cost much: refused by code, soon, and in little memory. (Catches a parser that
//! follows an alias, a finding that costs as much as the file, an input without an end.)

use super::support::{Folder, Initium, hear, initium};
use std::io::Read;
use std::process::Command;
use std::time::{Duration, Instant};

const KIB: usize = 1 << 10;
const GOOD: &str = "version: 1\nmigrations: [{name: a, up: SELECT 1}]\n";

struct Cost {
    code: String,
    said: String,
    /// KiB.
    peak: u64,
    taken: Duration,
}

/// Runs until the error is told. It waits there for a reader of its termination log, a FIFO, so that
/// its peak can be read after all is over and before it is gone.
fn cost(folder: &Folder, run: Initium) -> Cost {
    let fifo = folder.path("end");
    if !std::path::Path::new(&fifo).exists() {
        assert!(
            Command::new("mkfifo")
                .arg(&fifo)
                .status()
                .unwrap()
                .success()
        );
    }
    let start = Instant::now();
    let heard = hear(run.env("INITIUM_TERMINATION_LOG", &fifo).spawn(), "error[");
    let taken = start.elapsed();
    let peak = super::support::peak(&heard.child);
    let mut end = String::new();
    std::fs::File::open(&fifo)
        .unwrap()
        .read_to_string(&mut end)
        .unwrap();
    let ran = heard.end();
    assert_eq!(ran.status, 2, "{}", ran.err);
    Cost {
        code: ran.code().into(),
        said: ran.err,
        peak,
        taken,
    }
}

fn plan(folder: &Folder, name: &str, content: impl AsRef<[u8]>) -> Cost {
    let path = folder.path(name);
    std::fs::write(&path, content).unwrap();
    cost(folder, initium(&["migrate", "plan", "--spec", &path]))
}

fn laughs() -> String {
    let mut text = String::from("version: 1\na0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
    for n in 1..40 {
        let nine = vec![format!("*a{}", n - 1); 9].join(", ");
        text += &format!("a{n}: &a{n} [{nine}]\n");
    }
    text + "# " + &"h".repeat(140 * KIB) + "\n"
}

fn quadratic() -> String {
    let long = "x".repeat(75 * KIB);
    format!(
        "version: 1\na: &a \"{long}\"\nb: [{}]\n",
        vec!["*a"; 18 * KIB].join(", ")
    )
}

/// It costs mebibytes, which is how it is noticed from outside: its verdict is that of the reader.
#[test]
fn the_second_judge_is_heard_by_plan_and_spared_by_the_gate() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = Folder::new();
    let spec = folder.write(
        "a.yaml",
        "version: 1\nmigrations: [{name: a, up: SELECT 1}]\n",
    );
    let nowhere = format!("sqlite:{}", folder.path("no/where.db"));
    let peak = |verb| {
        let cost = cost(
            &folder,
            initium(&["migrate", verb, "--spec", &spec, "--url", &nowhere]),
        );
        assert_eq!(cost.code, "database-missing", "{}", cost.said);
        cost.peak
    };
    let (plan, check) = (peak("plan"), peak("check"));
    assert!(plan > check + KIB as u64, "{plan} and {check} KiB");
}

#[test]
fn an_alias_bomb_is_refused_and_costs_nothing() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = Folder::new();
    let small = plan(&folder, "small.yaml", "version: !x 1\n").peak;
    for (name, text, what) in [
        ("laughs", laughs(), "anchors"),
        ("quadratic", quadratic(), "anchors"),
        (
            "anchors",
            format!("version: 1\nb: [{}]\n", "&a x, ".repeat(25 * KIB)),
            "anchors",
        ),
        (
            "aliases",
            format!("version: 1\nb: [{}]\n", "*a, ".repeat(35 * KIB)),
            "aliases",
        ),
        (
            "recursive",
            format!("version: 1\nb: {}\n", "&a [*a, ".repeat(18 * KIB)),
            "brackets",
        ),
        (
            "merges",
            format!("version: 1\nb: {{{}}}\n", "<<: {a: b}, ".repeat(12 * KIB)),
            "merge",
        ),
        (
            "dashes",
            format!("version: 1\nmigrations:\n  {}x\n", "- ".repeat(75 * KIB)),
            "32 levels",
        ),
        (
            "questions",
            format!("version: 1\nmigrations:\n  {}x\n", "? ".repeat(75 * KIB)),
            "32 levels",
        ),
        (
            "mixed",
            format!("version: 1\nmigrations:\n  {}x\n", "- ? ".repeat(36 * KIB)),
            "32 levels",
        ),
        (
            "dents",
            "version: 1\na:\n".to_string()
                + &(1..540).map(|n| " ".repeat(n) + "-\n").collect::<String>(),
            "32 levels",
        ),
        ("flow", format!("version: 1\na: {}", "[".repeat(9999)), ""),
        (
            "braces",
            format!("version: 1\na: {}", "{a: ".repeat(37 * KIB)),
            "brackets",
        ),
    ] {
        assert!(text.len() < 160 * KIB, "{name}");
        let cost = plan(&folder, &format!("{name}.yaml"), &text);
        println!(
            "{name}: {} KiB, {:?}; {small} KiB without it",
            cost.peak, cost.taken
        );
        assert_eq!(cost.code, "spec-syntax", "{name}: {}", cost.said);
        assert!(cost.said.contains(what), "{name}: {}", cost.said);
        assert!(
            cost.peak < small + 10 * KIB as u64,
            "{name}: {} KiB, {small} KiB",
            cost.peak
        );
        if ["laughs", "quadratic"].contains(&name) {
            assert!(
                cost.peak < small + 3 * KIB as u64,
                "{name}: {} KiB",
                cost.peak
            );
        }
        assert!(
            cost.taken < Duration::from_secs(5),
            "{name}: {:?}",
            cost.taken
        );
    }
    for (name, text) in [
        ("lists", "[".repeat(75 * KIB)),
        ("closed", "[".repeat(75 * KIB) + &"]".repeat(75 * KIB)),
        ("maps", "{\"a\":".repeat(30 * KIB)),
        ("33", "[".repeat(33) + &"]".repeat(33)),
    ] {
        let text = format!("{{\"version\": 1, \"migrations\": {text}}}");
        let cost = plan(&folder, &format!("{name}.json"), text);
        assert_eq!(cost.code, "spec-syntax", "{name}: {}", cost.said);
        assert!(
            cost.peak < small + 5 * KIB as u64,
            "{name}: {} KiB, {small} KiB",
            cost.peak
        );
    }
}

#[test]
fn a_mebibyte_of_findings_is_told_soon() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = Folder::new();
    let keys: String = (0..100_000).map(|n| format!("k{n}: \n")).collect();
    for (name, text) in [
        (
            "items.yaml",
            format!("version: 1\nmigrations: [{}]", "1,".repeat(500 * KIB)),
        ),
        (
            "lists.yaml",
            format!("version: 1\nmigrations: [{}]", "[],".repeat(300 * KIB)),
        ),
        (
            "maps.yaml",
            format!("version: 1\nmigrations:\n{}", "- {}\n".repeat(200 * KIB)),
        ),
        ("keys.yaml", format!("version: 1\n{keys}")),
        (
            "items.json",
            format!(
                "{{\"version\": 1, \"migrations\": [{}1]}}",
                "1,".repeat(500 * KIB)
            ),
        ),
        (
            "tags.json",
            format!(
                "{{\"version\": 1, \"migrations\": [{{\"name\": \"a\", \"up\": \"x\", \"tags\": [{}\"a\"]}}]}}",
                "\"a\",".repeat(200 * KIB)
            ),
        ),
        (
            "ids.json",
            format!(
                "{{\"version\": 1, \"migrations\": [{}{{\"name\": \"a\", \"up\": \"x\"}}]}}",
                "{\"name\":\"a\",\"up\":\"x\"},".repeat(45 * KIB)
            ),
        ),
    ] {
        assert!(text.len() <= 1 << 20, "{name}");
        let cost = plan(&folder, name, &text);
        println!("{name}: {} KiB, {:?}", cost.peak, cost.taken);
        let findings = cost
            .said
            .lines()
            .filter(|line| line.starts_with("error["))
            .count();
        assert!((1..=101).contains(&findings), "{name}: {findings}");
        assert!(
            cost.taken < Duration::from_secs(20),
            "{name}: {:?}",
            cost.taken
        );
        assert!(cost.peak < 192 * KIB as u64, "{name}: {} KiB", cost.peak);
    }
}

#[test]
fn a_byte_more_than_a_mebibyte_is_too_much_and_a_mebibyte_is_not() {
    let folder = Folder::new();
    let json = "{\"version\": 1, \"migrations\": [{\"name\": \"a\", \"up\": \"SELECT 1\"}]}";
    for (name, text, filler) in [("a.yaml", GOOD, "#"), ("a.json", json, " ")] {
        let full = text.to_string() + &filler.repeat((1 << 20) - text.len());
        let path = folder.write(name, &full);
        let ran = initium(&["migrate", "plan", "--spec", &path]).exits(2);
        assert_eq!(ran.code(), "connection-missing", "{name}: {}", ran.err);
        let path = folder.write(name, &(full + filler));
        let ran = initium(&["migrate", "plan", "--spec", &path]).exits(2);
        assert_eq!(ran.code(), "spec-syntax");
        assert!(ran.err.contains("1 MiB"), "{}", ran.err);
    }
}

#[test]
fn what_has_no_end_or_is_no_file_is_refused_without_waiting() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let folder = Folder::new();
    let small = plan(&folder, "small.yaml", "version: 1\n").peak;
    let socket = folder.path("socket");
    let _held = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let fifo = folder.path("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    std::fs::create_dir(folder.path("folder")).unwrap();
    for (there, code) in [
        ("/dev/zero", "file-unreadable"),
        ("/dev/urandom", "file-unreadable"),
        ("/dev/null", "file-unreadable"),
        ("/dev/tty", "file-unreadable"),
        ("/dev/stdin", "file-unreadable"),
        ("/proc/kmsg", "file-unreadable"),
        ("/proc/self/mem", "file-unreadable"),
        ("/proc/self/fd/0", "file-unreadable"),
        (&socket, "file-unreadable"),
        (&fifo, "file-unreadable"),
        (&folder.path("folder"), "file-unreadable"),
        (&folder.path("loop.yaml"), "file-unreadable"),
        (&folder.path("nothing"), "file-unreadable"),
    ] {
        let path = folder.path("loop.yaml");
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink(there, &path).unwrap();
        // As the spec, and as a script that it names.
        let spec = folder.write(
            "naming.yaml",
            "version: 1\nmigrations: [{name: a, up: [{file: loop.yaml}]}]\n",
        );
        let cost = cost(&folder, initium(&["migrate", "plan", "--spec", &path]));
        assert_eq!(cost.code, code, "{there}: {}", cost.said);
        assert!(
            cost.peak < small + 4 * KIB as u64 && cost.taken < Duration::from_secs(5),
            "{there}"
        );
        let cost = self::cost(&folder, initium(&["migrate", "plan", "--spec", &spec]));
        assert!(
            ["file-unreadable", "path-escapes"].contains(&&*cost.code),
            "{there}: {}",
            cost.said
        );
        assert!(
            cost.peak < small + 4 * KIB as u64 && cost.taken < Duration::from_secs(5),
            "{there}"
        );
    }
}

#[test]
fn standard_input_without_an_end_is_refused() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let binary = env!("CARGO_BIN_EXE_initium");
    // A run that reads on is ended by the memory it may have, or by the time.
    let command = "ulimit -v 1000000; exec timeout 20 \"$0\" migrate plan --spec - < /dev/zero";
    let ran = Command::new("sh")
        .args(["-c", command, binary])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(2), "{said}");
    assert!(said.contains("larger than 1 MiB"), "{said}");
}
