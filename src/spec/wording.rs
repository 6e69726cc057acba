//! Says in words where something stands in a spec and which known word was probably meant. Never
//! decides whether something is wrong.

use super::node::{Kind, Node, Step};
use super::shape::Shape;
use super::text::{Document, shown};

/// "'up' of migration 'create users'"; the whole is `called` "the spec".
pub(super) fn whereabouts(called: &str, root: &Node, path: &[Step]) -> String {
    match path {
        [] => called.into(),
        [Step::Key(key)] => format!("'{key}'"),
        [Step::Key(map), Step::Key(name)] if map == "targets" => format!("target {}", shown(name)),
        [above @ .., Step::Key(list), Step::Item(n)] if one_of(list).is_some() => {
            let one = one_of(list).unwrap_or_default();
            let item = match root.nearest(path).get("name").and_then(Node::text) {
                Some(name) => format!("{one} {}", shown(name)),
                None => format!("{one} {}", n + 1),
            };
            match above {
                [] => item,
                above => format!("{item} of {}", whereabouts(called, root, above)),
            }
        }
        [above @ .., Step::Key(key)] => {
            format!("{} of {}", shown(key), whereabouts(called, root, above))
        }
        [above @ .., Step::Item(n)] => {
            format!("item {} of {}", n + 1, whereabouts(called, root, above))
        }
    }
}

/// What an item is called, of the lists whose items have names.
fn one_of(list: &str) -> Option<&'static str> {
    const LISTS: &[(&str, &str)] = &[
        ("migrations", "migration"),
        ("targets", "target"),
        ("tables", "table"),
        ("columns", "column"),
        ("foreign_keys", "foreign key"),
        ("indexes", "index"),
        ("checks", "check"),
        ("exclusions", "exclusion"),
        ("triggers", "trigger"),
        ("types", "type"),
        ("sequences", "sequence"),
        ("views", "view"),
        ("routines", "routine"),
        ("schemas", "schema"),
        ("extensions", "extension"),
    ];
    let (_, one) = LISTS.iter().find(|(known, _)| *known == list)?;
    Some(one)
}

/// What may stand somewhere: ends the sentence "must be ...".
pub(super) fn wanted(shape: &Shape) -> String {
    match shape {
        Shape::One => "the number 1".into(),
        Shape::Whole { least, most } => format!("a whole number from {least} to {most}"),
        Shape::Signed => "a whole number".into(),
        Shape::Text(_) => "text".into(),
        Shape::Choice(words) => format!("one of {}", words.join(", ")),
        Shape::Truth => "true or false".into(),
        Shape::Null => "null".into(),
        Shape::Scalar => "text, a number or true or false".into(),
        Shape::Cell => "one cell".into(),
        Shape::List { .. } => "a list".into(),
        Shape::Fields(fields) => {
            let keys: Vec<_> = fields.keys.iter().map(|field| field.name).collect();
            match keys.len() {
                0..4 => format!("a map with {}", keys.join(", ")),
                _ => "a map".into(),
            }
        }
        Shape::Named { .. } => "a map".into(),
        Shape::Databases(_) => "a map per database".into(),
        Shape::Any(shapes) => {
            let words: Vec<_> = shapes.iter().map(wanted).collect();
            words.join(" or ")
        }
    }
}

/// "'a', 'b' and 'c'"
pub(super) fn listed(keys: &[&str], last: &str) -> String {
    match keys {
        [before @ .., key] if !before.is_empty() => {
            format!("'{}' {last} '{key}'", before.join("', '"))
        }
        _ => format!("'{}'", keys.concat()),
    }
}

/// What stands there: ends the sentence "but is ...".
pub(super) fn found(doc: &Document, node: &Node, raw: &str) -> String {
    match &node.kind {
        Kind::Null if raw.is_empty() => "empty".into(),
        Kind::Null => "null".into(),
        Kind::Bool(_) => format!("the boolean {raw}"),
        Kind::Number(_) => format!("the number {}", doc.bare(raw)),
        Kind::Text(text) => format!("the text {}", doc.shown(text)),
        Kind::List(_) => "a list".into(),
        Kind::Map(_) => "a map".into(),
    }
}

/// "did you mean 'up'?", or all that is known.
pub(super) fn hint<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match closest(word, known.clone()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => {
            let known: Vec<_> = known.collect();
            format!("known here: {}", known.join(", "))
        }
    }
}

/// The known word that is a few slips of the finger away, or else begins as this word does.
pub(super) fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const BEGUN: usize = 4;
    let word = word.to_lowercase();
    let far = |known: &str| {
        let slips = distance(&word, known);
        let begun = word.len() >= 2 && (word.starts_with(known) || known.starts_with(&word));
        match slips {
            0..BEGUN if slips * 2 <= known.len() => Some(slips),
            _ => begun.then_some(BEGUN),
        }
    };
    known
        .filter_map(|known| Some((far(known)?, known)))
        .min_by_key(|(far, _)| *far)
        .map(|(_, known)| known)
}

/// Edits from one word to the other.
pub fn distance(a: &str, b: &str) -> usize {
    // A pasted page as a key must not cost its square.
    if a.len() > 64 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let edited = corner + usize::from(x != *y);
            corner = *cell;
            left = edited.min(left + 1).min(corner + 1);
            *cell = left;
        }
        row[0] = i + 1;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        assert_eq!(distance("up", "up"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn the_nearest_known_word_is_offered_and_no_far_one() {
        let known = [
            "name",
            "up",
            "down",
            "target",
            "url",
            "url_env",
            "transaction",
        ];
        let near = |word| closest(word, known.into_iter());
        assert_eq!(near("updates"), Some("up"));
        assert_eq!(near("donw"), Some("down"));
        assert_eq!(near("Target"), Some("target"));
        assert_eq!(near("url_evn"), Some("url_env"));
        assert_eq!(near("colour"), None);
    }
}
