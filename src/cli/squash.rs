//! `squash`: one migration in the place of many, in their folder or on standard output.

use super::arguments::{Common, Words};
use super::diff::scratch;
use super::folder::{Opened, open, replace};
use super::new;
use super::output::Output;
use super::session::{Need, Session};
use crate::report::{ReportDocument, count};
use crate::run::{Done, Ground, Here, Outcome, Report, Rows, Squashed, squash};
use crate::spec::{DEFAULT_TARGET, REPLACES};
use argh::{ArgsInfo, FromArgs};
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::Access;
use initium_driver::{Code, Error, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// make one migration of many: what it builds is proven to be the same
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Squash {
    /// the last migration that goes into it
    #[argh(option, arg_name = "id")]
    to: String,
    /// what it is called (default: squashed)
    #[argh(option, arg_name = "text")]
    title: Option<String>,
    /// leave out the rows that migrations wrote
    #[argh(switch)]
    without_data: bool,
    /// prove it, show it, and change no file
    #[argh(switch)]
    dry_run: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words, output) {
        Ok(status) => status,
        Err(error) => output.fail("squash", &error),
    }
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<i32> {
    if !SCHEMAS {
        return Err(missing("squash"));
    }
    let args: Squash = words.parse("squash")?;
    let opened = match common.dir.is_empty() {
        true => None,
        false => Some(open(common)?),
    };
    let squashed = made(common, &args)?;
    let name = args.title.as_deref().unwrap_or("squashed");
    let up = format!("{REPLACES}{}\n{}", squashed.replaces.join(" "), squashed.up);
    let changed = match &opened {
        Some(opened) if !args.dry_run => {
            let down = squashed.down.as_deref().unwrap_or_default();
            replace(opened, &squashed.replaces, name, &up, down)?
        }
        _ => Vec::new(),
    };
    let report = Report {
        done: changed.iter().map(|path| done(path, name)).collect(),
    };
    let text = || told(&squashed, &changed, &opened, name, &up);
    output.show(&ReportDocument::new("squash", &report, None), text);
    Ok(0)
}

fn made(common: &Common, args: &Squash) -> Result<Squashed> {
    let mut session = Session::open(common, "squash", Need::Spec, Access::Read)?;
    let rows = match args.without_data {
        true => Rows::Left,
        false => Rows::Kept,
    };
    let [connection] = session.connections.as_mut_slice() else {
        return Err(
            Error::new(Code::Usage, "squash is about one target").help("choose one with --target")
        );
    };
    let driver = connection.driver.as_mut();
    let database = driver.dialect().names()[0];
    let mut scratch = scratch(common, &session.spec, database)?;
    let mut ground = Ground {
        here: Here::Driver(driver),
        scratch: scratch.as_mut().map(|it| it.as_mut() as _),
    };
    squash(
        &session.spec,
        &connection.target,
        &args.to,
        rows,
        &mut ground,
    )
}

fn done(path: &Path, name: &str) -> Done {
    Done {
        target: DEFAULT_TARGET.into(),
        id: path.display().to_string(),
        name: name.into(),
        outcome: Outcome::Added,
        duration: Duration::ZERO,
        statements: 0,
        reason: None,
        keys: None,
    }
}

fn told(
    squashed: &Squashed,
    changed: &[PathBuf],
    opened: &Option<Opened>,
    name: &str,
    up: &str,
) -> String {
    let many = count(squashed.replaces.len(), "migration");
    let mut text = match (changed, opened) {
        ([], None) => {
            let body = new::Body {
                up: squashed.up.clone(),
                down: squashed.down.clone(),
            };
            new::standing(name, &squashed.replaces, &body)
        }
        ([], Some(_)) => up.to_string(),
        (changed, _) => {
            let lines = changed
                .iter()
                .map(|path| format!("wrote {}\n", path.display()));
            lines.collect()
        }
    };
    text += &format!("# {many} in one, and what it builds is the same\n");
    for head in &squashed.kept {
        text += &format!("# kept as it was: {head}\n");
    }
    text
}
