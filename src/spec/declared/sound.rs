//! What no database could hold: two of one name, a key over a column that is not there. Told with the
//! places of both. What only a server knows is left to it.

use super::super::node::Node;
use super::super::text::shown;
use super::super::wording::hint;
use super::reader::Reader;
use initium_driver::Place;
use initium_driver::catalog::{Name, Part, Table};
use std::collections::{BTreeMap, HashMap};

/// What was declared so far, in all files.
#[derive(Default)]
pub(super) struct Known(BTreeMap<(String, Name), (String, Place)>);

impl Known {
    /// Tables and views share their names.
    pub fn meet(&mut self, reader: &mut Reader, kind: &str, name: &Name, node: &Node) {
        let shelf = if kind == "view" { "table" } else { kind };
        let here = (kind.to_string(), reader.doc.place(node.at));
        let Some((first, place)) = self.0.insert((shelf.into(), name.clone()), here) else {
            return;
        };
        let (what, also) = match first == kind {
            true => (kind, String::new()),
            false => (kind, format!("as a {first} ")),
        };
        let message = format!(
            "the {what} {} is declared here and {also}at {}:{}:{}",
            shown(&name.to_string()),
            place.file,
            place.line,
            place.column
        );
        let help = "keep one of them; where they are for different databases, say so with `only:`";
        reader.refuse_with(node.at, message, help.into());
    }
}

/// Each column once, and no part of the table over a column that it does not have.
pub(super) fn columns(reader: &mut Reader, node: &Node, columns: &[&Node], table: &Table) {
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (column, said) in table.columns.iter().zip(columns) {
        let Some(first) = known.insert(&column.name, said.at) else {
            continue;
        };
        let line = reader.doc.place(first).line;
        let name = shown(&column.name);
        reader.refuse_with(
            said.at,
            format!("the column {name} stands here and in line {line}"),
            "a table has one column of a name: give one of them another, or take it out".into(),
        );
    }
    // Some of its columns may be another table's.
    if !table.inherits.is_empty() || table.partition_of.is_some() {
        return;
    }
    let at = |key: &str| node.get(key).map_or(node.at, |value| value.at);
    let plain = |parts: &[Part]| -> Vec<String> {
        parts
            .iter()
            // The period of a table has a name and is no column.
            .filter(|part| part.class.as_deref() != Some("WITHOUT OVERLAPS"))
            .filter_map(Part::name)
            .map(String::from)
            .collect()
    };
    let mut used: Vec<(&str, usize, Vec<String>)> = Vec::new();
    if let Some(key) = &table.primary_key {
        used.push(("the primary key", at("primary_key"), plain(&key.parts)));
    }
    for (n, key) in table.unique.iter().enumerate() {
        used.push((
            "a unique constraint",
            item(reader, node, "unique", n),
            plain(&key.parts),
        ));
    }
    for (n, key) in table.foreign_keys.iter().enumerate() {
        used.push((
            "a foreign key",
            item(reader, node, "foreign_keys", n),
            key.columns.clone(),
        ));
    }
    for (n, index) in table.indexes.iter().enumerate() {
        let mut all = plain(&index.parts);
        all.extend(index.include.iter().cloned());
        used.push(("an index", item(reader, node, "indexes", n), all));
    }
    for (what, at, names) in used {
        for name in names {
            // How a server folds the case of names is its own affair.
            let is = |column: &&str| column.eq_ignore_ascii_case(&name);
            if !known.keys().any(is) {
                let message = format!(
                    "{what} of table {} names {}, which is no column of it",
                    shown(&table.name.to_string()),
                    shown(&name)
                );
                let columns = table.columns.iter().map(|column| column.name.as_str());
                reader.refuse_with(at, message, hint(&name, columns));
            }
        }
    }
}

/// Where the n-th of a list stands; what stands on a column has no place there.
fn item(reader: &Reader, node: &Node, key: &str, n: usize) -> usize {
    let items = reader.items(node, key);
    items.get(n).map_or(node.at, |item| item.at)
}
