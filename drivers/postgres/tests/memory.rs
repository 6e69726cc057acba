//! What a migration selects is not kept. Alone in its binary: other tests need memory too.

#![allow(clippy::unwrap_used)]

mod servers;

use servers::{apply, each};

/// The most memory this process ever had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_migration_that_selects_a_hundred_megabytes_needs_little_memory() {
    each(|database| {
        let mut driver = database.ready();
        apply(&mut *driver, "small", "SELECT 1").unwrap();
        let before = peak();
        let text = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)";
        apply(&mut *driver, "large", text).unwrap();
        // The kernel counts in batches, so a later peak may even be a little lower.
        let more = peak().saturating_sub(before);
        assert!(more < 8 * 1024, "{more} KiB");
    });
}
