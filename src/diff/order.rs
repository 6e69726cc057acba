//! The order of changes: what is used before what uses it, what uses it gone before it goes.
//!
//! First what holds others fast goes (triggers, views, foreign keys), then tables that go; then what
//! tables are made of, the tables themselves and their parts, foreign keys between them, and last
//! the code that uses them.

use super::mention::{calls, words};
use initium_driver::catalog::Table;
use initium_driver::change::{Change, Edit};
use initium_driver::ddl::Habits;
use initium_driver::sorted;
use initium_driver::{Catalog, Name};
use std::collections::{BTreeMap, BTreeSet};

/// Where a change stands: the phase, the object within it, the part of the object.
type Place = (u8, usize, u8, usize);

pub fn ordered(changes: Vec<Change>, from: &Catalog, to: &Catalog, habits: Habits) -> Vec<Change> {
    let places = Places::new(&changes, from, to, habits);
    let mut all: Vec<_> = changes
        .into_iter()
        .map(|change| (places.of(&change), change))
        .collect();
    sorted::by_key(&mut all, |(place, _)| *place);
    all.into_iter().map(|(_, change)| change).collect()
}

struct Places<'a> {
    habits: Habits,
    /// The place of each table in an order in which they could be made.
    old: BTreeMap<&'a Name, usize>,
    new: BTreeMap<&'a Name, usize>,
    /// The same of the views and routines.
    old_code: BTreeMap<&'a Name, usize>,
    new_code: BTreeMap<&'a Name, usize>,
    types: BTreeMap<&'a Name, usize>,
    tables: BTreeMap<&'a Name, &'a Table>,
    /// What the texts of tables call.
    used: BTreeSet<String>,
}

impl<'a> Places<'a> {
    fn new(changes: &[Change], from: &'a Catalog, to: &'a Catalog, habits: Habits) -> Places<'a> {
        let has_code = changes
            .iter()
            .any(|change| matches!(change, Change::View(_) | Change::Routine(_)));
        let code = |catalog| match has_code {
            true => code(catalog),
            false => BTreeMap::new(),
        };
        let used = match changes.iter().any(|c| matches!(c, Change::Routine(_))) {
            true => used(to),
            false => BTreeSet::new(),
        };
        Places {
            habits,
            old: tables(&from.tables),
            new: tables(&to.tables),
            old_code: code(from),
            new_code: code(to),
            types: types(to),
            tables: sorted::map(to.tables.iter().map(|table| (&table.name, table))),
            used,
        }
    }

    fn of(&self, change: &Change) -> Place {
        let at = |places: &BTreeMap<&Name, usize>, name: &Name| {
            places.get(name).copied().unwrap_or(usize::MAX / 2)
        };
        // The last made goes first.
        let back = |places: &BTreeMap<&Name, usize>, name: &Name| usize::MAX - at(places, name);
        match change {
            Change::Trigger(of) if of.edit.to().is_none() => (0, 0, 0, 0),
            Change::View(Edit::Drop(view)) => (1, back(&self.old_code, &view.name), 0, 0),
            Change::ForeignKey(of) if self.habits.keys_after && of.edit.to().is_none() => {
                (2, 0, 0, 0)
            }
            Change::Table(Edit::Drop(table)) => (3, back(&self.old, &table.name), 0, 0),
            Change::Schema(Edit::Drop(_)) => (20, 0, 0, 0),
            Change::Schema(_) => (4, 0, 0, 0),
            Change::Extension(Edit::Drop(_)) => (19, 0, 0, 0),
            Change::Extension(_) => (4, 1, 0, 0),
            Change::Type(Edit::Drop(it)) => (18, back(&self.types, &it.name), 0, 0),
            Change::Type(edit) => {
                let name = edit.to().map(|it| at(&self.types, &it.name));
                (5, name.unwrap_or(0), 0, 0)
            }
            Change::Sequence(Edit::Drop(_)) => (17, 0, 0, 0),
            Change::Sequence(_) => (6, 0, 0, 0),
            Change::Routine(Edit::Drop(it)) => (16, back(&self.old_code, &it.name), 0, 0),
            Change::Routine(edit) => match edit.to() {
                Some(it) if self.used.contains(&it.name.name) => (7, 0, 0, 0),
                it => (12, it.map_or(0, |it| at(&self.new_code, &it.name)), 0, 0),
            },
            Change::Table(Edit::Alter { from, to }) if from.name != to.name => (8, 0, 0, 0),
            Change::Table(Edit::Add(table)) => (9, at(&self.new, &table.name), 0, 0),
            Change::ForeignKey(_) if self.habits.keys_after => (11, 0, 0, 0),
            Change::View(edit) => (
                12,
                edit.to().map_or(0, |it| at(&self.new_code, &it.name)),
                0,
                0,
            ),
            Change::Trigger(_) => (14, 0, 0, 0),
            part => match part.table() {
                Some(table) if self.tables.contains_key(table) => {
                    let (kind, n) = self.within(table, part);
                    (10, at(&self.new, table), kind, n)
                }
                _ => (13, 0, 0, 0),
            },
        }
    }

    /// The order within a table.
    fn within(&self, table: &Name, change: &Change) -> (u8, usize) {
        let gone = match change {
            Change::Check(of) => of.edit.to().is_none(),
            Change::Exclusion(of) => of.edit.to().is_none(),
            Change::Index(of) => of.edit.to().is_none(),
            Change::Unique(of) | Change::PrimaryKey(of) => of.edit.to().is_none(),
            Change::ForeignKey(of) => of.edit.to().is_none(),
            _ => false,
        };
        match change {
            Change::Table(_) => (0, 0),
            Change::ForeignKey(_) if gone => (1, 0),
            Change::Check(_) | Change::Exclusion(_) if gone => (2, 0),
            Change::Index(_) | Change::Unique(_) if gone => (3, 0),
            Change::PrimaryKey(_) if gone => (4, 0),
            Change::Column(of) => self.column(table, &of.edit),
            Change::PrimaryKey(_) => (9, 0),
            Change::Unique(_) => (10, 0),
            Change::Index(_) => (11, 0),
            Change::Check(_) | Change::Exclusion(_) => (12, 0),
            _ => (13, 0),
        }
    }

    fn column(&self, table: &Name, edit: &Edit<Box<initium_driver::Column>>) -> (u8, usize) {
        let computed = |column: &initium_driver::Column| usize::from(column.generated.is_none());
        match edit {
            // What is computed from others goes first, and comes last.
            Edit::Drop(column) => (5, computed(column)),
            Edit::Alter { from, to } if from.name != to.name => (6, self.spot(table, &to.name)),
            Edit::Alter { to, .. } | Edit::Add(to) if self.habits.column_order => {
                (7, self.spot(table, &to.name))
            }
            Edit::Alter { to, .. } => (7, self.spot(table, &to.name)),
            Edit::Add(to) => (8, self.spot(table, &to.name)),
        }
    }

    fn spot(&self, table: &Name, column: &str) -> usize {
        let columns = self.tables.get(table).map(|table| &table.columns);
        columns
            .and_then(|all| all.iter().position(|one| one.name == column))
            .unwrap_or(usize::MAX)
    }
}

/// What a table needs to be there before it.
fn needs(table: &Table) -> impl Iterator<Item = &Name> {
    let keys = table.foreign_keys.iter().map(|key| &key.references);
    let above = table.partition_of.iter().map(|place| &place.parent);
    above.chain(&table.inherits).chain(keys)
}

fn tables(tables: &[Table]) -> BTreeMap<&Name, usize> {
    let all: Vec<_> = tables.iter().collect();
    places(&all)
}

fn places<'a>(tables: &[&'a Table]) -> BTreeMap<&'a Name, usize> {
    let number: BTreeMap<&Name, usize> = sorted::map(tables.iter().map(|it| &it.name).zip(0..));
    let edges: Vec<Vec<usize>> = tables
        .iter()
        .map(|table| {
            needs(table)
                .filter_map(|name| number.get(name).copied())
                .collect()
        })
        .collect();
    let mut all = BTreeMap::new();
    for (place, n) in sorted(&edges).into_iter().enumerate() {
        all.insert(&tables[n].name, place);
    }
    all
}

/// The foreign keys that lead to a table which is made later: by the table, their places in it.
pub fn broken(tables: &[&Table]) -> BTreeMap<Name, Vec<usize>> {
    let places = places(tables);
    let mut all: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
    for table in tables {
        for (n, key) in table.foreign_keys.iter().enumerate() {
            if places.get(&key.references) > places.get(&table.name)
                && places.contains_key(&key.references)
            {
                all.entry(table.name.clone()).or_default().push(n);
            }
        }
    }
    all
}

/// Numbers so that each stands behind what it needs, as far as there is no circle; otherwise as they
/// were. Without recursion: a chain may be long.
fn sorted(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(needs.len());
    let mut seen = vec![false; needs.len()];
    for start in 0..needs.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut path = vec![(start, 0)];
        while let Some((n, next)) = path.last_mut() {
            match needs[*n].get(*next) {
                Some(need) => {
                    *next += 1;
                    if !seen[*need] {
                        seen[*need] = true;
                        path.push((*need, 0));
                    }
                }
                None => {
                    order.push(*n);
                    path.pop();
                }
            }
        }
    }
    order
}

/// Views and routines: each behind those that its text names.
fn code(catalog: &Catalog) -> BTreeMap<&Name, usize> {
    let views = catalog.views.iter().map(|it| (&it.name, &it.definition));
    let routines = catalog.routines.iter().map(|it| (&it.name, &it.definition));
    let all: Vec<_> = routines.chain(views).collect();
    let mut number: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, (name, _)) in all.iter().enumerate() {
        number.entry(&name.name).or_default().push(n);
    }
    let edges: Vec<Vec<usize>> = all
        .iter()
        .enumerate()
        .map(|(n, (_, text))| {
            let words = words(text);
            let named = words.iter().filter_map(|word| number.get(word.as_str()));
            named
                .flatten()
                .copied()
                .filter(|other| *other != n)
                .collect()
        })
        .collect();
    let mut places = BTreeMap::new();
    for (place, n) in sorted(&edges).into_iter().enumerate() {
        places.insert(all[n].0, place);
    }
    places
}

fn types(catalog: &Catalog) -> BTreeMap<&Name, usize> {
    use initium_driver::catalog::Body;
    let number: BTreeMap<&str, usize> = sorted::map(
        catalog
            .types
            .iter()
            .map(|it| it.name.name.as_str())
            .zip(0..),
    );
    let edges: Vec<Vec<usize>> = catalog
        .types
        .iter()
        .map(|it| {
            let texts: Vec<&str> = match &it.body {
                Body::Enum(_) => Vec::new(),
                Body::Domain { data_type, .. } => vec![data_type],
                Body::Composite(all) => all.iter().map(|one| one.data_type.as_str()).collect(),
                Body::Other(text) => vec![text],
            };
            let named = texts.into_iter().flat_map(words);
            named
                .filter_map(|word| number.get(word.as_str()).copied())
                .collect()
        })
        .collect();
    let mut places = BTreeMap::new();
    for (place, n) in sorted(&edges).into_iter().enumerate() {
        places.insert(&catalog.types[n].name, place);
    }
    places
}

/// What is called in everything in tables and triggers that a routine can be called in.
fn used(catalog: &Catalog) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for table in &catalog.tables {
        let columns = table.columns.iter().flat_map(|column| {
            let computed = column.generated.as_ref().map(|it| &it.expression);
            column.default.iter().chain(computed)
        });
        let checks = table.checks.iter().map(|check| &check.expression);
        let parts = table.indexes.iter().flat_map(|index| {
            let parts = index.parts.iter().filter_map(|part| match &part.of {
                initium_driver::catalog::Of::Expression(text) => Some(text),
                initium_driver::catalog::Of::Column(_) => None,
            });
            parts.chain(&index.predicate)
        });
        let exclusions = table.exclusions.iter().map(|it| &it.definition);
        let texts = columns.chain(checks).chain(parts).chain(exclusions);
        for text in texts.chain(&table.partition_by) {
            all.extend(calls(text));
        }
    }
    let of_tables = catalog.tables.iter().flat_map(|table| &table.triggers);
    let of_views = catalog.views.iter().flat_map(|view| &view.triggers);
    for trigger in of_tables.chain(of_views) {
        all.extend(calls(&trigger.definition));
    }
    all
}
