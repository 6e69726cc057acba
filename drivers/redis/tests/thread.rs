//! Alone in its binary: the harness' own threads would be counted else.

mod bench;

use bench::{Database, REDIS, VALKEY, ready};

#[test]
fn a_connection_starts_no_thread() {
    for database in [REDIS, VALKEY].into_iter().filter_map(Database::new) {
        let count = || {
            std::fs::read_dir("/proc/self/task")
                .expect("a list")
                .count()
        };
        let before = count();
        let mut driver = ready(&database.settings);
        driver.query("EXISTS a").expect("an answer");
        assert_eq!(count(), before);
    }
}
