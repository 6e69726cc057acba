//! A diff as a scene: what is there afterwards, and what is gone among it, each with what became of
//! it. It compares nothing: the changes say it.

use super::scene::{self, Card, End, Entry, Scene, Seen, Shade, Sketch};
use super::{Picture, text};
use initium_driver::catalog::{Action, Catalog, Column, ForeignKey, Name, Table, View};
use initium_driver::change::{Change, Edit};

/// More cards than that, and those that have nothing to do with a change are left out.
const ALL: usize = 30;

/// With how many tables it leaves out.
pub(super) fn scene(picture: &Picture) -> (Scene, usize) {
    let mut sketches = scene::sketches(picture.to);
    let mut views: Vec<(Shade, &View)> = Vec::new();
    views.extend(picture.to.views.iter().map(|view| (Shade::Plain, view)));
    for row in &picture.rows {
        match row.change {
            Change::Table(edit) => of_table(&mut sketches, edit),
            Change::View(edit) => of_view(&mut views, edit),
            Change::Column(of) => {
                if let Some(sketch) = find(&mut sketches, &of.table) {
                    of_column(sketch, picture.from, &of.edit);
                }
            }
            Change::ForeignKey(of) => {
                if let Some(sketch) = find(&mut sketches, &of.table) {
                    of_key(sketch, &of.edit);
                }
            }
            change => {
                let (Some(table), Some(note)) = (change.table(), note(change)) else {
                    continue;
                };
                let view = views.iter_mut().find(|(_, view)| view.name == *table);
                if let Some(sketch) = find(&mut sketches, table) {
                    touch(sketch);
                    sketch.notes.push(note);
                } else if let Some((shade @ Shade::Plain, _)) = view {
                    *shade = Shade::Changed;
                }
            }
        }
    }
    focus(scene::build(&sketches, &views))
}

/// A partition's changes are those of its table.
fn find<'s, 'a>(sketches: &'s mut [Sketch<'a>], name: &Name) -> Option<&'s mut Sketch<'a>> {
    let is_it = |s: &Sketch| s.table.name == *name || s.parts.contains(&name);
    sketches.iter_mut().find(|sketch| is_it(sketch))
}

/// Something in it changes, whatever it is.
fn touch(sketch: &mut Sketch) {
    if sketch.shade == Shade::Plain {
        sketch.shade = Shade::Changed;
    }
}

pub(super) fn shade_of(change: &Change) -> Shade {
    match change {
        Change::Schema(edit) => shade(edit),
        Change::Extension(edit) => shade(edit),
        Change::Type(edit) => shade(edit),
        Change::Sequence(edit) => shade(edit),
        Change::Table(edit) => shade(edit),
        Change::Column(of) => shade(&of.edit),
        Change::PrimaryKey(of) | Change::Unique(of) => shade(&of.edit),
        Change::ForeignKey(of) => shade(&of.edit),
        Change::Check(of) => shade(&of.edit),
        Change::Exclusion(of) => shade(&of.edit),
        Change::Index(of) => shade(&of.edit),
        Change::Trigger(of) => shade(&of.edit),
        Change::View(edit) => shade(edit),
        Change::Routine(edit) => shade(edit),
    }
}

fn shade<T>(edit: &Edit<T>) -> Shade {
    match edit {
        Edit::Add(_) => Shade::Added,
        Edit::Drop(_) => Shade::Dropped,
        Edit::Alter { .. } => Shade::Changed,
    }
}

fn of_table<'a>(sketches: &mut Vec<Sketch<'a>>, edit: &'a Edit<Box<Table>>) {
    let Some(table) = edit.to().or(edit.from()) else {
        return;
    };
    let shade = shade(edit);
    let part = table.partition_of.as_ref();
    if let Some(sketch) = part.and_then(|of| find(sketches, &of.parent)) {
        touch(sketch);
        let note = format!("partition {}", table.name);
        sketch.notes.push((shade, note));
        return;
    }
    match find(sketches, &table.name) {
        Some(sketch) => {
            let was = edit.from().map(|from| &from.name);
            sketch.was = was.filter(|was| **was != table.name).or(sketch.was);
            sketch.shade = match (sketch.shade, shade) {
                // Dropped and made again, in whichever order.
                (_, Shade::Dropped) => Shade::Changed,
                (Shade::Plain, shade) => shade,
                _ => Shade::Changed,
            };
        }
        None => {
            let mut sketch = Sketch::of(table);
            sketch.shade = shade;
            for key in &mut sketch.keys {
                key.shade = shade;
            }
            sketches.push(sketch);
        }
    }
    // Its keys come and go with it.
    if let (Edit::Add(_), Some(sketch)) = (edit, find(sketches, &table.name)) {
        for key in &mut sketch.keys {
            key.shade = Shade::Added;
        }
    }
}

fn of_view<'a>(views: &mut Vec<(Shade, &'a View)>, edit: &'a Edit<Box<View>>) {
    let Some(view) = edit.to().or(edit.from()) else {
        return;
    };
    match views.iter_mut().find(|(_, it)| it.name == view.name) {
        Some((at, _)) if *at != Shade::Plain || matches!(edit, Edit::Drop(_)) => {
            *at = Shade::Changed;
        }
        Some((at, _)) => *at = shade(edit),
        None => views.push((shade(edit), view)),
    }
}

fn of_column<'a>(sketch: &mut Sketch<'a>, from: &'a Catalog, edit: &'a Edit<Box<Column>>) {
    touch(sketch);
    if let Some(to) = edit.to() {
        let is_it = |c: &&mut Seen<Column>| c.it.name == to.name && c.shade == Shade::Plain;
        if let Some(column) = sketch.columns.iter_mut().find(is_it) {
            column.shade = shade(edit);
            column.was = edit.from().map(|from| &**from);
        }
        return;
    }
    let Some(gone) = edit.from() else { return };
    let seen = Seen {
        it: &**gone,
        was: None,
        shade: Shade::Dropped,
    };
    let at = place_of(sketch, from, &gone.name);
    sketch.columns.insert(at, seen);
}

/// Behind the nearest of those before it that is still there.
fn place_of(sketch: &Sketch, from: &Catalog, name: &str) -> usize {
    let before = sketch.was.unwrap_or(&sketch.table.name);
    let Some(table) = from.tables.iter().find(|table| table.name == *before) else {
        return sketch.columns.len();
    };
    let columns = table
        .columns
        .iter()
        .take_while(|column| column.name != name);
    let mut at = 0;
    for column in columns {
        let called = |c: &Seen<Column>| c.was.unwrap_or(c.it).name == column.name;
        if let Some(place) = sketch.columns.iter().position(called) {
            at = at.max(place + 1);
        }
    }
    at
}

fn of_key<'a>(sketch: &mut Sketch<'a>, edit: &'a Edit<ForeignKey>) {
    touch(sketch);
    let shade = shade(edit);
    let Some(key) = edit.to().or(edit.from()) else {
        return;
    };
    let columns = key.columns.join(", ");
    let word = |action: &Action| action.words().to_lowercase();
    let words = match edit {
        // Else it would look as if nothing of it had changed.
        Edit::Alter { from, to } if from.on_delete != to.on_delete => format!(
            "foreign key ({columns}): on delete {} → {}",
            word(&from.on_delete),
            word(&to.on_delete)
        ),
        _ => format!("foreign key ({columns}) → {}", key.references),
    };
    sketch.notes.push((shade, words));
    let is_it = |seen: &&mut Seen<ForeignKey>| Some(seen.it) == edit.to();
    match sketch.keys.iter_mut().find(is_it) {
        Some(seen) => seen.shade = shade,
        None if shade == Shade::Dropped => sketch.keys.push(Seen {
            it: key,
            was: None,
            shade,
        }),
        None => {}
    }
}

/// What else belongs to a table.
fn note(change: &Change) -> Option<(Shade, String)> {
    fn of<T>(edit: &Edit<T>, words: impl Fn(&T) -> String) -> Option<String> {
        edit.to().or(edit.from()).map(words)
    }
    let words = match change {
        Change::PrimaryKey(it) => of(&it.edit, |key| {
            format!("primary key ({})", scene::list(&key.parts))
        }),
        Change::Unique(it) => of(&it.edit, |key| {
            format!("unique ({})", scene::list(&key.parts))
        }),
        Change::Check(it) => of(&it.edit, |check| format!("check {}", check.expression)),
        Change::Exclusion(it) => of(&it.edit, |it| format!("exclude {}", it.definition)),
        Change::Index(it) => of(&it.edit, |index| {
            let unique = if index.unique { "unique " } else { "" };
            format!("{unique}index ({})", scene::list(&index.parts))
        }),
        Change::Trigger(it) => of(&it.edit, |trigger| format!("trigger {}", trigger.name)),
        _ => None,
    }?;
    Some((shade_of(change), words))
}

/// Where there are many, only what changes and what it is linked with, and of the latter the keys.
fn focus(scene: Scene) -> (Scene, usize) {
    let count = scene.cards.len();
    if count <= ALL {
        return (scene, 0);
    }
    let changes = |at: usize| scene.cards[at].shade != Shade::Plain;
    let mut stays: Vec<bool> = (0..count).map(changes).collect();
    for link in &scene.links {
        let (a, b) = (link.child.card, link.parent.card);
        if changes(a) || changes(b) {
            (stays[a], stays[b]) = (true, true);
        }
    }
    let mut places = vec![None; count];
    let mut cards = Vec::new();
    let mut lines = Vec::new();
    for (at, card) in scene.cards.into_iter().enumerate() {
        let kept = if stays[at] {
            places[at] = Some(cards.len());
            let (card, kept) = short(card);
            cards.push(card);
            kept
        } else {
            Vec::new()
        };
        lines.push(kept);
    }
    let end = |end: End| -> Option<End> {
        let card = places[end.card]?;
        let entry = end.entry.and_then(|entry| lines[end.card][entry]);
        Some(End { card, entry })
    };
    let links = scene.links.into_iter().filter_map(|mut link| {
        (link.child, link.parent) = (end(link.child)?, end(link.parent)?);
        Some(link)
    });
    let links = links.collect();
    let left = count - cards.len();
    (Scene { cards, links }, left)
}

/// Of a card without a change only the keys, and where each line is then.
fn short(mut card: Card) -> (Card, Vec<Option<usize>>) {
    let is_plain = card.shade == Shade::Plain;
    let before = card.entries.len();
    let mut lines = Vec::new();
    let mut kept = Vec::new();
    for entry in card.entries {
        let stays = !is_plain || entry.keys.contains(&"PK") || entry.keys.contains(&"FK");
        lines.push(stays.then_some(kept.len()));
        if stays {
            kept.push(entry);
        }
    }
    if kept.len() < before {
        let more = format!("… {} more", text::number((before - kept.len()) as u64));
        kept.push(Entry {
            about: more.clone(),
            name: more,
            ..Entry::default()
        });
    }
    card.entries = kept;
    (card, lines)
}
