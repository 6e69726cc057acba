//! One thread, whatever the host is called. Alone in its binary: other tests have threads.

#![allow(clippy::unwrap_used)]

mod servers;

use servers::{apply, each, open};

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn no_second_thread_is_ever_started() {
    let before = threads();
    each(|database| {
        for host in ["127.0.0.1", "localhost"] {
            let mut settings = database.settings.clone();
            settings.hosts[0].name = host.into();
            let mut driver = open(&settings).unwrap();
            assert_eq!(threads(), before, "{host}");
            driver.try_lock().unwrap();
            driver.prepare_ledger().unwrap();
            apply(&mut *driver, host, "SELECT 1").unwrap();
            driver.unlock().unwrap();
            assert_eq!(threads(), before, "{host}");
        }
    });
    assert_eq!(threads(), before);
}
