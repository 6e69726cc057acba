//! `hash`: writes down what a folder of migrations holds, so that what changes it is seen.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::inputs;
use crate::report::ReportDocument;
use crate::run::{Done, Outcome, Report};
use crate::spec::{DEFAULT_TARGET, Sum, Sums, load_with};
use argh::{ArgsInfo, FromArgs};
use initium_driver::{Code, Error, Result};
use std::fs;
use std::time::Duration;

/// write migrations.sum into each folder of migrations, or beside a spec: one line for each file
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Hash {
    /// write nothing; fail where a file is missing or wrong
    #[argh(switch)]
    check: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words) {
        Ok(report) => {
            let document = ReportDocument::new("hash", &report, None);
            let text = || {
                let lines = report.done.iter().map(|done| format!("{}\n", done.name));
                lines.collect()
            };
            output.show(&document, text);
            0
        }
        Err(error) => output.fail("hash", &error),
    }
}

fn work(common: &Common, words: &Words) -> Result<Report> {
    let args: Hash = words.parse("hash")?;
    let inputs = inputs(common)?;
    let sums = match args.check {
        true => Sums::Required,
        false => Sums::Told,
    };
    let spec = load_with(&inputs, sums)?;
    let mut report = Report::default();
    for sum in &spec.sums {
        let path = sum.path().display().to_string();
        let failed = |error: std::io::Error| {
            Error::new(
                Code::FileUnreadable,
                format!("cannot write {path}: {error}"),
            )
            .help("is the folder writable?")
        };
        let text = sum.text();
        let same = fs::read_to_string(sum.path()).is_ok_and(|known| known == text);
        if !same {
            let temporary = format!("{path}.initium-new");
            fs::write(&temporary, &text).map_err(failed)?;
            fs::rename(&temporary, sum.path()).map_err(failed)?;
        }
        report.done.push(done(sum, &path, same));
    }
    Ok(report)
}

fn done(sum: &Sum, path: &str, same: bool) -> Done {
    let files = match sum.count() {
        1 => "1 file".to_string(),
        n => format!("{n} files"),
    };
    Done {
        target: DEFAULT_TARGET.into(),
        id: path.into(),
        name: match same {
            true => format!("{path} is up to date: {files}"),
            false => format!("wrote {path}: {files}"),
        },
        outcome: Outcome::Added,
        duration: Duration::ZERO,
        statements: 0,
        reason: None,
        keys: None,
    }
}
