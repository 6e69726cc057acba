//! Folders of other tools, applied by this program and fed to the database's own client: both have to
//! leave the same. `INITIUM_CORPUS=DIR` adds a folder of somebody's; `INITIUM_CORPUS_DATABASE` says for
//! which kind of database it is (postgres), `INITIUM_CORPUS_FORMAT` whose it is, where it does not say so
//! itself. (Catches a migration that is cut otherwise than its tool does, an order that is not the
//! tool's, and a text of which a part never arrives.)

use super::support::proxy::Proxy;
use super::support::{Database, Folder, databases, of, root};
use initium::source::{Folder as Source, Format, Turn};
use initium::spec::opened;
use initium_driver::{Catalog, Settings, Text};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The text of an `up` as the file has it between the tool's own lines.
fn text(folder: &Path, source: &Source, n: usize) -> String {
    let one = &source.found[n];
    let file = folder.join(&one.origin.file);
    let bytes = std::fs::read(&file).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_string();
    let between = |from: &str, to: &str| {
        let mut inside = false;
        let mut kept = String::new();
        for line in text.lines() {
            let said = line.trim().trim_start_matches('-').trim();
            if said.starts_with(from) {
                inside = true;
            } else if said.starts_with(to) {
                inside = false;
            } else if inside {
                kept += line;
                kept.push('\n');
            }
        }
        kept
    };
    match source.format {
        Format::Goose => between("+goose Up", "+goose Down"),
        Format::Dbmate => between("migrate:up", "migrate:down"),
        Format::NodePgMigrate => between("Up Migration", "Down Migration"),
        // Several to a file, or cut by a sign of its own: what was read of it.
        Format::Liquibase | Format::Atlas => {
            let mut all = String::new();
            for script in &one.up.scripts {
                let Text::Held(text) = &script.text.text else {
                    panic!("{file:?} is too long for this test");
                };
                all += text;
                all += "\n;\n";
            }
            all
        }
        _ => text,
    }
}

/// What takes no transaction around it, or has one itself.
fn stands_alone(text: &str) -> bool {
    let text = text.to_uppercase();
    ["CONCURRENTLY", "VACUUM", "BEGIN;", "COMMIT;"]
        .iter()
        .any(|word| text.contains(word))
}

/// Feeds one text to the client of the database.
fn feed(db: &Database, text: &str, of: &str) {
    let settings = Settings::parse(&db.url, "the test").unwrap();
    let mut client = match db.kind {
        "postgres" => {
            let mut psql = Command::new("psql");
            psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]);
            if !stands_alone(text) {
                psql.arg("-1");
            }
            psql.arg(&db.url);
            psql
        }
        "sqlite" => {
            let mut sqlite = Command::new("sqlite3");
            sqlite.args(["-bail", &db.name]);
            sqlite
        }
        kind => {
            let host = &settings.hosts[0];
            let mut client = Command::new(if kind == "mysql" { "mysql" } else { "mariadb" });
            client.args(["--no-defaults", "--default-character-set=utf8mb4"]);
            client.args([
                "-h",
                &host.name,
                "-P",
                &host.port.unwrap_or(3306).to_string(),
            ]);
            client.args(["-u", settings.user.as_deref().unwrap_or("root"), &db.name]);
            if let Some(password) = &settings.password {
                client.env("MYSQL_PWD", password.reveal());
            }
            client
        }
    };
    let mut child = client
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("the client of {}: {error}", db.kind));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{of}: {said}");
}

/// What a database holds, and how many rows of each table.
fn held(db: &Database) -> (Catalog, Vec<(String, String)>) {
    let catalog = db.open().introspect().unwrap();
    let rows = catalog.tables.iter().map(|table| {
        let name = table.name.to_string();
        let count = db.ask(&format!("SELECT count(*) FROM {name}"));
        (name, count)
    });
    let rows = rows.collect();
    (catalog, rows)
}

/// Whether the client is there; where servers have to be, it has to be, too.
fn has_client(kind: &str) -> bool {
    let client = match kind {
        "postgres" => "psql",
        "sqlite" => "sqlite3",
        kind => kind,
    };
    let found = Command::new(client).arg("--version").output().is_ok();
    let required = std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required");
    assert!(found || !required, "{client} is not there");
    if !found {
        eprintln!("SKIPPED on {kind}: {client} is not there");
    }
    found
}

fn compared(folder: &Path, kind: &str, format: Option<Format>) {
    if !has_client(kind) {
        return;
    }
    let shown = folder.display().to_string();
    let (source, _) = opened(folder, format).unwrap_or_else(|error| panic!("{shown}: {error:?}"));
    let mut words = vec!["--dir", &shown];
    if let Some(format) = format {
        words.extend(["--source-format", format.word()]);
    }
    for (ours, theirs) in of(kind).iter().zip(of(kind)) {
        let run = |verb: &[&str]| {
            let line: Vec<&str> = ["migrate"]
                .iter()
                .chain(verb)
                .chain(&words)
                .copied()
                .collect();
            ours.initium(&line).exits(0)
        };
        run(&["apply"]);
        run(&["check"]);
        for n in 0..source.found.len() {
            // On a new database a baseline stands for all before it.
            let behind = &source.found[n..];
            let replaced = behind.iter().skip(1).any(|one| one.turn == Turn::Baseline);
            if !replaced || source.found[n].turn == Turn::Repeatable {
                feed(&theirs, &text(folder, &source, n), &source.found[n].id);
            }
        }
        let (mine, other) = (held(ours), held(&theirs));
        assert_eq!(mine.0, other.0, "{shown} on {kind}");
        assert_eq!(mine.1, other.1, "{shown} on {kind}: rows");
        assert!(!mine.0.tables.is_empty(), "{shown} makes nothing");
        if source.found.iter().all(|one| one.down.is_some()) {
            let steps = source.found.len().to_string();
            run(&["rollback", "--steps", &steps, "--yes"]);
            let left = held(ours).0;
            assert_eq!(
                left,
                held(&of(kind)[0]).0,
                "{shown} on {kind}: what is left"
            );
        }
    }
}

/// `tests/source/goose-sqlite` is a folder for SQLite.
fn kind_of(name: &str) -> &str {
    for kind in ["sqlite", "mysql", "mariadb"] {
        if name.ends_with(&format!("-{kind}")) {
            return kind;
        }
    }
    "postgres"
}

/// Folders whose files do not say whose they are.
fn format_of(name: &str) -> Option<Format> {
    let name = name
        .strip_suffix(&format!("-{}", kind_of(name)))
        .unwrap_or(name);
    Format::parse(name)
}

#[test]
fn a_folder_leaves_what_the_clients_of_the_database_make_of_its_files() {
    let all = root().join("tests/source");
    let mut seen = 0;
    for entry in std::fs::read_dir(&all).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        match kind_of(&name) {
            "mysql" => {
                compared(&path, "mysql", format_of(&name));
                compared(&path, "mariadb", format_of(&name));
            }
            kind => compared(&path, kind, format_of(&name)),
        }
        seen += 1;
    }
    assert!(seen >= 28, "{seen}");
}

#[test]
fn a_folder_of_somebody_leaves_what_the_client_makes_of_it() {
    let Ok(folder) = std::env::var("INITIUM_CORPUS") else {
        return;
    };
    let kind = std::env::var("INITIUM_CORPUS_DATABASE").unwrap_or("postgres".into());
    let format = std::env::var("INITIUM_CORPUS_FORMAT").ok();
    let format = format.map(|word| Format::parse(&word).expect("a format"));
    compared(Path::new(&folder), &kind, format);
}

/// How much the process took at most, in KiB.
fn peak(folder: &Folder, files: usize) -> u64 {
    let dir = format!("d{files}");
    for n in 0..files {
        let text = format!("CREATE TABLE t{n} (id integer PRIMARY KEY, name text);\n");
        folder.write(&format!("{dir}/{n:06}_t{n}.up.sql"), &text);
        folder.write(
            &format!("{dir}/{n:06}_t{n}.down.sql"),
            &format!("DROP TABLE t{n};\n"),
        );
    }
    let line = [
        "migrate",
        "plan",
        "--offline",
        "--database",
        "sqlite",
        "--format",
        "json",
    ];
    let binary = env!("CARGO_BIN_EXE_initium");
    let python = "import resource, subprocess, sys; \
        subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); \
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    let ran = Command::new("python3")
        .args(["-c", python, binary])
        .args(line)
        .args(["--dir", &dir])
        .current_dir(folder.root())
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    String::from_utf8(ran.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn five_thousand_files_take_memory_by_their_number_and_not_by_its_square() {
    let folder = Folder::fleeting();
    let (none, some, many) = (peak(&folder, 1), peak(&folder, 1_250), peak(&folder, 5_000));
    let (some, many) = (some.saturating_sub(none).max(1), many.saturating_sub(none));
    eprintln!("1,250 migrations: {some} KiB more than one; 5,000: {many} KiB");
    assert!(
        many < 6 * some,
        "four times as many took {many} KiB, and these {some} KiB"
    );
}

#[test]
fn status_of_a_long_folder_is_one_round_trip_behind_the_handshake() {
    for db in databases().iter().filter(|db| db.kind != "sqlite") {
        let dir = "m";
        for n in 0..200 {
            db.folder.write(
                &format!("{dir}/{n:06}_t.up.sql"),
                &format!("CREATE TABLE t{n} (n int)"),
            );
        }
        db.initium(&["migrate", "apply", "--dir", dir]).exits(0);
        let proxy = Proxy::before(&db.url);
        proxy.take();
        drop(super::support::database::open(&proxy.url));
        let handshake = proxy.take().trips;
        let ran = db
            .initium(&["migrate", "status", "--dir", dir])
            .env("DATABASE_URL", &proxy.url)
            .exits(0);
        assert!(ran.out.contains("200 applied"), "{}", ran.out);
        // A pooler tells its own version in the handshake of MySQL, so the server is asked.
        let version = usize::from(db.kind != "postgres");
        assert_eq!(proxy.take().trips - handshake, 1 + version, "{}", db.kind);
    }
}
