//! Memory does not grow with the length of a script. (Catches a file, its statements, or what is
//! remembered of them held as a whole.)

use super::support::{Database, Folder, databases, of};
use std::io::{BufWriter, Write};
use std::time::Duration;

const TABLE: &str = "CREATE TABLE t (id integer PRIMARY KEY, a text);\n";

/// INSERTs of two kilobytes each; how many.
fn write(path: &str, bytes: usize) -> usize {
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let row = "it''s; -- no end \u{e9} ".repeat(90);
    let mut written = file.write(TABLE.as_bytes()).unwrap();
    let mut count = 0;
    while written < bytes {
        count += 1;
        let line = format!("INSERT INTO t (id, a) VALUES ({count}, '{row}');\n");
        file.write_all(line.as_bytes()).unwrap();
        written += line.len();
    }
    file.flush().unwrap();
    count
}

/// The most memory the run ever had, in KiB, and how long it took.
fn applied(db: &Database, script: &str) -> (u64, Duration) {
    let spec = format!("version: 1\nmigrations:\n  - name: load\n    up: [{{file: {script}}}]\n");
    let spec = db.folder.write("spec.yaml", &spec);
    let start = std::time::Instant::now();
    let mut child = db.initium(&["migrate", "apply", "--spec", &spec]).spawn();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(super::support::peak(&child));
        std::thread::sleep(Duration::from_millis(5));
    }
    let taken = start.elapsed();
    let ran = super::support::ran(child);
    assert_eq!(ran.status, 0, "{}: {}", db.kind, ran.err);
    (most, taken)
}

#[test]
fn a_long_script_takes_no_more_memory_than_a_short_one() {
    if !cfg!(target_os = "linux") {
        return;
    }
    for db in databases() {
        write(&db.folder.path("short.sql"), 1 << 12);
        let count = write(&db.folder.path("long.sql"), 16 << 20);
        let other = match db.kind {
            "sqlite" => of("sqlite").remove(0),
            _ => of(db.kind).remove(0),
        };
        std::fs::copy(db.folder.path("short.sql"), other.folder.path("short.sql")).unwrap();
        let (short, _) = applied(&other, "short.sql");
        let (long, _) = applied(&db, "long.sql");
        let more = long.saturating_sub(short);
        println!("{}: {short} KiB, {long} KiB", db.kind);
        assert!(more < 10 << 10, "{}: {short} KiB, then {long} KiB", db.kind);
        assert_eq!(db.ask("SELECT count(*) FROM t"), count.to_string());
        assert_eq!(
            db.ask("SELECT statements FROM initium_migrate"),
            (count + 1).to_string()
        );
    }
}

/// Prints the lines of `docs/footprint.md`, which says how; `INITIUM_TEST_MIB` is the length of the
/// file.
#[test]
#[ignore = "a gigabyte for each database"]
fn a_gigabyte_is_applied_in_64_mebibytes() {
    let mebibytes = std::env::var("INITIUM_TEST_MIB").ok();
    let mebibytes: usize = mebibytes.map_or(1024, |text| text.parse().unwrap());
    let folder = Folder::new();
    let script = folder.path("gigabyte.sql");
    let count = write(&script, mebibytes << 20);
    for db in databases() {
        std::fs::hard_link(&script, db.folder.path("gigabyte.sql")).unwrap();
        let (most, taken) = applied(&db, "gigabyte.sql");
        let server = db.open().server();
        println!(
            "| {server} | {mebibytes} MiB | {count} | {:.1} MiB | {} s |",
            most as f64 / 1024.0,
            taken.as_secs()
        );
        assert!(most < 64 << 10, "{}: {most} KiB", db.kind);
        assert_eq!(db.ask("SELECT count(*) FROM t"), count.to_string());
    }
}
