//! `squash`: many migrations to one, proven by building both and comparing what they leave.

use super::desired::{Ground, Wanted, ddl, replayed};
use crate::diff::difference;
use crate::source::Turn;
use crate::spec::Spec;
use initium_driver::catalog::Sizes;
use initium_driver::change::Way;
use initium_driver::{Catalog, Code, Effect, Error, Result, Source, Statement};

/// One that stands for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Squashed {
    pub replaces: Vec<String>,
    pub up: String,
    pub down: Option<String>,
    /// Statements that no catalog shows, and that stand in it as they were.
    pub kept: Vec<String>,
}

/// Whether rows that migrations wrote are written by the one, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    Kept,
    Left,
}

pub fn squash(
    spec: &Spec,
    target: &str,
    to: &str,
    rows: Rows,
    ground: &mut Ground,
) -> Result<Squashed> {
    let part = upto(spec, target, to)?;
    let Wanted::Sql(statements) = replayed(&part, target, ground.dialect())? else {
        return Err(Error::new(Code::Internal, "a replay is no SQL"));
    };
    let whole = ground.build(&statements)?;
    let kept = statements.iter().filter(|one| is_kept(one, rows));
    let kept: Vec<&Statement> = kept.collect();
    let (empty, sizes) = (Catalog::default(), Sizes::new());
    let made = difference(&empty, &whole, &sizes, ddl(ground.dialect())?, Way::Plain)?;
    let mut up = made.script();
    for one in &kept {
        if !up.is_empty() && !up.ends_with('\n') {
            up.push('\n');
        }
        up += one.text.trim();
        up += ";\n";
    }
    let file = Source::file("the squashed migration", up.as_str());
    let again = ground.dialect().split(&file)?;
    let again = ground.build(&again)?;
    let left = difference(&whole, &again, &sizes, ddl(ground.dialect())?, Way::Plain)?;
    if let Some(step) = left.steps.first() {
        let message = format!(
            "one migration for these would leave another schema: it needs {} to {}",
            step.what, to
        );
        return Err(Error::new(Code::SquashDiffers, message)
            .help("squash up to a migration before it, and keep this one as it is")
            .target(target));
    }
    Ok(Squashed {
        replaces: part.migrations.into_iter().map(|one| one.id).collect(),
        up,
        down: made.script_down(),
        kept: kept.iter().map(|one| one.head()).collect(),
    })
}

/// The spec with nothing but what is squashed.
fn upto(spec: &Spec, target: &str, to: &str) -> Result<Spec> {
    let of = |id: &str| spec.migrations.iter().find(|one| one.id == id);
    let Some(last) = of(to) else {
        return Err(Error::new(
            Code::UnknownMigration,
            format!("the spec has no migration '{to}'"),
        )
        .help("see `initium migrate status` for the ids"));
    };
    let mut part = spec.clone();
    part.declares.clear();
    part.migrations.retain(|one| {
        one.series == last.series
            && one.turn != Turn::Repeatable
            && one.targets.iter().any(|name| name == target)
    });
    let end = part.migrations.iter().position(|one| one.id == to);
    part.migrations.truncate(end.map_or(0, |at| at + 1));
    if part.migrations.len() < 2 {
        return Err(Error::new(
            Code::Usage,
            format!("'{to}' is the first migration: there is nothing to squash"),
        )
        .help("name a later one with --to"));
    }
    Ok(part)
}

/// Kinds of objects that a catalog shows.
const SHOWN: &[&str] = &[
    "table",
    "index",
    "view",
    "type",
    "domain",
    "sequence",
    "function",
    "procedure",
    "trigger",
    "schema",
    "extension",
];
/// Words before the kind.
const BETWEEN: &[&str] = &[
    "or",
    "replace",
    "unique",
    "materialized",
    "fulltext",
    "spatial",
    "if",
    "not",
    "exists",
    "on",
    "concurrently",
    "algorithm",
    "definer",
    "constraint",
    "event",
];
/// What is said of an object and no catalog shows, by two words that stand together.
const HIDDEN: &[[&str; 2]] = &[
    ["owner", "to"],
    ["row", "level"],
    ["replica", "identity"],
    ["cluster", "on"],
    ["set", "statistics"],
    ["set", "storage"],
    ["as", "select"],
    ["as", "with"],
];

/// Whether nothing of a statement shows in a catalog, or not all.
fn is_kept(one: &Statement, rows: Rows) -> bool {
    if one.effect == Effect::Data {
        return rows == Rows::Kept;
    }
    let text = one.text.to_ascii_lowercase();
    let sign = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let words: Vec<&str> = text.split(sign).filter(|word| !word.is_empty()).collect();
    let Some((verb, rest)) = words.split_first() else {
        return false;
    };
    if !["create", "drop", "alter", "comment", "rename"].contains(verb) {
        return true;
    }
    let kind = rest.iter().find(|word| !BETWEEN.contains(word));
    let Some(kind) = kind.filter(|kind| SHOWN.contains(kind)) else {
        return true;
    };
    // A view is a query, and so is what a routine does.
    (*verb == "alter" || *kind == "table")
        && words
            .windows(2)
            .any(|two| HIDDEN.iter().any(|it| it == two))
}
