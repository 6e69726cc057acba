//! The schemas that a spec declares: which files, for which target, and what is done about them. The
//! files themselves are read by `declared`.

use super::build::{Said, keep};
use super::declared::schemas_alone;
use super::model::{DECLARED, Declares, Migration, PerDatabase, Policy, Spec, Strategy, Target};
use super::node::Node;
use super::read::Input;
use super::text::{Document, shown};
use super::wording::hint;
use super::{Again, Secrecy, Transaction};
use crate::source::Turn;
use initium_driver::{Code, Error, Result};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What one file says of schemas.
#[derive(Default)]
pub(super) struct Part<'d> {
    paths: Vec<Said<'d, PathBuf>>,
    /// The target of each path, where it says one.
    targets: Vec<Option<Said<'d, String>>>,
    pub strategy: Option<Said<'d, Strategy>>,
    pub policy: Option<Said<'d, Policy>>,
    pub ignore: Vec<String>,
}

pub(super) fn part<'d>(doc: &'d Document, root: &Node, errors: &mut Vec<Error>) -> Part<'d> {
    let mut part = Part::default();
    for node in root.get("schemas").map(Node::items).unwrap_or_default() {
        let named = node.get("path").unwrap_or(node);
        if let Some(what) = keep(path(doc, named), errors) {
            part.paths.push(Said {
                what,
                doc,
                at: named.at,
            });
            part.targets.push(node.get("target").map(|node| Said {
                what: node.text().unwrap_or_default().to_string(),
                doc,
                at: node.at,
            }));
        }
    }
    let said = |key| root.get(key).and_then(|node| Some((node.text()?, node.at)));
    part.strategy = said("strategy").map(|(word, at)| Said {
        what: match word {
            "declarative" => Strategy::Declarative,
            "both" => Strategy::Both,
            _ => Strategy::Scripted,
        },
        doc,
        at,
    });
    part.policy = said("on_breaking_change").map(|(word, at)| Said {
        what: Policy::parse(word).unwrap_or_default(),
        doc,
        at,
    });
    let ignored = root.get("ignore").map(Node::items).unwrap_or_default();
    part.ignore = ignored
        .iter()
        .filter_map(Node::text)
        .map(String::from)
        .collect();
    part
}

/// Below the folder of the spec, like a script.
fn path(doc: &Document, node: &Node) -> Result<PathBuf> {
    let name = node.text().unwrap_or_default();
    let inside = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
    match Path::new(name).components().all(inside) {
        true => Ok(doc.folder.join(name)),
        false => Err(doc
            .error(
                Code::PathEscapes,
                node.at,
                format!("{} leads out of the spec's folder", shown(name)),
            )
            .help("put the schema files beside the spec, or below it")),
    }
}

/// Reads the files of all parts, and gives them to their targets.
pub(super) fn settle(parts: Vec<Part>, spec: &mut Spec, errors: &mut Vec<Error>) {
    let names = || spec.targets.iter().map(|target| target.name.as_str());
    let mut files: BTreeMap<String, (Vec<Input>, Migration)> = BTreeMap::new();
    for part in parts {
        spec.ignore.extend(part.ignore);
        for (path, target) in part.paths.into_iter().zip(part.targets) {
            let chosen: Vec<String> = match &target {
                Some(said) if !names().any(|name| name == said.what) => {
                    let message = format!("unknown target {}", shown(&said.what));
                    let error = said.error(Code::UnknownTarget, message);
                    errors.push(error.help(hint(&said.what, names())));
                    continue;
                }
                Some(said) => vec![said.what.clone()],
                None => spec
                    .targets
                    .iter()
                    .filter(holds)
                    .map(|it| it.name.clone())
                    .collect(),
            };
            for name in chosen {
                let place = path.doc.place(path.at);
                let (inputs, _) = files
                    .entry(name.clone())
                    .or_insert_with(|| (Vec::new(), migration(&name, place)));
                inputs.push(Input::File(path.what.clone()));
            }
        }
    }
    for (_, (inputs, migration)) in files {
        match schemas_alone(&inputs) {
            Ok(schemas) => spec.declares.push(Declares {
                migration,
                schemas: Arc::new(schemas),
            }),
            Err(error) => errors.push(error),
        }
    }
    if !spec.declares.is_empty()
        && let Some(taken) = spec.migrations.iter().find(|it| it.id == DECLARED)
    {
        errors.push(
            Error::new(
                Code::DuplicateId,
                format!("the id '{DECLARED}' is that of the declared schema"),
            )
            .help("give the migration another id")
            .migration(&taken.id)
            .place(taken.place.clone()),
        );
    }
}

/// Whether a target can hold a schema, as far as the spec says.
fn holds(target: &&Target) -> bool {
    target.database.as_deref() != Some("redis")
}

/// As what it is recorded.
fn migration(target: &str, place: initium_driver::Place) -> Migration {
    Migration {
        id: DECLARED.into(),
        name: "declared schema".into(),
        targets: vec![target.into()],
        tags: Vec::new(),
        metadata: BTreeMap::new(),
        transaction: Transaction::Auto,
        undo: Transaction::Auto,
        again: Again::Unknown,
        secrecy: Secrecy::Open,
        when: None,
        up: PerDatabase::Same(Vec::new()),
        before: Vec::new(),
        after: Vec::new(),
        changes: None,
        down: None,
        verify: PerDatabase::Same(Vec::new()),
        cleanup: None,
        turn: Turn::Once,
        replaces: Vec::new(),
        series: 0,
        origin: None,
        variables: None,
        written: None,
        place,
    }
}
