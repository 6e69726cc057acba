//! The folders of migrations that a spec names, or that are given in the place of one: read, and made
//! into migrations beside those that the spec has itself. What a folder says only
//! [`source`](crate::source) knows.

use super::build::{Said, keep};
use super::folder::{self, Found};
use super::model::{
    Again, Callback, Check, Migration, PerDatabase, Scripts, Secrecy, Spec, Transaction, Variables,
};
use super::node::Node;
use super::read::{Input, whereabouts};
use super::shape::DATABASES;
use super::steady;
use super::sum::{self, Sum, Sums};
use super::text::{Document, shown};
use super::wording::hint;
use crate::source::{self, Format, SOURCES, Script, Turn, Way, Within, missing};
use initium_driver::{Code, Error, Place, Result, Text};
use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A folder, and what is said of it.
pub(super) struct Named<'d> {
    pub folder: PathBuf,
    pub format: Option<Format>,
    targets: Vec<Said<'d, String>>,
    variables: Option<Arc<Variables>>,
    /// Where a spec names it.
    said: Option<(&'d Document, usize)>,
}

impl Named<'_> {
    /// One that is given on the command line, for every target.
    pub fn given(folder: &Path, format: Option<Format>) -> Named<'static> {
        Named {
            folder: folder.into(),
            format,
            targets: Vec::new(),
            variables: None,
            said: None,
        }
    }

    /// At the place where a spec names it.
    fn told(&self, error: Error) -> Error {
        match self.said {
            Some((doc, at)) => doc.put(error, at),
            None => error,
        }
    }

    fn error(&self, code: Code, message: String) -> Error {
        match self.said {
            Some((doc, at)) => doc.error(code, at, message),
            None => Error::new(code, message),
        }
    }
}

/// Those that one file names.
pub(super) fn part<'d>(
    doc: &'d Document,
    root: &Node,
    variables: &Option<Arc<Variables>>,
    errors: &mut Vec<Error>,
) -> Vec<Named<'d>> {
    let mut all = Vec::new();
    for node in root.get("sources").map(Node::items).unwrap_or_default() {
        let dir = node.get("dir").unwrap_or(node);
        let Some(folder) = keep(path(doc, dir), errors) else {
            continue;
        };
        let target = node.get("target");
        let named = target.into_iter().flat_map(|node| match node.items() {
            [] => std::slice::from_ref(node),
            items => items,
        });
        all.push(Named {
            folder,
            format: node
                .get("format")
                .and_then(Node::text)
                .and_then(Format::parse),
            targets: named
                .map(|node| Said {
                    what: node.text().unwrap_or_default().to_string(),
                    doc,
                    at: node.at,
                })
                .collect(),
            variables: variables.clone(),
            said: Some((doc, dir.at)),
        });
    }
    all
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
            .help("put the folder beside the spec, or give it with --dir")),
    }
}

/// Reads the folders and adds what they say: before the migrations of the spec what runs once, behind
/// them what is repeated.
pub(super) fn settle(sources: Vec<Named>, sums: Sums, spec: &mut Spec, errors: &mut Vec<Error>) {
    if !SOURCES {
        let error = |one: &Named| one.told(missing("a folder of migrations"));
        errors.extend(sources.iter().map(error));
        return;
    }
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for (series, named) in (1..).zip(&sources) {
        let targets = match targets(named, spec) {
            Ok(targets) => targets,
            Err(found) => {
                errors.extend(found);
                continue;
            }
        };
        spec.folders.push(named.folder.clone());
        match folder(named, sums) {
            Err(error) => errors.push(match (error.spot().place.is_some(), named.said) {
                (false, Some((doc, at))) => doc.put(error, at),
                _ => error,
            }),
            Ok((folder, sum)) => {
                spec.sums.extend(sum);
                spec.callbacks
                    .extend(folder.callbacks.into_iter().map(|one| Callback {
                        moment: one.moment,
                        targets: targets.clone(),
                        script: per_database(vec![one.script]),
                        secrecy: Secrecy::Open,
                        variables: named.variables.clone(),
                    }));
                for found in folder.found {
                    let mut migration = migration(found, series, &targets);
                    migration.variables.clone_from(&named.variables);
                    match migration.turn {
                        Turn::Repeatable => last.push(migration),
                        Turn::Once | Turn::Baseline => first.push(migration),
                    }
                }
            }
        }
    }
    first.append(&mut spec.migrations);
    first.append(&mut last);
    spec.migrations = first;
    if !sources.is_empty() {
        unique(&spec.migrations, errors);
    }
}

/// What a folder says, read while it stays as it is.
fn folder(named: &Named, sums: Sums) -> Result<(source::Folder, Option<Sum>)> {
    let look = || {
        let found = folder::found(&named.folder)?;
        let files: Vec<_> = found
            .iter()
            .map(|one: &Found| Input::file(&one.path))
            .collect();
        Ok((whereabouts(&files), found))
    };
    let called = named.folder.display().to_string();
    steady(&called, look, |found| {
        let files = folder::files(&named.folder, found)?;
        let sum = sum::of_folder(&named.folder, &files, sums)?;
        Ok((source::read(&called, &files, named.format)?, sum))
    })
}

/// What a folder says, and the names of its files, for who changes it.
pub fn opened(path: &Path, format: Option<Format>) -> Result<(source::Folder, Vec<String>)> {
    if !SOURCES {
        return Err(missing("a folder of migrations"));
    }
    let found = folder::found(path)?;
    let files = folder::files(path, &found)?;
    let folder = source::read(&path.display().to_string(), &files, format)?;
    Ok((folder, files.into_iter().map(|file| file.name).collect()))
}

fn targets(named: &Named, spec: &Spec) -> Result<Vec<String>, Vec<Error>> {
    let names = || spec.targets.iter().map(|target| target.name.as_str());
    let mut errors = Vec::new();
    for asked in &named.targets {
        if !names().any(|name| name == asked.what) {
            let message = format!("unknown target {}", shown(&asked.what));
            let error = asked.error(Code::UnknownTarget, message);
            errors.push(error.help(hint(&asked.what, names())));
        }
    }
    if named.targets.is_empty() && spec.targets.len() > 1 {
        let message = format!(
            "missing key 'target' of the folder {}: the spec has several targets",
            named.folder.display()
        );
        let known: Vec<_> = names().collect();
        errors.push(named.error(Code::SpecInvalid, message).help(format!(
            "add `target:` with one or more of {}",
            known.join(", ")
        )));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(match named.targets.is_empty() {
        true => names().map(String::from).collect(),
        false => named.targets.iter().map(|said| said.what.clone()).collect(),
    })
}

fn migration(found: source::Found, series: usize, targets: &[String]) -> Migration {
    let transaction = |way: &Way| match way.within {
        Within::Transaction => Transaction::Auto,
        Within::Nothing => Transaction::None,
    };
    let undo = found.down.as_ref().map(transaction);
    let transaction = transaction(&found.up);
    let name = match found.origin.title.is_empty() {
        true => found.id.clone(),
        false => found.origin.title.clone(),
    };
    let checks = found.verify.into_iter().map(|one| Check {
        query: one.text,
        expect: None,
    });
    Migration {
        id: found.id,
        name,
        targets: targets.to_vec(),
        tags: found.tags,
        metadata: BTreeMap::new(),
        transaction,
        undo: undo.unwrap_or(transaction),
        again: Again::Unknown,
        secrecy: Secrecy::Open,
        when: None,
        before: Vec::new(),
        after: Vec::new(),
        changes: None,
        down: found.down.map(|way| per_database(way.scripts)),
        verify: PerDatabase::Same(checks.collect()),
        cleanup: None,
        turn: found.turn,
        replaces: replaces(&found.up.scripts),
        up: per_database(found.up.scripts),
        series,
        origin: Some(found.origin),
        variables: None,
        written: None,
        place: found.place,
    }
}

/// What `squash` writes into the first line.
pub const REPLACES: &str = "-- initium:replaces ";

fn replaces(scripts: &[Script]) -> Vec<String> {
    let held = scripts.iter().filter_map(|one| match &one.text.text {
        Text::Held(text) => text.lines().next()?.strip_prefix(REPLACES),
        Text::Long(_) => None,
    });
    let ids = held.take(1).flat_map(str::split_whitespace);
    ids.map(String::from).collect()
}

/// What has no database's name on it is for all that have nothing of their own.
fn per_database(scripts: Vec<Script>) -> Scripts {
    if scripts.iter().all(|one| one.database.is_none()) {
        return PerDatabase::Same(scripts.into_iter().map(|one| one.text).collect());
    }
    let named = |name: &str| scripts.iter().any(|one| one.database == Some(name));
    let own = |name: &str| match name {
        "mariadb" => named("mariadb") || named("mysql"),
        name => named(name),
    };
    let rest = scripts.iter().any(|one| one.database.is_none());
    let mut each = Vec::new();
    for name in DATABASES {
        let wanted = match (named(name), own(name)) {
            (true, _) => Some(*name),
            (false, false) if rest => None,
            // It is found by another name, or there is none.
            _ => continue,
        };
        let texts = scripts.iter().filter(|one| one.database == wanted);
        let texts = texts.map(|one| one.text.clone()).collect();
        each.push((name.to_string(), texts));
    }
    PerDatabase::Each(each)
}

fn unique(migrations: &[Migration], errors: &mut Vec<Error>) {
    let at = |place: &Place| format!("{}:{}:{}", place.file, place.line, place.column);
    let mut known: HashMap<&str, &Migration> = HashMap::new();
    for one in migrations {
        let Some(first) = known.insert(&one.id, one) else {
            continue;
        };
        // Those of the spec itself were compared before.
        if first.origin.is_none() && one.origin.is_none() {
            continue;
        }
        let message = format!(
            "two migrations have the id {}: at {} and at {}",
            shown(&one.id),
            at(&first.place),
            at(&one.place)
        );
        errors.push(
            Error::new(Code::DuplicateId, message)
                .help("rename one of the files, or give the migration of the spec another `id:`")
                .migration(&one.id)
                .place(one.place.clone()),
        );
    }
}
