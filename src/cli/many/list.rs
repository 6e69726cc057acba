//! Which databases a line is about: those of `--targets`, or those that the spec's `targets_query`
//! names. Says what makes no sense over many before anything is opened.

use super::super::arguments::{Common, Words};
use super::super::connection::{Targets, overlaid, said};
use super::super::session::{Need, chosen, spec};
use super::query;
use super::shard::Shard;
use crate::spec::{Entry, Spec, Target, TargetsQuery, listed};
use initium_driver::{Code, Error, Result, Settings};
use std::rc::Rc;
use std::time::Instant;

/// The databases of a run, in order.
pub struct List {
    /// Those of this shard.
    pub entries: Vec<Entry>,
    /// How many there are in all shards.
    pub named: usize,
    pub shard: Option<Shard>,
    pub most: Most,
    target: Target,
    base: Rc<Result<Settings>>,
    begun: Instant,
}

/// How many failed databases a run goes on past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Most {
    Count(usize),
    All,
}

/// The one that a call is for.
#[derive(Debug)]
pub struct One {
    /// The target of the spec whose place it takes.
    pub target: Target,
    /// When the run over all of them began.
    pub begun: Instant,
    entry: Entry,
    base: Rc<Result<Settings>>,
}

impl One {
    pub fn settings(&self, common: &Common) -> Result<Settings> {
        overlaid(&self.entry, &self.target, &self.base, common)
    }
}

impl List {
    pub fn one(&self, entry: &Entry) -> One {
        One {
            target: self.target.clone(),
            begun: self.begun,
            entry: entry.clone(),
            base: Rc::clone(&self.base),
        }
    }
}

/// `None`: the line is about one database, or about none. The spec is read at most once, and `common`
/// keeps it.
pub fn of(verb: &str, common: &mut Common, words: &Words) -> Result<Option<List>> {
    let begun = Instant::now();
    // A lint opens one only where it is told to.
    let closed = verb == "lint" && !words.has("--online") && !words.has("--pending");
    if closed || matches!(verb, "new" | "schema") {
        return match given(common) {
            None => Ok(None),
            Some(flag) => Err(Error::new(
                Code::Usage,
                format!("{flag} makes no sense for {verb}, which opens no database"),
            )
            .help("leave it out")),
        };
    }
    if common.targets.is_some() {
        sensible(verb, words)?;
    }
    if common.targets.is_some() || !common.spec.is_empty() {
        // It is the only reading: what `plan` asks for later is what it finds here.
        let need = match verb {
            "plan" | "lint" => Need::JudgedSpec,
            _ => Need::ConnectionOnly,
        };
        common.known = Some(spec(common, need)?);
    }
    let query = common
        .known
        .as_ref()
        .and_then(|spec| spec.targets_query.clone());
    let query = match (&common.targets, query) {
        // Nobody is asked without a server.
        (None, Some(_)) if words.has("--offline") => return Ok(None),
        (None, None) => {
            return match given(common) {
                None => Ok(None),
                Some(flag) => Err(Error::new(
                    Code::Usage,
                    format!("{flag} needs a list of databases"),
                )
                .help("name them with --targets FILE, or with `targets_query:` in the spec")),
            };
        }
        (None, Some(query)) => {
            sensible(verb, words)?;
            Some(query)
        }
        (Some(_), _) => None,
    };
    let shard = Shard::of(common)?;
    let most = most(common)?;
    let spec = spec(common, Need::ConnectionOnly)?;
    let target = target(common, &spec, query.as_ref())?;
    let place = Targets::of(&spec, std::slice::from_ref(&target));
    let base = said(&target, common, place);
    let mut entries = match (&common.targets, &query) {
        (Some(path), _) if path == "-" => {
            return Err(Error::new(Code::Usage, "--targets needs a file")
                .help("only a spec may come from standard input"));
        }
        (Some(path), _) => listed(path)?,
        (None, Some(query)) => query::ask(
            query,
            &base,
            &spec,
            common,
            query::patience(verb, words, common)?,
        )?,
        (None, None) => Vec::new(),
    };
    let named = entries.len();
    if let Some(shard) = shard {
        entries.retain(|entry| shard.has(&entry.name));
        log::info!(
            "shard {} of {}: {} of {named} databases",
            shard.index,
            shard.count,
            entries.len()
        );
    }
    Ok(Some(List {
        entries,
        named,
        shard,
        most,
        target,
        base: Rc::new(base),
        begun,
    }))
}

/// A flag that only means something with a list.
fn given(common: &Common) -> Option<&'static str> {
    let flags = [
        ("--targets", common.targets.is_some()),
        ("--shard-count", common.shard_count.is_some()),
        ("--shard-index", common.shard_index.is_some()),
        ("--max-failures", common.max_failures.is_some()),
    ];
    flags
        .into_iter()
        .find(|(_, given)| *given)
        .map(|(flag, _)| flag)
}

/// What is about one database and cannot be about many.
fn sensible(verb: &str, words: &Words) -> Result<()> {
    if verb == "inspect" {
        return Err(Error::new(Code::Usage, "inspect shows one database")
            .help("give the connection of one, without --targets"));
    }
    let senseless = [
        ("plan", "--out", "a plan that is kept is for one database"),
        (
            "plan",
            "--offline",
            "without a server there is one plan, the same for every database",
        ),
        (
            "apply",
            "--plan",
            "a plan that was kept is for one database",
        ),
        (
            "apply",
            "--interactive",
            "nobody is asked once for each of many databases",
        ),
    ];
    for (of, flag, why) in senseless {
        if of == verb && words.has(flag) {
            return Err(Error::new(
                Code::Usage,
                format!("{flag} makes no sense over many databases"),
            )
            .help(format!(
                "{why}; give the connection of one, without --targets"
            )));
        }
    }
    Ok(())
}

fn most(common: &Common) -> Result<Most> {
    match common.max_failures.as_deref() {
        None => Ok(Most::Count(0)),
        Some("all") => Ok(Most::All),
        Some(text) => text.parse().map(Most::Count).map_err(|_| {
            Error::new(Code::SettingInvalid, "--max-failures is no number")
                .help("a number of databases, or all")
        }),
    }
}

/// The one whose place the databases take.
fn target(common: &Common, spec: &Spec, query: Option<&TargetsQuery>) -> Result<Target> {
    let named = query.and_then(|query| query.target.as_deref());
    let targets = match (named, common.target.is_empty()) {
        (Some(name), true) => {
            let found = spec.targets.iter().filter(|target| target.name == name);
            found.cloned().collect()
        }
        _ => chosen(common, spec)?,
    };
    match <[Target; 1]>::try_from(targets) {
        Ok([target]) => Ok(target),
        Err(_) => Err(Error::new(
            Code::Usage,
            "the spec has several targets, and each database takes the place of one",
        )
        .help("say which one with --target, or with `target:` in `targets_query`")),
    }
}
