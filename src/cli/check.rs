//! `check`: the gate. One line and an exit code; one round trip where nothing is pending.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::plan::{Ahead, Rules};
use crate::report::CheckDocument;
use crate::run::{Gate, gate};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Error, Result};

/// answer by exit code whether nothing is pending
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Check {
    /// accept migrations in the database that the spec does not know
    #[argh(switch)]
    allow_ahead: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    let answer = words.parse("check").and_then(|Check { allow_ahead }| {
        let mut session = Session::open(common, "check", Need::Spec, Access::Read)?;
        ask(&mut session, &rules(allow_ahead))
    });
    tell("check", answer, output)
}

/// The gate says no to what is pending, never to the order in which it is.
pub fn rules(allow_ahead: bool) -> Rules {
    Rules {
        ahead: if allow_ahead {
            Ahead::Allow
        } else {
            Ahead::Refuse
        },
        out_of_order: crate::plan::OutOfOrder::Allow,
        ..Rules::default()
    }
}

pub fn ask(session: &mut Session, rules: &Rules) -> Result<Gate> {
    session.run(|spec, connections, _| gate(spec, connections, rules))
}

/// Prints the answer and gives the exit status.
pub fn tell(verb: &str, answer: Result<Gate, Error>, output: &Output) -> i32 {
    let gate = match answer {
        Ok(gate) => gate,
        Err(error) => return output.fail(verb, &error),
    };
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
