//! What is known of all changes when one of them is written: which belong to one table, what the two
//! catalogs hold, what still names what.

use crate::names;
use crate::read::telling;
use initium_driver::catalog::{Catalog, Name, Table, Trigger};
use initium_driver::change::{Change, Changes, Edit};
use initium_driver::sorted;
use initium_driver::{Code, Error, Result};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

pub struct Scene<'a> {
    changes: &'a Changes<'a>,
    groups: BTreeMap<&'a Name, Group<'a>>,
    /// The words of all views and triggers that stay.
    words: OnceCell<BTreeSet<String>>,
}

/// The changes of one table and its parts, but for its triggers, and both ends of it.
pub struct Group<'a> {
    /// As it is called when all is done.
    pub table: &'a Name,
    pub places: Vec<usize>,
    pub from: Option<&'a Table>,
    to: Option<&'a Table>,
}

impl<'a> Group<'a> {
    pub fn to(&self) -> Result<&'a Table> {
        self.to.ok_or_else(|| {
            Error::new(
                Code::NotSupported,
                format!(
                    "table {} has to be built anew, and nobody says how it is to be",
                    self.table
                ),
            )
            .help("give the whole table, or write the change in SQL")
        })
    }

    pub fn goal(&self) -> Option<&'a Table> {
        self.to
    }
}

fn find<'a>(catalog: &'a Catalog, name: &Name) -> Option<&'a Table> {
    let found = catalog
        .tables
        .binary_search_by(|table| table.name.cmp(name));
    match found {
        Ok(n) => catalog.tables.get(n),
        // Somebody's own list may be in another order.
        Err(_) => catalog.tables.iter().find(|table| table.name == *name),
    }
}

impl<'a> Scene<'a> {
    pub fn new(changes: &'a Changes<'a>) -> Scene<'a> {
        Scene::with(changes, &|_| true)
    }

    /// With the changes of one table alone, for who asks about one change.
    pub fn about(changes: &'a Changes<'a>, name: &Name) -> Scene<'a> {
        Scene::with(changes, &|table| table == name)
    }

    fn with(changes: &'a Changes<'a>, wanted: &dyn Fn(&Name) -> bool) -> Scene<'a> {
        let mut groups: BTreeMap<&Name, Group> = BTreeMap::new();
        let renamed: BTreeMap<_, _> = sorted::map(
            changes
                .list
                .iter()
                .filter_map(Change::renamed)
                .map(|(old, new)| (new, old)),
        );
        for (n, change) in changes.list.iter().enumerate() {
            if matches!(
                change,
                Change::Trigger(_) | Change::Table(Edit::Add(_) | Edit::Drop(_))
            ) {
                continue;
            }
            let Some(table) = change.table().filter(|table| wanted(table)) else {
                continue;
            };
            let group = groups.entry(table).or_insert_with(|| Group {
                table,
                places: Vec::new(),
                from: find(changes.from, renamed.get(table).copied().unwrap_or(table)),
                to: find(changes.to, table),
            });
            group.places.push(n);
        }
        Scene {
            changes,
            groups,
            words: OnceCell::new(),
        }
    }

    pub fn list(&self) -> &'a [Change] {
        self.changes.list
    }

    /// The group that begins at this change.
    pub fn group(&self, place: usize) -> Option<&Group<'a>> {
        let group = self.of(&self.list()[place])?;
        (group.places.first() == Some(&place)).then_some(group)
    }

    /// The group of a change.
    pub fn of(&self, change: &Change) -> Option<&Group<'a>> {
        self.groups.get(change.table()?)
    }

    pub fn changes_of<'b>(
        &'b self,
        group: &'b Group<'a>,
    ) -> impl Iterator<Item = (usize, &'a Change)> + 'b {
        group.places.iter().map(|n| (*n, &self.list()[*n]))
    }

    /// Whether a table that still stands refers to this one, which goes at this place.
    pub fn is_referred_to(&self, place: usize, name: &Name) -> bool {
        let gone = |table: &Table| {
            let before = self.list()[..place].iter();
            let mut dropped = before.filter_map(|change| match change {
                Change::Table(Edit::Drop(it)) => Some(&it.name),
                _ => None,
            });
            dropped.any(|it| *it == table.name)
        };
        self.changes.from.tables.iter().any(|table| {
            table.name != *name
                && table.foreign_keys.iter().any(|key| key.references == *name)
                && !gone(table)
        })
    }

    /// Whether the table of these changes refers to another one or itself, or is referred to.
    pub fn has_references(&self, group: &Group) -> bool {
        let own = [group.from, group.to].into_iter().flatten();
        let catalogs = [self.changes.from, self.changes.to].into_iter();
        let all = catalogs.flat_map(|catalog| &catalog.tables);
        let mut keys = all.flat_map(|table| &table.foreign_keys);
        let names: Vec<_> = own.clone().map(|table| &table.name).collect();
        own.flat_map(|table| &table.foreign_keys).next().is_some()
            || keys.any(|key| names.contains(&&key.references))
    }

    /// Whether a view of this name goes, and its triggers with it.
    pub fn goes_with_its_view(&self, name: &Name) -> bool {
        self.list().iter().any(|change| match change {
            Change::View(edit) => edit.from().is_some_and(|view| view.name == *name),
            _ => false,
        })
    }

    /// Whether a change of its own brings this trigger.
    pub fn comes(&self, holder: &Name, trigger: &Trigger) -> bool {
        self.list().iter().any(|change| match change {
            Change::Trigger(of) => {
                of.table == *holder && of.edit.to().is_some_and(|it| it.name == trigger.name)
            }
            _ => false,
        })
    }

    /// Whether a view or trigger that stays has this word in it.
    pub fn is_named_in_code(&self, word: &str) -> bool {
        self.words
            .get_or_init(|| self.code())
            .contains(&word.to_ascii_lowercase())
    }

    fn code(&self) -> BTreeSet<String> {
        let (mut views, mut triggers) = (BTreeSet::new(), BTreeSet::new());
        for change in self.list() {
            match change {
                Change::View(edit) => views.extend(edit.from().map(|view| &view.name)),
                Change::Trigger(of) => triggers.extend(of.edit.from().map(|it| &it.name)),
                _ => {}
            }
        }
        let mut all = BTreeSet::new();
        let mut take = |text: &str| {
            let tokens = telling(text).unwrap_or_default();
            let words = tokens
                .into_iter()
                .map(|token| names::bare(&text[token.range]));
            all.extend(words.map(|word| word.to_ascii_lowercase()));
        };
        let from = self.changes.from;
        let stay = from.views.iter().filter(|view| !views.contains(&view.name));
        let own = from.tables.iter().flat_map(|table| &table.triggers);
        let stay_triggers = own.filter(|it| !triggers.contains(&it.name));
        stay_triggers.for_each(|it| take(&it.definition));
        for view in stay {
            take(&view.definition);
            view.triggers.iter().for_each(|it| take(&it.definition));
        }
        all
    }

    /// Whether a virtual table reads from this one, by the ids of its rows.
    pub fn feeds_virtual(&self, name: &str) -> bool {
        let texts = self
            .changes
            .to
            .tables
            .iter()
            .filter_map(super::create::module);
        texts.into_iter().any(|text| names_word(text, name))
    }

    /// A name for a table that stands aside for a moment.
    pub fn aside(&self, name: &str) -> String {
        let is_taken = |wanted: &str| {
            [self.changes.from, self.changes.to].iter().any(|catalog| {
                let indexes = catalog.tables.iter().flat_map(|table| &table.indexes);
                let tables = catalog.tables.iter().map(|table| &table.name.name);
                let views = catalog.views.iter().map(|view| &view.name.name);
                let mut all = tables.chain(views).chain(indexes.map(|index| &index.name));
                all.any(|taken| names::same(taken, wanted))
            })
        };
        let mut wanted = format!("initium_old_{name}");
        while is_taken(&wanted) {
            wanted.push('_');
        }
        wanted
    }
}

/// Whether a text of SQL has this word in it, in quotes or not.
pub fn names_word(text: &str, word: &str) -> bool {
    let tokens = telling(text).unwrap_or_default();
    let mut words = tokens
        .into_iter()
        .map(|token| names::bare(&text[token.range]));
    words.any(|one| names::same(&one, word))
}
