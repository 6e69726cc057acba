//! What is left to chance, and how much of it.

/// A number of the normal run, and that of `PROPERTY=full`.
pub fn amount(normal: usize, full: usize) -> usize {
    match std::env::var("PROPERTY").as_deref() {
        Ok("full") => full,
        _ => normal,
    }
}

/// Another one each time, unless `PROPERTY_SEED` says it.
pub fn seed() -> u64 {
    match std::env::var("PROPERTY_SEED") {
        Ok(text) => text.parse().expect("PROPERTY_SEED is a number"),
        Err(_) => {
            std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap()
                .as_nanos() as u64
                >> 10
        }
    }
}

/// Numbers that a seed decides (splitmix64).
#[derive(Clone)]
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

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
