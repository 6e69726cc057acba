//! What a picture shows, before anything has a place: cards with entries, and links between them. A
//! sketch is a table of one catalog or of two; every format draws the scene that is made of sketches.

use super::column::{entry, uniques};
use super::text;
use initium_driver::catalog::{
    Attribute, Catalog, Column, ForeignKey, Key, Name, Part, Table, View,
};
use initium_driver::sorted;
use std::collections::BTreeMap;

/// What became of it between two catalogs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shade {
    #[default]
    Plain,
    Added,
    Changed,
    Dropped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    View,
    /// Somebody refers to it, and the catalog does not have it.
    Elsewhere,
}

#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) cards: Vec<Card>,
    pub(super) links: Vec<Link>,
}

#[derive(Debug)]
pub(super) struct Card {
    pub(super) name: String,
    /// What it was called before.
    pub(super) was: Option<String>,
    pub(super) kind: Kind,
    pub(super) shade: Shade,
    pub(super) about: String,
    pub(super) entries: Vec<Entry>,
}

/// A line of a card.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) shade: Shade,
    /// `PK`, `FK`, `UK`
    pub(super) keys: Vec<&'static str>,
    pub(super) name: String,
    /// Empty where it is no column.
    pub(super) data_type: String,
    pub(super) nullable: bool,
    pub(super) about: String,
}

/// A foreign key.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) child: End,
    pub(super) parent: End,
    pub(super) shade: Shade,
    /// How many children a parent has, and how many parents a child.
    pub(super) children: Count,
    pub(super) parents: Count,
    pub(super) columns: String,
    pub(super) about: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) card: usize,
    pub(super) entry: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    One,
    OneOrNone,
    Any,
}

/// A table, whose parts may come from two catalogs.
pub(super) struct Sketch<'a> {
    pub(super) table: &'a Table,
    pub(super) was: Option<&'a Name>,
    pub(super) shade: Shade,
    pub(super) columns: Vec<Seen<'a, Column>>,
    pub(super) keys: Vec<Seen<'a, ForeignKey>>,
    /// What else is to say of it.
    pub(super) notes: Vec<(Shade, String)>,
    /// Its partitions.
    pub(super) parts: Vec<&'a Name>,
}

pub(super) struct Seen<'a, T> {
    pub(super) it: &'a T,
    pub(super) was: Option<&'a T>,
    pub(super) shade: Shade,
}

fn seen<T>(all: &[T]) -> Vec<Seen<'_, T>> {
    let plain = |it| Seen {
        it,
        was: None,
        shade: Shade::Plain,
    };
    all.iter().map(plain).collect()
}

impl<'a> Sketch<'a> {
    pub(super) fn of(table: &'a Table) -> Sketch<'a> {
        Sketch {
            table,
            was: None,
            shade: Shade::Plain,
            columns: seen(&table.columns),
            keys: seen(&table.foreign_keys),
            notes: Vec::new(),
            parts: Vec::new(),
        }
    }
}

/// Without partitions: those are one thing with their table.
pub(super) fn sketches(catalog: &Catalog) -> Vec<Sketch<'_>> {
    let names: BTreeMap<&Name, &Table> = sorted::map(catalog.tables.iter().map(|t| (&t.name, t)));
    let mut parts: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    let mut all = Vec::new();
    for table in &catalog.tables {
        match whole(&names, table) {
            Some(parent) => parts.entry(parent).or_default().push(&table.name),
            None => all.push(Sketch::of(table)),
        }
    }
    for sketch in &mut all {
        if let Some(parts) = parts.remove(&sketch.table.name) {
            sketch.parts = parts;
        }
    }
    all
}

/// The table that this one is a part of, or a part of a part.
fn whole<'a>(names: &BTreeMap<&'a Name, &'a Table>, table: &'a Table) -> Option<&'a Name> {
    let mut found = None;
    let mut at = table;
    // As often as there are tables: a catalog that goes in a circle ends all the same.
    for _ in 0..names.len() {
        let Some(of) = &at.partition_of else { break };
        let Some(parent) = names.get(&of.parent) else {
            break;
        };
        found = Some(&parent.name);
        at = parent;
    }
    found
}

pub(super) fn of(catalog: &Catalog) -> Scene {
    let views = catalog.views.iter().map(|view| (Shade::Plain, view));
    build(&sketches(catalog), &views.collect::<Vec<_>>())
}

pub(super) fn build(sketches: &[Sketch], views: &[(Shade, &View)]) -> Scene {
    let mut scene = Scene::default();
    let mut places: BTreeMap<&Name, usize> = BTreeMap::new();
    for (at, sketch) in sketches.iter().enumerate() {
        places.insert(&sketch.table.name, at);
        places.extend(sketch.parts.iter().map(|part| (*part, at)));
        scene.cards.push(card(sketch));
    }
    for (shade, view) in views {
        scene.cards.push(of_view(*shade, view));
    }
    // A key that is gone may know its table by the name it had.
    for (at, sketch) in sketches.iter().enumerate() {
        if let Some(was) = sketch.was {
            places.entry(was).or_insert(at);
        }
    }
    for (at, sketch) in sketches.iter().enumerate() {
        for key in &sketch.keys {
            let to = &key.it.references;
            let parent = *places.entry(to).or_insert(scene.cards.len());
            if parent == scene.cards.len() {
                scene.cards.push(elsewhere(to));
            }
            let link = link(sketch, at, sketches.get(parent), parent, key);
            scene.links.push(link);
        }
    }
    scene
}

fn card(sketch: &Sketch) -> Card {
    let table = sketch.table;
    let mut entries: Vec<Entry> = sketch.columns.iter().map(|c| entry(sketch, c)).collect();
    let count = text::count(sketch.parts.len(), "partition");
    let parts = (!sketch.parts.is_empty()).then_some((Shade::Plain, count));
    for (shade, note) in parts.iter().chain(&sketch.notes) {
        entries.push(Entry {
            shade: *shade,
            name: note.clone(),
            about: note.clone(),
            ..Entry::default()
        });
    }
    let mut about = vec![table.name.to_string()];
    about.extend(table.comment.clone());
    for key in table.unique.iter().filter(|key| key.parts.len() > 1) {
        about.push(format!("unique ({})", list(&key.parts)));
    }
    for base in &table.inherits {
        about.push(format!("inherits {base}"));
    }
    about.extend(
        table
            .partition_by
            .iter()
            .map(|by| format!("partition by {by}")),
    );
    Card {
        name: table.name.to_string(),
        was: sketch.was.map(Name::to_string),
        kind: Kind::Table,
        shade: sketch.shade,
        about: about.join("; "),
        entries,
    }
}

fn of_view(shade: Shade, view: &View) -> Card {
    let column = |column: &Attribute| Entry {
        name: column.name.clone(),
        about: format!("{} {}", column.name, column.data_type),
        ..Entry::default()
    };
    let what = if view.materialized {
        "materialized view"
    } else {
        "view"
    };
    let comment = view.comment.iter().map(|comment| format!("; {comment}"));
    Card {
        name: view.name.to_string(),
        was: None,
        kind: Kind::View,
        shade,
        about: format!("{what} {}{}", view.name, comment.collect::<String>()),
        entries: view.columns.iter().map(column).collect(),
    }
}

fn elsewhere(name: &Name) -> Card {
    Card {
        name: name.to_string(),
        was: None,
        kind: Kind::Elsewhere,
        shade: Shade::Plain,
        about: format!("{name} stands elsewhere"),
        entries: Vec::new(),
    }
}

fn link(
    sketch: &Sketch,
    child: usize,
    other: Option<&Sketch>,
    parent: usize,
    key: &Seen<ForeignKey>,
) -> Link {
    let it = key.it;
    let find = |sketch: &Sketch, name: Option<&String>| {
        let is_it = |c: &Seen<Column>| Some(&c.it.name) == name;
        sketch.columns.iter().position(is_it)
    };
    let of_key = |key: &Key| key.parts.first().and_then(Part::name).map(str::to_string);
    let to = it.referenced.first().cloned();
    let to = to.or_else(|| other?.table.primary_key.as_ref().and_then(of_key));
    let is_null = |name: &String| sketch.table.column(name).is_some_and(|c| c.nullable);
    let within = |parts: &[Part]| {
        let mut names = parts.iter().map(Part::name);
        names.all(|name| name.is_some_and(|name| it.columns.iter().any(|c| c == name)))
    };
    let primary = sketch.table.primary_key.iter().map(|key| &key.parts[..]);
    let is_single = primary.chain(uniques(sketch.table)).any(within);
    let columns = it.columns.join(", ");
    let mut about = format!(
        "{} ({columns}) refers to {}",
        sketch.table.name, it.references
    );
    if !it.referenced.is_empty() {
        about += &format!(" ({})", it.referenced.join(", "));
    }
    for (when, action) in [("delete", &it.on_delete), ("update", &it.on_update)] {
        if !action.is_ordinary() {
            about += &format!(", on {when} {}", action.words().to_lowercase());
        }
    }
    Link {
        child: End {
            card: child,
            entry: find(sketch, it.columns.first()),
        },
        parent: End {
            card: parent,
            entry: other.and_then(|other| find(other, to.as_ref())),
        },
        shade: key.shade,
        children: if is_single {
            Count::OneOrNone
        } else {
            Count::Any
        },
        parents: if it.columns.iter().any(is_null) {
            Count::OneOrNone
        } else {
            Count::One
        },
        columns,
        about,
    }
}

/// Columns and expressions, as SQL has them.
pub(super) fn list(parts: &[Part]) -> String {
    let word = |part: &Part| match &part.of {
        initium_driver::catalog::Of::Column(name) => name.clone(),
        initium_driver::catalog::Of::Expression(text) => text.clone(),
    };
    parts.iter().map(word).collect::<Vec<_>>().join(", ")
}
