//! Which kind of database a part of a migration is written for, where its key says so: `sql` or a step
//! of Redis. Judges it where the spec says which database it meets; where only the URL says that, the
//! plan judges. Reads no text.

use super::build::Said;
use super::node::{Kind, Node};
use super::script::one_of;
use super::shape::{REDIS_CHECKS, REDIS_CONDITIONS, REDIS_STEPS};
use super::text::{Document, shown};
use initium_driver::{Code, Error};

const REDIS: &str = "redis";

/// A part that not every database understands.
pub(super) struct Part {
    /// `sql`, `rename`
    key: String,
    /// In which list of the migration: `up`.
    list: &'static str,
    /// The key of the map per database under which it stands.
    under: Option<String>,
}

impl Part {
    fn is_for(&self, database: &str) -> bool {
        (self.key == "sql") != (database == REDIS)
    }
}

/// All such parts of a migration.
pub(super) fn parts<'d>(doc: &'d Document, node: &Node) -> Vec<Said<'d, Part>> {
    const STEPS: &[&[&str]] = &[&["sql"], REDIS_STEPS];
    let lists = [
        ("up", STEPS),
        ("down", STEPS),
        ("cleanup", STEPS),
        ("verify", &[REDIS_CHECKS]),
    ];
    let mut parts = Vec::new();
    let mut look = |list, under: Option<&str>, item: &Node, keys: &[&str]| {
        if let Some((key, _)) = one_of(item, keys) {
            parts.push(Said {
                what: Part {
                    key: key.text.clone(),
                    list,
                    under: under.map(str::to_string),
                },
                doc,
                at: key.at,
            });
        }
    };
    for (list, keys) in lists {
        let Some(node) = node.get(list) else { continue };
        let items: Vec<(Option<&str>, &Node)> = match &node.kind {
            Kind::Map(entries) => entries
                .iter()
                .flat_map(|(key, value)| value.items().iter().map(|one| (Some(&*key.text), one)))
                .collect(),
            _ => node.items().iter().map(|one| (None, one)).collect(),
        };
        for (under, item) in items {
            keys.iter().for_each(|keys| look(list, under, item, keys));
        }
    }
    if let Some(node) = node.get("when") {
        look("when", None, node, REDIS_CONDITIONS);
    }
    parts
}

/// What is wrong with a part already where it stands.
pub(super) fn misplaced(said: &Said<Part>) -> Option<Error> {
    let part = &said.what;
    let database = part
        .under
        .as_deref()
        .filter(|database| !part.is_for(database))?;
    let help = match part.key.as_str() {
        "sql" => "put commands there: a text, or `- commands: [...]`",
        _ => "put it under `redis:`",
    };
    let message = format!(
        "{} stands under {} in '{}'",
        kind(part),
        shown(database),
        part.list
    );
    Some(said.error(Code::ScriptMissing, message).help(help))
}

/// What is wrong with a part that meets a target of this kind.
pub(super) fn met(said: &Said<Part>, target: &str, database: &str) -> Option<Error> {
    let part = &said.what;
    if part.under.is_some() || part.is_for(database) {
        return None;
    }
    let message = format!(
        "{} in '{}' meets target {}, which is {database}",
        kind(part),
        part.list,
        shown(target)
    );
    let help = match (part.key.as_str(), part.list) {
        ("sql", _) => "give that target commands: `redis: [...]` beside the SQL of the others",
        (_, "when") => "let the migration act on a redis target only, with `target:`",
        _ => {
            "put it under `redis:` beside the SQL of the others, or name a redis target with `target:`"
        }
    };
    Some(said.error(Code::ScriptMissing, message).help(help))
}

fn kind(part: &Part) -> String {
    match part.key.as_str() {
        "sql" => "SQL".into(),
        key => format!("'{key}', which only redis understands,"),
    }
}
