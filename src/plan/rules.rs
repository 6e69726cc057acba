//! What a run may do and how far it goes.

use super::{Order, Tags, Wanted};
use crate::spec::{Migration, Policy, Transaction};
use initium_driver::change::Way;

/// How many transactions a run takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TxMode {
    /// One for each migration.
    #[default]
    Each,
    /// One for the whole release.
    All,
    /// One for each statement.
    None,
}

impl TxMode {
    pub fn parse(word: &str) -> Option<TxMode> {
        match word {
            "each" => Some(TxMode::Each),
            "all" => Some(TxMode::All),
            "none" => Some(TxMode::None),
            _ => None,
        }
    }

    pub(super) fn of(self, migration: Transaction) -> Transaction {
        match self {
            TxMode::None => Transaction::None,
            _ => migration,
        }
    }
}

/// Migrations in the database that the spec does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ahead {
    #[default]
    Refuse,
    Allow,
}

/// What stands in a database in which nothing was ever applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beside {
    #[default]
    Refuse,
    Allow,
}

/// What a run may do and how far it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub ahead: Ahead,
    pub order: Order,
    pub tx_mode: TxMode,
    /// The last migration to apply.
    pub to: Option<String>,
    pub tags: Tags,
    pub recheck: Recheck,
    /// Applied migrations that run once more.
    pub rerun: Vec<String>,
    pub breaking: Policy,
    /// Breaking changes that may be made, as a plan tells them.
    pub allow: Vec<String>,
    pub way: Way,
    pub foreign_ledger: Beside,
    /// Tables that are there.
    pub not_empty: Beside,
}

/// Migrations that did not apply when they were asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recheck {
    #[default]
    Skip,
    Ask,
}

impl Rules {
    /// Whether a run is about more than what is pending.
    pub fn looks_back(&self) -> bool {
        self.recheck == Recheck::Ask || !self.rerun.is_empty()
    }

    /// Whether a run is about this migration. Order is judged among those it is about.
    pub fn chosen(&self, migration: &Migration) -> bool {
        self.tags.choose(&migration.tags)
    }

    /// The migrations a run is about, up to the last one it is to reach.
    pub fn choose<'a, 'w>(
        &'a self,
        wanted: &'a [Wanted<'w>],
    ) -> impl Iterator<Item = &'a Wanted<'w>> {
        let last = |one: &Wanted| self.to.as_ref() == Some(&one.migration.id);
        let end = wanted
            .iter()
            .position(last)
            .map_or(wanted.len(), |at| at + 1);
        wanted[..end]
            .iter()
            .filter(|one| self.chosen(one.migration))
    }
}
