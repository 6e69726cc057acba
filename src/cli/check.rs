//! `check`: the gate. One line and an exit code; one round trip where nothing is pending.

use super::apply::{Choice, order};
use super::arguments::{Common, Words};
use super::launch;
use super::output::Output;
use super::session::{Need, Session};
use crate::diff::Difference;
use crate::report::{CheckDocument, difference};
use crate::run::{Gate, drift, drifted, gate};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Code, Error, Result};

/// answer by exit code whether nothing is pending
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Check {
    /// only migrations with one of these tags, separated by commas, and without those behind a `!`
    #[argh(option, arg_name = "tags")]
    tags: Option<String>,
    /// only up to this migration
    #[argh(option, arg_name = "id")]
    to: Option<String>,
    /// migrations that stand before applied ones: refuse (linear), leave out (skip) or count as
    /// pending (any) (default: any)
    #[argh(option, arg_name = "linear|skip|any")]
    order: Option<String>,
    /// accept migrations in the database that the spec does not know
    #[argh(switch)]
    allow_ahead: bool,
    /// also look whether the database is as its schema is declared
    #[argh(switch)]
    drift: bool,
    /// behind `--`: what to start, in place of this program, once nothing is pending
    #[argh(positional, greedy)]
    program: Vec<String>,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    let mut found = Vec::new();
    let answer = words.parse("check").and_then(|args: Check| {
        launch::refuse_bare("check", &args.program)?;
        let mut session = Session::open(common, "check", Need::Spec, Access::Read)?;
        let choice = gated(args.tags, args.to, args.order.as_deref(), args.allow_ahead)?;
        let gate = ask(&mut session, choice)?;
        if args.drift && gate.open().is_ok() {
            found = drifts(&mut session)?;
        }
        Ok(gate)
    });
    match (answer, drifted(&found)) {
        (Ok(gate), Err(error)) => {
            let shown = || {
                found
                    .iter()
                    .map(|(target, it)| difference(target, it))
                    .collect()
            };
            output.failed(
                &error,
                &CheckDocument::new("check", &gate, Some(&error)),
                shown,
            )
        }
        (answer, _) => tell("check", answer, output),
    }
}

/// What was declared, and what the databases lack of it.
fn drifts(session: &mut Session) -> Result<Vec<(String, Difference)>> {
    if session.spec.declares.is_empty() {
        return Err(
            Error::new(Code::Usage, "--drift: the spec declares no schema")
                .help("say `schemas:` in the spec"),
        );
    }
    session.run(|spec, connections, _| drift(spec, connections))
}

/// The gate says no to what is pending, and to the order in which it is only where it is asked to.
pub fn gated(
    tags: Option<String>,
    to: Option<String>,
    word: Option<&str>,
    allow_ahead: bool,
) -> Result<Choice> {
    Ok(Choice {
        to,
        tags,
        tx_mode: None,
        allow_ahead,
        order: order(word.or(Some("any")), false)?,
        recheck: false,
        rerun: Vec::new(),
        on_breaking_change: None,
        allow: Vec::new(),
        online: false,
        allow_foreign_ledger: false,
        allow_not_empty: false,
    })
}

pub fn ask(session: &mut Session, choice: Choice) -> Result<Gate> {
    let rules = choice.rules(&session.spec)?;
    session.run(|spec, connections, _| gate(spec, connections, &rules))
}

/// Prints the answer and gives the exit status.
pub fn tell(verb: &str, answer: Result<Gate, Error>, output: &Output) -> i32 {
    let gate = match answer {
        Ok(gate) => gate,
        Err(error) => return output.fail(verb, &error),
    };
    output.pending(gate.pending.len());
    match gate.open() {
        Ok(()) => {
            let document = CheckDocument::new(verb, &gate, None);
            output.show(&document, || {
                let skipped = match gate.skipped.len() {
                    0 => String::new(),
                    n => format!(", {n} skipped"),
                };
                let applied = gate.applied;
                format!("up to date: {applied} applied, nothing pending{skipped}\n")
            });
            0
        }
        Err(error) => output.failed(
            &error,
            &CheckDocument::new(verb, &gate, Some(&error)),
            String::new,
        ),
    }
}
