//! Files to a checked [`Spec`]: the only room that knows YAML, JSON and `schema/`.
//!
//! `read` brings the text (`gate` opens files, `long` the long ones again); `parse` makes a tree with places of it (`walk`, `cursor`, `node`, `text`);
//! `check` holds the tree against `shape` and `rule`, `engine` against the published schema; `build`
//! and `script` make the model, `step` the text of what only Redis understands, which `tongue` keeps off
//! other databases; `merge` makes one spec of several files; `list` reads the databases
//! that a plan runs on, from a file or an answer, by the same way; `declared` reads what a database
//! should hold, `write` says it; `folder` lists folders of migrations and
//! `sources` makes them part of the spec, `sum` holds them against `migrations.sum`; `callbacks` are texts that run with migrations. This room opens no
//! connection, reads no variable and knows nothing of SQL.

mod build;
mod callbacks;
mod check;
mod cursor;
mod declared;
mod declares;
#[cfg(any(feature = "json-schema", test))]
mod engine;
mod folder;
mod gate;
mod list;
mod logical;
mod long;
mod merge;
mod model;
mod node;
mod parse;
mod read;
mod rule;
mod script;
mod shape;
mod sources;
mod step;
mod sum;
#[cfg(test)]
mod tests;
mod text;
mod tongue;
mod walk;
mod wording;
mod write;

pub use callbacks::word as moment;
pub use declared::{Declared, Kinds, SQL, Schemas, declared, schemas, schemas_alone};
pub use list::{Entry, answered, listed};
pub use logical::{Gone, Logical, Spot, Verb, Which};
pub use model::{
    Again, Ask, Callback, Changes, Check, DECLARED, DEFAULT_TARGET, Declares, Defaults, Is, Lint,
    Migration, PerDatabase, Placed, Policy, Scripts, Secrecy, SecretDir, Severity, Spec, Strategy,
    Target, TargetsQuery, Transaction, Variable, Variables, When,
};
pub use read::{Input, LARGEST_SPEC};
pub use rule::{duration, slug};
pub use shape::DATABASES;
pub use sources::{REPLACES, opened};
pub use sum::{Sum, Sums};
pub use wording::distance;
pub use write::{json, yaml, yaml_of};

use initium_driver::{Code, Error, Result};
use std::path::PathBuf;
use text::Document;

/// The JSON Schema of specs, as published.
pub fn schema_text() -> &'static str {
    include_str!("../../schema/migration.schema.json")
}

/// The JSON Schema of targets files, as published.
pub fn targets_schema_text() -> &'static str {
    include_str!("../../schema/targets.schema.json")
}

/// The JSON Schema of schema files, as published.
pub fn schemas_schema_text() -> &'static str {
    include_str!("../../schema/schema.schema.json")
}

/// A volume is exchanged once a minute at most.
const ATTEMPTS: usize = 10;

/// Reads, checks and unites specs. All that is wrong is told at once: the first finding is the
/// error, the others are its [`Error::others`].
pub fn load(inputs: &[Input]) -> Result<Spec> {
    load_judged(inputs, Sums::default())
}

/// The same, with what is done about the sums of folders.
pub fn load_judged(inputs: &[Input], sums: Sums) -> Result<Spec> {
    heard(inputs, SECOND, sums)
}

/// The same without the second judge, who changes no verdict, and takes more memory and time than
/// the rest of a run with nothing to do: for what runs at the start of every pod.
pub fn load_alone(inputs: &[Input]) -> Result<Spec> {
    load_with(inputs, Sums::default())
}

/// The same, with what is done about the sums of folders.
pub fn load_with(inputs: &[Input], sums: Sums) -> Result<Spec> {
    heard(inputs, None, sums)
}

fn heard(inputs: &[Input], second: Option<SecondJudge>, sums: Sums) -> Result<Spec> {
    if inputs.is_empty() {
        return Err(Error::new(Code::Usage, "no spec is given")
            .help("give a .yaml or .json file, or - for standard input"));
    }
    let look = || Ok((read::whereabouts(inputs), ()));
    let (documents, answer) = steady("the spec", look, |()| {
        let mut errors = Vec::new();
        let mut documents = Vec::new();
        let folder = |input: &&Input| matches!(input, Input::Folder { .. });
        for input in inputs.iter().filter(|input| !folder(input)) {
            match read::document(input, &shape::SPEC_FILE) {
                Ok(document) => documents.push(document),
                Err(error) => errors.push(error),
            }
        }
        let answer = united(&documents, inputs, sums, errors);
        Ok((documents, answer))
    })?;
    seconded(&documents, answer, second).map_err(all)
}

/// Reads files that are the same before and after. A ConfigMap is updated by one link: the spec
/// before and its scripts after that would be a release that nobody wrote, so they are read again.
fn steady<F, T>(
    what: &str,
    look: impl Fn() -> Result<(Vec<Option<PathBuf>>, F)>,
    read: impl Fn(&F) -> Result<T>,
) -> Result<T> {
    for _ in 0..ATTEMPTS {
        let (before, found) = look()?;
        let answer = read(&found);
        if look()?.0 == before {
            return answer;
        }
    }
    Err(Error::new(
        Code::FileUnreadable,
        format!("{what} was exchanged each time while it was read"),
    )
    .help("try again when the volume is quiet"))
}

/// What the typed reader makes of them; `errors` is what could not be read.
fn united(
    documents: &[Document],
    inputs: &[Input],
    sums: Sums,
    mut errors: Vec<Error>,
) -> Result<Spec, Vec<Error>> {
    let mut parts = Vec::new();
    for document in documents {
        match judged(document) {
            Ok(part) => parts.push(part),
            Err(found) => errors.extend(found),
        }
    }
    for input in inputs {
        if let Input::Folder { path, format } = input {
            parts.push(build::Part {
                sources: vec![sources::Named::given(path, *format)],
                ..build::Part::default()
            });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut spec = merge::merge(parts, sums)?;
    let of_specs = sum::of_specs(documents, &spec, sums).map_err(|error| vec![error])?;
    spec.sums.extend(of_specs);
    Ok(spec)
}

fn judged(doc: &Document) -> Result<build::Part<'_>, Vec<Error>> {
    let root = parse::parse(doc).map_err(|error| vec![error])?;
    let violations = check::violations(doc, &root);
    if violations.is_empty() {
        return build::part(doc, &root);
    }
    Err(violations.into_iter().map(|v| v.into_error(doc)).collect())
}

/// What says what else is wrong with a tree, beside the violations that are known.
type SecondJudge = fn(&Document, &node::Node, &[check::Violation]) -> Result<Vec<check::Violation>>;

/// The one of this build.
#[cfg(feature = "json-schema")]
const SECOND: Option<SecondJudge> = Some(engine::missed);
#[cfg(not(feature = "json-schema"))]
const SECOND: Option<SecondJudge> = None;

/// The answer, if the second judge has nothing against it. Asked when everything is read: that judge
/// takes longer than a volume may stay as it is.
fn seconded(
    documents: &[Document],
    answer: Result<Spec, Vec<Error>>,
    second: Option<SecondJudge>,
) -> Result<Spec, Vec<Error>> {
    if second.is_none() {
        return answer;
    }
    let mut errors = Vec::new();
    for doc in documents {
        // What cannot be parsed is in the answer already.
        let Ok(root) = parse::parse(doc) else {
            continue;
        };
        let known = check::violations(doc, &root);
        match missed(doc, &root, &known, second) {
            Ok(missed) => errors.extend(missed.into_iter().map(|v| v.into_error(doc))),
            Err(error) => errors.push(error),
        }
    }
    match (answer, errors.is_empty()) {
        (answer, true) => answer,
        (Ok(_), false) => Err(errors),
        (Err(mut all), false) => {
            all.extend(errors);
            Err(all)
        }
    }
}

fn missed(
    doc: &Document,
    root: &node::Node,
    known: &[check::Violation],
    second: Option<SecondJudge>,
) -> Result<Vec<check::Violation>> {
    match second {
        Some(missed) if known.len() < check::MOST => missed(doc, root, known),
        _ => Ok(Vec::new()),
    }
}

/// What both have against a tree.
fn violations(doc: &Document, root: &node::Node) -> Result<Vec<check::Violation>> {
    let mut violations = check::violations(doc, root);
    violations.extend(missed(doc, root, &violations, SECOND)?);
    check::in_order(&mut violations);
    Ok(violations)
}

/// The first of several errors, with the others in it, as far as they help.
fn all(errors: Vec<Error>) -> Error {
    let mut errors = errors.into_iter();
    match errors.next() {
        Some(first) => first.also(errors.take(check::MOST).collect()),
        None => Error::new(Code::SpecInvalid, "the file is not valid"),
    }
}
