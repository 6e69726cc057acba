//! One checked tree to the targets, defaults and migrations of one file. What depends on other files
//! is left to the merge.

use super::callbacks;
use super::declared::changes;
use super::declares;
use super::model::{
    Again, Callback, Lint, Migration, PerDatabase, Placed, Secrecy, SecretDir, Severity, Target,
    TargetsQuery, Transaction, Variable, Variables,
};
use super::node::Node;
use super::rule::{duration, slug};
use super::script::{checks, scalar, scripts, when};
use super::sources;
use super::text::{Document, has_password, shown};
use super::tongue;
use crate::source::Turn;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::sql::variables::Bound;
use initium_driver::{Code, Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Something and where its file says it.
pub(super) struct Said<'d, T> {
    pub what: T,
    pub doc: &'d Document,
    pub at: usize,
}

impl<T> Said<'_, T> {
    pub fn error(&self, code: Code, message: impl Into<String>) -> Error {
        self.doc.error(code, self.at, message)
    }

    /// `file:line:column`.
    pub fn shown(&self) -> String {
        let place = self.doc.place(self.at);
        format!("{}:{}:{}", place.file, place.line, place.column)
    }
}

/// What one file says.
#[derive(Default)]
pub(super) struct Part<'d> {
    pub targets: Vec<Said<'d, Target>>,
    pub lock_timeout: Option<Said<'d, Duration>>,
    pub statement_timeout: Option<Said<'d, Duration>>,
    pub migrations: Vec<Draft<'d>>,
    pub targets_query: Option<Said<'d, TargetsQuery>>,
    pub declares: declares::Part<'d>,
    pub sources: Vec<sources::Named<'d>>,
    pub callbacks: Vec<Callback>,
    pub lint: Option<Said<'d, Lint>>,
}

/// A migration whose targets are not yet known to exist.
pub(super) struct Draft<'d> {
    /// At its id, or at the name the id is made of.
    pub migration: Said<'d, Migration>,
    pub targets: Vec<Said<'d, String>>,
    /// What its targets have to understand.
    pub parts: Vec<Said<'d, tongue::Part>>,
}

pub(super) fn part<'d>(doc: &'d Document, root: &Node) -> Result<Part<'d>, Vec<Error>> {
    let mut errors = Vec::new();
    if !SCHEMAS {
        errors = unknown_here(doc, root);
    }
    let mut part = Part::default();
    let mut target = |name: &str, at, node: &Node| match self::target(doc, name, node) {
        Ok(what) => part.targets.push(Said { what, doc, at }),
        Err(error) => errors.push(error),
    };
    for (key, node) in root.get("targets").map(Node::entries).unwrap_or_default() {
        target(&key.text, key.at, node);
    }
    let said = CONNECTION.iter().chain(&["prefix"]);
    if let Some((key, _)) = said.into_iter().find_map(|key| root.entry(key)) {
        target(super::model::DEFAULT_TARGET, key.at, root);
    }
    if let Some((key, node)) = root.entry("targets_query") {
        match targets_query(doc, node) {
            Ok(what) => {
                part.targets_query = Some(Said {
                    what,
                    doc,
                    at: key.at,
                })
            }
            Err(error) => errors.push(error),
        }
    }
    part.lint = root.entry("lint").map(|(key, node)| Said {
        what: lint(doc, node),
        doc,
        at: key.at,
    });
    let limit = |key| {
        let node = root.get("defaults").and_then(|node| node.get(key))?;
        let what = duration(node.text()?)?;
        Some(Said {
            what,
            doc,
            at: node.at,
        })
    };
    part.lock_timeout = limit("lock_timeout");
    part.statement_timeout = limit("statement_timeout");
    let variables = variables(doc, root, &mut errors);
    for node in root.get("migrations").map(Node::items).unwrap_or_default() {
        match migration(doc, node, &variables) {
            Ok(draft) => part.migrations.push(draft),
            Err(found) => errors.extend(found),
        }
    }
    part.sources = sources::part(doc, root, &variables, &mut errors);
    part.callbacks = callbacks::part(doc, root, &variables, &mut errors);
    if SCHEMAS {
        part.declares = declares::part(doc, root, &mut errors);
    }
    if errors.is_empty() {
        Ok(part)
    } else {
        Err(errors)
    }
}

/// The keys that say where a database is.
const CONNECTION: [&str; 5] = ["database", "url", "url_env", "secret_dir", "binding"];

fn targets_query(doc: &Document, node: &Node) -> Result<TargetsQuery> {
    let text = |key| node.get(key).and_then(Node::text).map(str::to_string);
    let elsewhere = CONNECTION.iter().any(|key| node.get(key).is_some());
    Ok(TargetsQuery {
        query: text("query").unwrap_or_default(),
        target: text("target"),
        connection: match elsewhere {
            true => Some(target(doc, "targets_query", node)?),
            false => None,
        },
    })
}

/// What this build knows nothing of cannot be left out in silence.
fn unknown_here(doc: &Document, root: &Node) -> Vec<Error> {
    let said = |node: &Node, key: &str| Some((node.entry(key)?.0.at, key.to_string()));
    let mut all: Vec<_> = said(root, "schemas").into_iter().collect();
    all.extend(root.get("lint").and_then(|it| said(it, "max_severity")));
    let migrations = root.get("migrations").map(Node::items);
    let migrations = migrations.unwrap_or_default().iter();
    all.extend(migrations.filter_map(|it| said(it, "changes")));
    let error = |(at, key): (usize, String)| missing(&format!("`{key}`")).place(doc.place(at));
    all.into_iter().map(error).collect()
}

fn lint(doc: &Document, node: &Node) -> Lint {
    let said = node.get("max_severity").and_then(Node::text);
    let rules = node.get("rules").map(Node::entries).unwrap_or_default();
    let judged = rules.iter().filter_map(|(key, node)| {
        Some(Placed {
            what: (key.text.clone(), Severity::parse(node.text()?)?),
            place: doc.place(key.at),
        })
    });
    let since = node.get("since");
    Lint {
        max_severity: said.and_then(Severity::limit),
        rules: judged.collect(),
        since: since.and_then(|node| {
            Some(Placed {
                what: node.text()?.to_string(),
                place: doc.place(node.at),
            })
        }),
    }
}

pub(super) fn target(doc: &Document, name: &str, node: &Node) -> Result<Target> {
    let text = |key| node.get(key).and_then(Node::text).map(str::to_string);
    if let Some(url) = node
        .get("url")
        .filter(|url| url.text().is_some_and(has_password))
    {
        // No excerpt: the line holds the password.
        let message = format!("the url of target {} holds a password", shown(name));
        return Err(Error::new(Code::SecretInSpec, message)
            .place(doc.place(url.at))
            .help("change that password, and name a variable that holds the URL: `url_env: DATABASE_URL`"));
    }
    Ok(Target {
        name: name.into(),
        database: text("database"),
        url: text("url"),
        url_env: text("url_env"),
        secret_dir: node.get("secret_dir").map(secret_dir),
        binding: text("binding"),
        prefix: text("prefix"),
        history: text("history"),
    })
}

fn secret_dir(node: &Node) -> SecretDir {
    let path = node.text().or(node.get("path").and_then(Node::text));
    let keys = node.get("keys").map(Node::entries).unwrap_or_default();
    let mut secret = SecretDir {
        path: path.unwrap_or_default().into(),
        keys: BTreeMap::new(),
    };
    for (ours, theirs) in keys {
        if let Some(theirs) = theirs.text() {
            secret.keys.insert(ours.text.clone(), theirs.into());
        }
    }
    secret
}

/// What `variables:` says.
fn variables(doc: &Document, root: &Node, errors: &mut Vec<Error>) -> Option<Arc<Variables>> {
    let node = root.get("variables")?;
    let mut all = Variables::new();
    for (key, node) in node.entries() {
        let text = |key| node.get(key).and_then(Node::text);
        let bound = text("type").and_then(Bound::parse).unwrap_or(Bound::Text);
        let default = node.get("default").map(|node| scalar(doc, node));
        let default = keep(default.transpose(), errors).flatten();
        if let Some(why) = default.as_deref().and_then(|value| bound.refuses(value)) {
            let message = format!(
                "the default of the variable {} cannot be used: {why}",
                shown(&key.text)
            );
            errors.push(doc.error(Code::SpecInvalid, node.at, message));
        }
        let secrecy = match node.get("secret").and_then(Node::truth) {
            Some(true) => Secrecy::Sensitive,
            _ => Secrecy::Open,
        };
        let env = text("env").map(String::from);
        all.insert(
            key.text.clone(),
            Variable {
                bound,
                default,
                env,
                secrecy,
            },
        );
    }
    Some(Arc::new(all))
}

fn migration<'d>(
    doc: &'d Document,
    node: &Node,
    variables: &Option<Arc<Variables>>,
) -> Result<Draft<'d>, Vec<Error>> {
    let mut errors = Vec::new();
    let text = |key| node.get(key).and_then(Node::text).map(str::to_string);
    let name = text("name").unwrap_or_default();
    let id = text("id").unwrap_or_else(|| slug(&name));
    let at = node
        .get("id")
        .or(node.get("name"))
        .map_or(node.at, |node| node.at);
    if id.is_empty() {
        let message = format!("no id can be made of the name {}", shown(&name));
        let help = "give the migration an `id:` of letters, digits and dashes";
        errors.push(doc.error(Code::SpecInvalid, at, message).help(help));
    }
    let mut metadata = BTreeMap::new();
    for (key, value) in node.get("metadata").map(Node::entries).unwrap_or_default() {
        if let Some(value) = keep(scalar(doc, value), &mut errors) {
            metadata.insert(key.text.clone(), value);
        }
    }
    let mut lists = |key| {
        keep(
            node.get(key).map(|node| scripts(doc, node)).transpose(),
            &mut errors,
        )
    };
    let (up, down, cleanup) = (lists("up"), lists("down"), lists("cleanup"));
    let verify = node.get("verify").map(|node| checks(doc, node)).transpose();
    let verify = keep(verify, &mut errors).flatten();
    let when = keep(
        node.get("when").map(|node| when(doc, node)).transpose(),
        &mut errors,
    );
    let changes = node
        .get("changes")
        .filter(|_| SCHEMAS)
        .map(|node| changes(doc, node))
        .transpose();
    let changes = changes.map_err(|found| errors.extend(found)).ok();
    let parts = tongue::parts(doc, node);
    errors.extend(parts.iter().filter_map(tongue::misplaced));
    if !errors.is_empty() {
        let of_it = |error: Error| error.migration(&id);
        return Err(errors.into_iter().map(of_it).collect());
    }
    let transaction = match text("transaction").as_deref() {
        Some("none") => Transaction::None,
        _ => Transaction::Auto,
    };
    let migration = Migration {
        name,
        targets: Vec::new(),
        tags: texts(node.get("tags"))
            .map(|(text, _)| text.to_string())
            .collect(),
        metadata,
        transaction,
        undo: transaction,
        again: match node.get("idempotent").and_then(Node::truth) {
            Some(true) => Again::Harmless,
            _ => Again::Unknown,
        },
        secrecy: match node.get("sensitive").and_then(Node::truth) {
            Some(true) => Secrecy::Sensitive,
            _ => Secrecy::Open,
        },
        when: when.flatten(),
        up: up.flatten().unwrap_or(PerDatabase::Same(Vec::new())),
        before: Vec::new(),
        after: Vec::new(),
        changes: changes.flatten(),
        down: down.flatten(),
        verify: verify.unwrap_or(PerDatabase::Same(Vec::new())),
        cleanup: cleanup.flatten(),
        turn: match node.get("repeat").and_then(Node::truth) {
            Some(true) => Turn::Repeatable,
            _ => Turn::Once,
        },
        replaces: texts(node.get("replaces"))
            .map(|(text, _)| text.to_string())
            .collect(),
        series: 0,
        origin: None,
        place: doc.place(node.at),
        variables: variables.clone(),
        written: None,
        id,
    };
    let targets = texts(node.get("target"));
    Ok(Draft {
        migration: Said {
            what: migration,
            doc,
            at,
        },
        targets: targets
            .map(|(text, at)| Said {
                what: text.into(),
                doc,
                at,
            })
            .collect(),
        parts,
    })
}

pub(super) fn keep<T>(result: Result<T>, errors: &mut Vec<Error>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

/// A text or each text of a list.
fn texts(node: Option<&Node>) -> impl Iterator<Item = (&str, usize)> {
    let nodes = node.into_iter().flat_map(|node| match node.items() {
        [] => std::slice::from_ref(node),
        items => items,
    });
    nodes.filter_map(|node| Some((node.text()?, node.at)))
}
