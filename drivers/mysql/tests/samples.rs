//! Schemas as people have them (`tests/cases/schemas/mysql`): what is told of one makes another from
//! nothing that tells the same. (Catches what no case thought of.)

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod bench;

use bench::catalog::{anew, seen};
use bench::{BOTH, Database, alone, split};

#[test]
fn every_sample_is_told_made_anew_and_told_the_same() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/cases/schemas/mysql"
    );
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 10, "{paths:?}");
    for variable in BOTH {
        for path in &paths {
            let (Some(one), Some(other)) = (Database::new(variable), Database::new(variable))
            else {
                continue;
            };
            let text = std::fs::read_to_string(path).unwrap();
            let (mut first, mut second) = (one.open(), other.open());
            // One session, as a client has it: dumps turn checks off for what follows.
            let told = first
                .realise(&split(&*first, &text))
                .unwrap_or_else(|error| {
                    panic!("{}: {error:?}", path.display());
                });
            for sql in anew(&*first, &told) {
                alone(&mut *second, &sql);
            }
            let again = seen(&mut *second);
            assert_eq!(again, told, "{variable} {}", path.display());
            let parts: usize = told.tables.iter().map(|it| it.columns.len()).sum();
            assert!(parts > 0, "{}", path.display());
        }
    }
}
