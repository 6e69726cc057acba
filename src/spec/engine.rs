//! The published schema as second judge: what it refuses and the typed reader took is refused too.
//! The typed reader has the better words, so this room speaks only where that one was silent.

use super::check::Violation;
use super::node::{Node, Step};
use super::text::Document;
use super::wording::whereabouts;
use initium_driver::{Code, Error, Result};
use jsonschema::Validator;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashSet;

/// Everything the schema has against a tree, as paths and the engine's own words.
pub(super) fn refusals(doc: &Document, root: &Node) -> Result<Vec<(Vec<Step>, String)>> {
    let value = root.to_json();
    JUDGE.with_borrow_mut(|known| {
        let schema = (doc.grammar.schema)();
        let judge = match known {
            Some((of, judge)) if std::ptr::eq(*of, schema) => judge,
            other => &mut other.insert((schema, validator(schema)?)).1,
        };
        let refusals = judge.iter_errors(&value);
        Ok(refusals
            .map(|error| {
                let pointer = error.instance_path().to_string();
                let words = error.masked_with("this").to_string();
                (steps(&value, &pointer), words)
            })
            .collect())
    })
}

// A folder may hold a thousand files, and to read a schema takes longer than to hold one against it.
thread_local! {
    static JUDGE: RefCell<Option<(&'static str, Validator)>> = const { RefCell::new(None) };
}

/// The refusals that no known violation accounts for.
pub(super) fn missed(doc: &Document, root: &Node, known: &[Violation]) -> Result<Vec<Violation>> {
    // A refusal is told where a violation is at its place, above or below it.
    let all: HashSet<&[Step]> = known.iter().map(|v| v.path.as_slice()).collect();
    let above: HashSet<&[Step]> = known.iter().flat_map(|v| prefixes(&v.path)).collect();
    let told = |path: &[Step]| above.contains(path) || prefixes(path).any(|p| all.contains(p));
    let refusals = refusals(doc, root)?
        .into_iter()
        .filter(|(path, _)| !told(path));
    Ok(refusals
        .map(|(path, words)| Violation {
            at: root.nearest(&path).at,
            message: format!(
                "{} is not allowed by the schema: {words}",
                whereabouts(doc.grammar.called, root, &path)
            ),
            help: None,
            path,
        })
        .collect())
}

fn prefixes(path: &[Step]) -> impl Iterator<Item = &[Step]> {
    (0..=path.len()).map(|n| &path[..n])
}

fn validator(schema: &str) -> Result<Validator> {
    let broken = |error: String| {
        Error::new(
            Code::SpecInvalid,
            format!("the schema in this build is broken: {error}"),
        )
    };
    let schema: Value = serde_json::from_str(schema).map_err(|e| broken(e.to_string()))?;
    jsonschema::validator_for(&schema).map_err(|e| broken(e.to_string()))
}

/// A JSON pointer as steps; a step is an item where the value above it is a list.
fn steps(value: &Value, pointer: &str) -> Vec<Step> {
    let mut here = Some(value);
    let mut steps = Vec::new();
    for part in pointer.split('/').skip(1) {
        let key = part.replace("~1", "/").replace("~0", "~");
        let item = here
            .and_then(Value::as_array)
            .and_then(|_| key.parse().ok());
        here = match item {
            Some(n) => here.and_then(|value| value.get::<usize>(n)),
            None => here.and_then(|value| value.get(&key)),
        };
        steps.push(item.map_or(Step::Key(key), Step::Item));
    }
    steps
}
