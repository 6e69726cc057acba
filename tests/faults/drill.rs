//! What the drills share: how much is asked of them, a database that begins anew, and a run that is
//! repeated until it says that it is done.

use crate::support::{Database, Ran, database};

/// A number of the normal run, and that of `FAULTS=full`.
pub fn amount(normal: usize, full: usize) -> usize {
    match std::env::var("FAULTS").as_deref() {
        Ok("full") => full,
        _ => normal,
    }
}

/// The seed of what is left to chance; `FAULTS_SEED` repeats one.
pub fn seed() -> u64 {
    match std::env::var("FAULTS_SEED") {
        Ok(text) => text.parse().expect("FAULTS_SEED is a number"),
        Err(_) => std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_nanos() as u64,
    }
}

/// Numbers that a seed decides (splitmix64).
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Empties a database: what waits for a lock in it gets it first.
pub fn empty(db: &Database) {
    match db.kind {
        "postgres" => {
            db.statement("DROP SCHEMA public CASCADE");
            db.statement("CREATE SCHEMA public");
        }
        "sqlite" => {
            for end in ["", "-journal", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", db.name));
            }
        }
        kind => {
            let variable = format!("INITIUM_TEST_{}_URL", kind.to_uppercase());
            let admin = std::env::var(variable).unwrap();
            database::statement(&admin, &format!("DROP DATABASE {}", db.name));
            database::statement(&admin, &format!("CREATE DATABASE {}", db.name));
        }
    }
}

/// Runs until it succeeds, as a Job's `backoffLimit` would; how often it had to.
pub fn converge(db: &Database, words: &[&str], spec: &str) -> Result<usize, Ran> {
    for n in 1.. {
        let ran = run(db, &db.url, words, spec);
        match ran.status {
            0 => return Ok(n),
            // Only what waiting cures is tried again.
            5 | 6 if n < 5 => {}
            _ => return Err(ran),
        }
    }
    unreachable!()
}

pub fn run(db: &Database, url: &str, words: &[&str], spec: &str) -> Ran {
    db.initium(&arguments(words, spec))
        .env("DATABASE_URL", url)
        .run()
}

pub fn arguments<'a>(words: &[&'a str], spec: &'a str) -> Vec<&'a str> {
    let mut all = vec!["migrate"];
    all.extend(words);
    all.extend(["--spec", spec]);
    all
}

/// A kind's databases by one name for the figures: `postgres` has two versions.
pub fn said(drill: &str, kind: &str, figures: &str) {
    println!("{drill} {kind}: {figures}");
}
