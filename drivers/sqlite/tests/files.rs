//! Files: what is opened, what is created, what is left alone.

mod folder;

use folder::Folder;
use initium_driver::driver::{Access, Driver, Part, Script};
use initium_driver::{Code, History, Source};
use std::os::unix::fs::PermissionsExt;

fn run(driver: &mut dyn Driver, text: &str) {
    let statements = driver.dialect().split(&Source::file("a.sql", text));
    let script = Script::Together(vec![Part {
        statements: statements.expect("a script"),
        entries: vec![],
    }]);
    driver.execute(&script).expect(text);
}

fn refused(folder: &Folder, url: &str, access: Access) -> Code {
    match folder.open(url, access) {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => {
            assert!(error.help_text().is_some(), "{error}");
            error.code()
        }
    }
}

#[test]
fn reading_creates_no_file() {
    let folder = Folder::new();
    let mut driver = folder.open("app.db", Access::Read).expect("nothing yet");
    assert_eq!(driver.digest().expect("an answer"), None);
    assert_eq!(driver.history().expect("an answer"), History::default());
    assert_eq!(driver.attempts(9).expect("an answer"), []);
    assert_eq!(driver.introspect().expect("a catalog").tables, []);
    assert_eq!(driver.holder().expect("an answer"), None);
    assert_eq!(driver.query("SELECT 1").expect("a row").first(), Some("1"));
    let error = driver.prepare_ledger().expect_err("nothing to write to");
    assert_eq!(error.code(), Code::ReadOnly);
    assert_eq!(folder.files(), [""; 0]);
    // And it sees the file when it comes.
    let mut writer = folder.open("app.db", Access::Write).expect("a file");
    run(&mut *writer, "CREATE TABLE t (n)");
    assert_eq!(driver.introspect().expect("a catalog").tables.len(), 1);
}

#[test]
fn a_reader_cannot_write() {
    let folder = Folder::new();
    let mut writer = folder.open("app.db", Access::Write).expect("a file");
    run(&mut *writer, "CREATE TABLE t (n)");
    for url in ["app.db", "app.db?mode=ro"] {
        let mut reader = folder.open(url, Access::Read).expect("a file");
        let error = reader.prepare_ledger().expect_err("read-only");
        assert_eq!(error.code(), Code::ReadOnly, "{error}");
    }
    let mut reader = folder.open("app.db?mode=ro", Access::Write);
    let error = reader.as_mut().expect("a file").prepare_ledger();
    assert_eq!(error.expect_err("read-only").code(), Code::ReadOnly);
}

#[test]
fn what_cannot_be_opened_is_told_apart() {
    let folder = Folder::new();
    std::fs::write(folder.path("text"), "hello, this is no database".repeat(99)).expect("a file");
    std::fs::create_dir(folder.path("sub")).expect("a folder");
    for access in [Access::Read, Access::Write] {
        let code = |url| refused(&folder, url, access);
        assert_eq!(code("none/app.db"), Code::DatabaseMissing);
        assert_eq!(code("sub"), Code::DatabaseMissing);
        assert_eq!(code("text"), Code::DatabaseMismatch);
        assert_eq!(code("app.db?mod=ro"), Code::ConnectionInvalid);
        assert_eq!(code("app.db?mode=memory"), Code::ConnectionInvalid);
    }
    let code = refused(&folder, "app.db?mode=rw", Access::Write);
    assert_eq!(code, Code::DatabaseMissing);
    assert_eq!(folder.files(), ["sub", "text"]);
}

#[test]
fn a_file_without_rights_is_named() {
    let folder = Folder::new();
    drop(folder.open("app.db", Access::Write).expect("a file"));
    let path = folder.path("app.db");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).expect("rights");
    if std::fs::File::open(&path).is_ok() {
        return; // root reads everything
    }
    assert_eq!(
        refused(&folder, "app.db", Access::Read),
        Code::FileUnreadable
    );
    let error = folder.open("app.db", Access::Read).err().expect("refused");
    assert!(error.message().contains(&path), "{error}");
}

#[test]
fn a_path_that_looks_like_a_uri_is_a_path() {
    let folder = Folder::new();
    let mut driver = folder.open("file:x", Access::Write).expect("a file");
    run(&mut *driver, "CREATE TABLE t (n)");
    assert_eq!(folder.files(), ["file:x"]);
}

#[test]
fn the_journal_mode_stays_as_it_is() {
    for mode in ["delete", "wal", "truncate"] {
        let folder = Folder::new();
        let outside = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
        outside
            .pragma_update(None, "journal_mode", mode)
            .expect("a mode");
        let mut driver = folder.open("app.db", Access::Write).expect("a file");
        driver.try_lock().expect("a lock");
        driver.prepare_ledger().expect("a ledger");
        driver.unlock().expect("an unlock");
        drop(driver);
        drop(outside);
        // Only a write-ahead log is a property of the file.
        let expected = if mode == "wal" { "wal" } else { "delete" };
        assert_eq!(journal_mode(&folder), expected);
        // Reading leaves it, too.
        let mut driver = folder.open("app.db", Access::Read).expect("a file");
        assert!(driver.digest().expect("a digest").is_some());
        drop(driver);
        assert_eq!(journal_mode(&folder), expected);
    }
}

fn journal_mode(folder: &Folder) -> String {
    let outside = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
    let mode = outside.pragma_query_value(None, "journal_mode", |row| row.get(0));
    mode.expect("a mode")
}

#[test]
fn nothing_is_left_beside_the_database() {
    let folder = Folder::new();
    let mut driver = folder.open("app.db", Access::Write).expect("a file");
    driver.try_lock().expect("a lock");
    driver.prepare_ledger().expect("a ledger");
    assert_eq!(folder.files().len(), 2, "the database and its lock");
    driver.unlock().expect("an unlock");
    assert_eq!(folder.files(), ["app.db"]);
    driver.try_lock().expect("a lock");
    drop(driver);
    assert_eq!(folder.files(), ["app.db"]);
}

#[test]
fn a_database_in_memory_works_on_one_connection() {
    let url = initium_driver::Settings::parse("sqlite::memory:", "URL").expect("a URL");
    let mut driver =
        (initium_sqlite::OPENER.open)(&url, &folder::run(Access::Write)).expect("memory");
    driver.try_lock().expect("a lock");
    driver.prepare_ledger().expect("a ledger");
    run(
        &mut *driver,
        "CREATE TABLE t (n); INSERT INTO t VALUES (1.5), (x'0aff')",
    );
    let rows = driver.query("SELECT n FROM t").expect("rows");
    assert_eq!(
        rows.rows,
        [[Some("1.5".into())], [Some("x'0aff'".to_string())]]
    );
    assert_eq!(driver.holder().expect("an answer"), None);
    driver.unlock().expect("an unlock");
}

#[test]
fn a_ledger_in_another_schema_is_refused_and_main_is_none() {
    let folder = Folder::new();
    let open = |table: &str| {
        let settings =
            initium_driver::Settings::parse(&format!("sqlite:{}", folder.path("app.db")), "URL")?;
        let run = initium_driver::Run {
            table: table.into(),
            prefix: String::new(),
            ..folder::run(Access::Write)
        };
        (initium_sqlite::OPENER.open)(&settings, &run)
    };
    assert_eq!(
        open("ops.ledger").err().expect("refused").code(),
        Code::SettingInvalid
    );
    let mut one = open("main.Ledger").expect("a file");
    let mut two = open("ledger").expect("a file");
    one.try_lock().expect("a lock");
    one.prepare_ledger().expect("a ledger");
    let held = two.try_lock().expect("an answer");
    assert!(matches!(held, initium_driver::Locked::Held(_)));
    assert!(two.digest().expect("an answer").is_some());
}

#[test]
fn a_reader_is_told_of_an_interrupted_write() {
    let folder = Folder::new();
    let mut driver = folder.open("app.db", Access::Write).expect("a file");
    run(&mut *driver, "CREATE TABLE t (n); INSERT INTO t VALUES (1)");
    drop(driver);
    // What a killed process leaves: the file half written, the journal beside it.
    let outside = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
    outside
        .execute_batch(
            "PRAGMA cache_size = 1; BEGIN; INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 \
             UNION ALL SELECT n + 1 FROM c WHERE n < 20000) SELECT n FROM c",
        )
        .expect("many rows");
    let copy = Folder::new();
    for name in ["app.db", "app.db-journal"] {
        std::fs::copy(folder.path(name), copy.path(name)).expect("a copy");
    }
    let error = copy.open("app.db", Access::Read).err().expect("refused");
    assert_eq!(error.code(), Code::ReadOnly, "{error}");
    // A writer repairs it.
    let mut writer = copy.open("app.db", Access::Write).expect("repaired");
    let rows = writer.query("SELECT count(*) FROM t").expect("rows");
    assert_eq!(rows.first(), Some("1"));
    let mut reader = copy.open("app.db", Access::Read).expect("well again");
    assert_eq!(reader.introspect().expect("a catalog").tables.len(), 1);
}

#[test]
fn reading_changes_nothing_of_a_write_ahead_log() {
    let folder = Folder::new();
    let outside = rusqlite::Connection::open(folder.path("app.db")).expect("a file");
    let mode = outside.pragma_update(None, "journal_mode", "wal");
    mode.expect("a mode");
    outside
        .execute_batch("CREATE TABLE t (n)")
        .expect("a table");
    drop(outside);
    assert_eq!(folder.files(), ["app.db"]);
    let before = std::fs::read(folder.path("app.db")).expect("bytes");
    let mut driver = folder.open("app.db", Access::Read).expect("a file");
    assert_eq!(driver.introspect().expect("a catalog").tables.len(), 1);
    drop(driver);
    // SQLite needs its two files to read such a database and leaves them, empty.
    assert_eq!(folder.files(), ["app.db", "app.db-shm", "app.db-wal"]);
    let log = std::fs::metadata(folder.path("app.db-wal")).expect("a log");
    assert_eq!(log.len(), 0);
    assert_eq!(std::fs::read(folder.path("app.db")).expect("bytes"), before);
}
