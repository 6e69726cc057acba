//! Many tables: what reading them costs. `MANY=1000` makes as many; a hundred show as well that
//! nothing grows faster than they do.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod bench;

use bench::{BOTH, Database, alone, open, proxy};
use std::time::Instant;

/// The most that this process ever held, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn two_catalogs_of_many_tables_are_read_in_five_round_trips_and_little_room() {
    let many: u64 = std::env::var("MANY").map_or(100, |it| it.parse().unwrap());
    for variable in BOTH {
        let Some(database) = Database::new(variable) else {
            continue;
        };
        let (settings, counted) = proxy::through(&database.settings);
        let mut driver = open(&settings, "initium_migrate").unwrap();
        let columns: Vec<_> = (0..20)
            .map(|n| format!("column_number_{n} varchar({}) NOT NULL DEFAULT 'some text' COMMENT 'what it is for'", n + 10))
            .collect();
        for n in 0..many {
            alone(
                &mut *driver,
                &format!(
                    "CREATE TABLE table_number_{n} (id int NOT NULL AUTO_INCREMENT, {}, PRIMARY KEY (id), KEY one (column_number_1, column_number_2))",
                    columns.join(", ")
                ),
            );
        }
        counted.trips();
        let (before, start) = (peak(), Instant::now());
        let one = driver.introspect().unwrap();
        let elapsed = start.elapsed();
        let trips = counted.trips();
        let other = driver.introspect().unwrap();
        let grown = peak() - before;
        assert_eq!(one, other);
        assert_eq!(one.tables.len() as u64, many);
        assert!(trips <= 12, "{trips}");
        assert!(grown < 4096 + 60 * many, "{grown} KiB for {many} tables");
        println!(
            "{variable}: {many} tables in {elapsed:?}, {trips} round trips, two catalogs in {grown} KiB"
        );
    }
}
