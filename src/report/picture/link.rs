//! A foreign key as a link: from which line to which, and how many there are at each end.

use super::card::uniques;
use super::scene::{Count, End, Link};
use super::sketch::{Seen, Sketch};
use initium_driver::catalog::{Column, ForeignKey, Key, Part};

pub(super) fn link(
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
