//! `check`: the gate. One line and an exit code; one round trip where nothing is pending.

use super::apply::Choice;
use super::arguments::{Common, Words};
use super::launch;
use super::output::Output;
use super::session::{Need, Session};
use crate::report::CheckDocument;
use crate::run::{Gate, gate};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Error, Result};

/// answer by exit code whether nothing is pending
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Check {
    /// only migrations with one of these tags, separated by commas
    #[argh(option, arg_name = "tags")]
    tags: Option<String>,
    /// only up to this migration
    #[argh(option, arg_name = "id")]
    to: Option<String>,
    /// accept migrations in the database that the spec does not know
    #[argh(switch)]
    allow_ahead: bool,
    /// behind `--`: what to start, in place of this program, once nothing is pending
    #[argh(positional, greedy)]
    program: Vec<String>,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    let answer = words.parse("check").and_then(|args: Check| {
        launch::refuse_bare("check", &args.program)?;
        let session = Session::open(common, "check", Need::Spec, Access::Read)?;
        ask(session, gated(args.tags, args.to, args.allow_ahead))
    });
    tell("check", answer, output)
}

/// The gate says no to what is pending, never to the order in which it is.
pub fn gated(tags: Option<String>, to: Option<String>, allow_ahead: bool) -> Choice {
    Choice {
        to,
        tags,
        tx_mode: None,
        allow_ahead,
        allow_out_of_order: true,
        recheck: false,
        rerun: Vec::new(),
    }
}

pub fn ask(mut session: Session, choice: Choice) -> Result<Gate> {
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
                format!("up to date: {} applied, nothing pending\n", gate.applied)
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
