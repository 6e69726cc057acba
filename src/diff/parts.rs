//! What differs between the parts of one table that was and is.

use super::Renamed;
use super::alike::Alike;
use super::mention::Words;
use super::pair::{Fit, Pairs, pair};
use super::soft::Soft;
use super::suggest::{self, Suggestion};
use initium_driver::catalog::{Column, Key, Named};
use initium_driver::change::{Change, Edit, Of};
use initium_driver::ddl::Ddl;
use initium_driver::sorted;
use initium_driver::{Name, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Two tables that are one, and what it takes to compare them.
pub struct Two<'a> {
    pub from: &'a Table,
    pub to: &'a Table,
    pub ddl: &'a dyn Ddl,
    pub tables: &'a Renamed,
    /// The columns of other tables that are called otherwise now, by the old name of the table.
    pub columns: &'a BTreeMap<Name, BTreeMap<&'a str, &'a str>>,
}

/// The columns of a table that are called otherwise now. A hint that nothing answers to is old.
pub fn renamed<'a>(from: &'a Table, to: &'a Table) -> BTreeMap<&'a str, &'a str> {
    let mut all = BTreeMap::new();
    for column in &to.columns {
        let Some(old) = column.renamed_from.as_deref() else {
            continue;
        };
        if let Some(old) = from.column(old)
            && from.column(&column.name).is_none()
            && to.column(&old.name).is_none()
        {
            all.insert(old.name.as_str(), column.name.as_str());
        }
    }
    all
}

impl Two<'_> {
    fn words(&self, table: &Name) -> Words<'_> {
        Words {
            words: self.columns.get(table).cloned().unwrap_or_default(),
            tables: Some(self.tables),
        }
    }

    fn alike(&self, table: &Name) -> Alike<'_> {
        let columns = self.words(table);
        let mut all = columns.clone();
        for (old, new) in self.tables {
            all.words.insert(&old.name, &new.name);
        }
        Alike {
            ddl: self.ddl,
            columns,
            all,
            table: &self.to.columns,
        }
    }

    /// Adds what differs.
    pub fn compare(&self, changes: &mut Vec<Change>, suggestions: &mut Vec<Suggestion>) {
        let alike = self.alike(&self.from.name);
        self.columns(&alike, changes, suggestions);
        self.primary(&alike, changes);
        let (from, to) = (self.from, self.to);
        self.list(
            &from.unique,
            &to.unique,
            &|a, b| alike.key(a, b),
            &Change::Unique,
            changes,
        );
        self.list(
            &from.foreign_keys,
            &to.foreign_keys,
            &|a, b| alike.foreign_key(a, b, &self.alike(&a.references)),
            &Change::ForeignKey,
            changes,
        );
        self.list(
            &from.checks,
            &to.checks,
            &|a, b| alike.check(a, b),
            &Change::Check,
            changes,
        );
        self.list(
            &from.exclusions,
            &to.exclusions,
            &|a, b| alike.exclusion(a, b),
            &Change::Exclusion,
            changes,
        );
        self.list(
            &from.indexes,
            &to.indexes,
            &|a, b| alike.index(a, b),
            &Change::Index,
            changes,
        );
        self.list(
            &from.triggers,
            &to.triggers,
            &|a, b| alike.trigger(a, b),
            &Change::Trigger,
            changes,
        );
    }

    fn of<T>(&self, edit: Edit<T>) -> Of<T> {
        Of {
            table: self.to.name.clone(),
            edit,
        }
    }

    fn is_chosen(&self, table: &Table, name: &str) -> bool {
        !name.is_empty() && !self.ddl.generated(table, name)
    }

    /// Whether two names are one, or no difference.
    fn fit<T: Named>(&self, one: &T, other: &T, same: bool) -> Fit {
        let is_one = one.name() == other.name();
        match (is_one, same) {
            (true, true) => Fit::Same,
            (false, true) if !self.is_chosen(self.to, other.name()) => Fit::Nameless,
            (true, false) if self.is_chosen(self.to, other.name()) => Fit::Name,
            (false, true) => Fit::Renamed,
            _ => Fit::Not,
        }
    }

    /// The parts of a kind.
    fn list<T: Named + Soft + Clone>(
        &self,
        from: &[T],
        to: &[T],
        same: &dyn Fn(&T, &T) -> bool,
        wrap: &dyn Fn(Of<T>) -> Change,
        changes: &mut Vec<Change>,
    ) {
        let fit = |one: &T, other: &T| self.fit(one, other, same(one, other));
        let Pairs { both, gone, new } = pair(from, to, &fit);
        let edit = |edit| wrap(self.of(edit));
        changes.extend(gone.into_iter().map(|one| edit(Edit::Drop(one.clone()))));
        for (one, other) in both {
            let found = fit(one, other);
            if !matches!(found, Fit::Name | Fit::Renamed) {
                continue;
            }
            let mut soft = one.clone();
            soft.soften(other);
            if found == Fit::Renamed || same(&soft, other) {
                let (from, to) = (one.clone(), other.clone());
                changes.push(edit(Edit::Alter { from, to }));
            } else {
                changes.push(edit(Edit::Drop(one.clone())));
                changes.push(edit(Edit::Add(other.clone())));
            }
        }
        changes.extend(new.into_iter().map(|one| edit(Edit::Add(one.clone()))));
    }

    /// There is one at most; it is told by what it is, and its name counts where somebody gave it.
    fn primary(&self, alike: &Alike, changes: &mut Vec<Change>) {
        let mut edit = |edit: Edit<Key>| changes.push(Change::PrimaryKey(self.of(edit)));
        match (&self.from.primary_key, &self.to.primary_key) {
            (None, None) => {}
            (None, Some(to)) => edit(Edit::Add(to.clone())),
            (Some(from), None) => edit(Edit::Drop(from.clone())),
            (Some(from), Some(to)) => {
                let is_named = self.is_chosen(self.to, &to.name);
                let mut soft = from.clone();
                soft.soften(to);
                if alike.key(from, to) && (from.name == to.name || !is_named) {
                } else if alike.key(&soft, to) {
                    let (from, to) = (from.clone(), to.clone());
                    edit(Edit::Alter { from, to });
                } else {
                    edit(Edit::Drop(from.clone()));
                    edit(Edit::Add(to.clone()));
                }
            }
        }
    }

    fn columns(&self, alike: &Alike, changes: &mut Vec<Change>, suggestions: &mut Vec<Suggestion>) {
        let old: BTreeMap<_, _> = sorted::map(
            self.from
                .columns
                .iter()
                .map(|column| (alike.columns.name(&column.name), column)),
        );
        let kept: BTreeSet<_> = sorted::set(self.to.columns.iter().map(|c| c.name.as_str()));
        let gone: Vec<_> = self
            .from
            .columns
            .iter()
            .filter(|column| !kept.contains(alike.columns.name(&column.name)))
            .collect();
        let moved = match self.ddl.habits().column_order {
            true => moved(self.from, self.to, alike),
            false => BTreeSet::new(),
        };
        let mut new: Vec<&Column> = Vec::new();
        let edit = |edit| Change::Column(self.of(edit));
        for column in &gone {
            changes.push(edit(Edit::Drop(Box::new((*column).clone()))));
        }
        for column in &self.to.columns {
            let Some(one) = old.get(column.name.as_str()) else {
                new.push(column);
                continue;
            };
            if one.name != column.name
                || moved.contains(column.name.as_str())
                || !alike.column(one, column)
            {
                changes.push(edit(Edit::Alter {
                    from: Box::new((*one).clone()),
                    to: Box::new(column.clone()),
                }));
            }
        }
        for column in &new {
            changes.push(edit(Edit::Add(Box::new((*column).clone()))));
        }
        suggest::columns(&self.to.name, &gone, &new, alike, suggestions);
    }
}

/// The columns that have to be moved, as few as can be: the others keep their order.
fn moved<'a>(from: &Table, to: &'a Table, alike: &Alike) -> BTreeSet<&'a str> {
    let place: BTreeMap<_, _> = sorted::map(
        from.columns
            .iter()
            .enumerate()
            .map(|(n, column)| (alike.columns.name(&column.name), n)),
    );
    let kept: Vec<_> = to
        .columns
        .iter()
        .filter_map(|column| {
            place
                .get(column.name.as_str())
                .map(|n| (*n, column.name.as_str()))
        })
        .collect();
    // The longest run that rises: `ends[n]` is the last of the best one of n + 1 columns.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; kept.len()];
    for n in 0..kept.len() {
        let at = ends.partition_point(|end| kept[*end].0 < kept[n].0);
        before[n] = at.checked_sub(1).map(|at| ends[at]);
        match ends.get_mut(at) {
            Some(end) => *end = n,
            None => ends.push(n),
        }
    }
    let mut all: BTreeSet<_> = sorted::set(kept.iter().map(|(_, name)| *name));
    let mut at = ends.last().copied();
    while let Some(n) = at {
        all.remove(kept[n].1);
        at = before[n];
    }
    all
}
