//! Alone in its binary: the harness' own threads would be counted else.

#![allow(clippy::unwrap_used)]

mod bench;

#[test]
fn a_connection_starts_no_thread() {
    bench::each(|database| {
        let count = || std::fs::read_dir("/proc/self/task").unwrap().count();
        let before = count();
        let mut driver = bench::ready(&database.settings);
        driver.query("SELECT 1").unwrap();
        driver.introspect().unwrap();
        assert_eq!(count(), before);
    });
}
