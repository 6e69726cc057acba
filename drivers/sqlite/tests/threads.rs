//! One thread: the engine promises it, and nobody else may start one. Alone in its file, so that
//! no other test's thread is counted.
#![cfg(target_os = "linux")]

mod folder;

use folder::Folder;
use initium_driver::Source;
use initium_driver::driver::{Access, Part, Script};

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").expect("tasks").count()
}

#[test]
fn a_run_starts_no_thread() {
    let before = threads();
    let folder = Folder::new();
    let mut driver = folder.open("app.db", Access::Write).expect("a file");
    driver.try_lock().expect("a lock");
    driver.prepare_ledger().expect("a ledger");
    let text = "CREATE TABLE t (n); INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL \
                SELECT n + 1 FROM c WHERE n < 100000) SELECT n FROM c; CREATE INDEX i ON t (n)";
    let statements = driver.dialect().split(&Source::file("a.sql", text));
    let script = Script::Together(vec![Part {
        statements: statements.expect("a script"),
        entries: vec![],
    }]);
    driver.execute(&script).expect("a script");
    assert_eq!(threads(), before);
    driver.unlock().expect("an unlock");
    assert_eq!(threads(), before);
}
