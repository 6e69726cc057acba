//! `schema`: prints a JSON Schema, for editors and scripts.

use super::arguments::{Common, Words};
use super::output::Output;
use super::values::{SCHEMAS, listed};
use argh::{ArgsInfo, FromArgs};
use initium_driver::{Code, Error, ddl};

/// print a JSON Schema
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Schema {
    /// migration (the spec, default), targets (a list of databases), schema (what a database
    /// should hold) or output (what --format json prints)
    #[argh(positional)]
    of: Option<String>,
}

pub fn run(_: &Common, words: &Words, output: &Output) -> i32 {
    let text = words
        .parse("schema")
        .and_then(|Schema { of }| match of.as_deref() {
            None | Some("migration") => Ok(crate::spec::schema_text()),
            Some("targets") => Ok(crate::spec::targets_schema_text()),
            Some("schema") if !ddl::SCHEMAS => Err(ddl::missing("schema")),
            Some("schema") => Ok(crate::spec::schemas_schema_text()),
            Some("output") => Ok(crate::report::schema_text()),
            Some(_) => Err(Error::new(
                Code::Usage,
                format!("the schemas are {}", listed(SCHEMAS)),
            )),
        });
    match text {
        Ok(text) => {
            output.print(text);
            0
        }
        Err(error) => output.fail("schema", &error),
    }
}
