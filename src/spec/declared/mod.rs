//! Schema files to what they declare: what a database should hold, as far as files say it. The files
//! are read once and can be asked for several databases. Knows no dialect: types and expressions
//! stay as they are written until a driver makes them its own.

mod changes;
mod constraint;
mod folder;
mod object;
mod reader;
mod said;
mod sound;
mod table;

pub(super) use changes::changes;
pub use said::SQL;

use super::shape::SCHEMA_FILE;
use super::text::Document;
use super::{Input, SECOND, SecondJudge, all, check, missed, parse, read, steady};
use folder::Found;
use initium_driver::catalog::{Catalog, Name};
use initium_driver::{Code, Error, Place, Result, Source};
use reader::Reader;
use std::collections::BTreeMap;

/// Schema files that were read and checked. A tree is many times its text, so none is kept.
#[derive(Debug)]
pub struct Schemas {
    files: Vec<Document>,
    scripts: Vec<Source>,
}

/// The same files with the same texts.
impl PartialEq for Schemas {
    fn eq(&self, other: &Schemas) -> bool {
        let texts = |it: &Schemas| -> Vec<(String, String)> {
            let files = it.files.iter();
            files
                .map(|doc| (doc.file.clone(), doc.text.clone()))
                .collect()
        };
        self.scripts == other.scripts && texts(self) == texts(other)
    }
}

/// What they declare for one database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declared {
    /// As the files say it; a driver's `native` makes it what that database would tell.
    pub catalog: Catalog,
    /// SQL that builds more, to be run on what the catalog made, in this order.
    pub scripts: Vec<Source>,
    /// What else the database may hold without being different.
    pub ignore: Vec<String>,
    /// Where each table and view is declared.
    pub places: BTreeMap<Name, Place>,
    pub kinds: Kinds,
}

/// What files can speak of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kinds {
    #[default]
    All,
    /// The short form knows tables and nothing else.
    Tables,
}

/// Reads and checks schema files: files, folders, and folders with all below them (`db/**`). All
/// that is wrong is told at once.
pub fn schemas(inputs: &[Input]) -> Result<Schemas> {
    heard(inputs, SECOND)
}

/// The same without the second judge, see [`super::load_alone`].
pub fn schemas_alone(inputs: &[Input]) -> Result<Schemas> {
    heard(inputs, None)
}

/// What the files declare for a database of these names, the most exact first.
pub fn declared(inputs: &[Input], names: &[&str]) -> Result<Declared> {
    schemas(inputs)?.of(names)
}

fn heard(inputs: &[Input], second: Option<SecondJudge>) -> Result<Schemas> {
    if inputs.is_empty() {
        return Err(Error::new(Code::Usage, "no schema file is given")
            .help("give a file, a folder of them, or - for standard input"));
    }
    let look = || {
        let found = folder::found(inputs)?;
        let files: Vec<Input> = found.iter().map(Found::input).collect();
        Ok((read::whereabouts(&files), found))
    };
    steady("a schema file", look, |found| brought(found, second))
}

fn brought(found: &[Found], second: Option<SecondJudge>) -> Result<Schemas> {
    let mut schemas = Schemas {
        files: Vec::new(),
        scripts: Vec::new(),
    };
    let mut errors = Vec::new();
    for one in found {
        match one {
            Found::Script(path) => match read::given(path) {
                Ok(script) => schemas.scripts.push(script),
                Err(error) => errors.push(error),
            },
            Found::File(input) => match judged(input, second) {
                Ok(file) => schemas.files.push(file),
                Err(found) => errors.extend(found),
            },
        }
    }
    match errors.is_empty() {
        true => Ok(schemas),
        false => Err(all(errors)),
    }
}

fn judged(input: &Input, second: Option<SecondJudge>) -> Result<Document, Vec<Error>> {
    let one = |error| vec![error];
    let doc = read::document(input, &SCHEMA_FILE).map_err(one)?;
    let root = parse::parse(&doc).map_err(one)?;
    let mut violations = check::violations(&doc, &root);
    violations.extend(missed(&doc, &root, &violations, second).map_err(one)?);
    check::in_order(&mut violations);
    match violations.is_empty() {
        true => Ok(doc),
        false => Err(violations.into_iter().map(|v| v.into_error(&doc)).collect()),
    }
}

impl Schemas {
    /// What is declared for a database of these names, the most exact first.
    pub fn of(&self, names: &[&str]) -> Result<Declared> {
        let mut declared = Declared {
            scripts: self.scripts.clone(),
            ..Declared::default()
        };
        let mut errors = Vec::new();
        let mut known = sound::Known::default();
        let mut short = true;
        for doc in &self.files {
            let root = parse::parse(doc)?;
            let mut reader = Reader::new(doc, names);
            object::file(&mut reader, &root, &mut declared, &mut known);
            errors.append(&mut reader.errors);
            short &= root.get("table").is_some();
        }
        if !errors.is_empty() {
            return Err(all(errors));
        }
        declared.catalog.sort();
        if declared.scripts.is_empty() && short {
            declared.kinds = Kinds::Tables;
        }
        Ok(declared)
    }
}
