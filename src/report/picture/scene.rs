//! What a picture shows, before anything has a place: cards with entries, and links between them. Every
//! format draws the scene that is made of sketches.

use super::sketch::{self, Sketch};
use super::{card, link};
use initium_driver::catalog::{Catalog, Name, View};
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
pub(super) fn of(catalog: &Catalog) -> Scene {
    let views = catalog.views.iter().map(|view| (Shade::Plain, view));
    build(&sketch::sketches(catalog), &views.collect::<Vec<_>>())
}

pub(super) fn build(sketches: &[Sketch], views: &[(Shade, &View)]) -> Scene {
    let mut scene = Scene::default();
    let mut places: BTreeMap<&Name, usize> = BTreeMap::new();
    for (at, sketch) in sketches.iter().enumerate() {
        places.insert(&sketch.table.name, at);
        places.extend(sketch.parts.iter().map(|part| (*part, at)));
        scene.cards.push(card::of_table(sketch));
    }
    for (shade, view) in views {
        scene.cards.push(card::of_view(*shade, view));
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
                scene.cards.push(card::elsewhere(to));
            }
            let link = link::link(sketch, at, sketches.get(parent), parent, key);
            scene.links.push(link);
        }
    }
    scene
}
