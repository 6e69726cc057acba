//! What of a part may change while it stays the same part: its comment, whether it is seen or asked.
//! Everything else makes another one of it, so the old one goes and a new one comes.

use initium_driver::catalog::{Check, Exclusion, ForeignKey, Index, Key, Trigger};

pub trait Soft {
    /// Takes over from the other what may change.
    fn soften(&mut self, other: &Self);
}

impl Soft for Key {
    fn soften(&mut self, other: &Key) {
        self.comment.clone_from(&other.comment);
    }
}

impl Soft for ForeignKey {
    fn soften(&mut self, other: &ForeignKey) {
        self.comment.clone_from(&other.comment);
        self.deferrable = other.deferrable;
        self.not_enforced = other.not_enforced;
        // What was asked of all rows cannot be forgotten.
        self.not_valid &= other.not_valid;
    }
}

impl Soft for Check {
    fn soften(&mut self, other: &Check) {
        self.comment.clone_from(&other.comment);
        self.not_enforced = other.not_enforced;
        self.not_valid &= other.not_valid;
    }
}

impl Soft for Exclusion {
    fn soften(&mut self, other: &Exclusion) {
        self.comment.clone_from(&other.comment);
    }
}

impl Soft for Index {
    fn soften(&mut self, other: &Index) {
        self.comment.clone_from(&other.comment);
        self.invisible = other.invisible;
    }
}

impl Soft for Trigger {
    fn soften(&mut self, other: &Trigger) {
        self.comment.clone_from(&other.comment);
        self.disabled = other.disabled;
    }
}
