//! Tests that need the inside of the room; those from outside are in `tests/spec.rs`.

mod catalogs;
mod round;
mod schema;
mod verdict;

/// Chance that can be repeated.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn roll(&mut self, sides: usize) -> usize {
        let Dice(state) = self;
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((*state >> 33) % sides.max(1) as u64) as usize
    }
}
