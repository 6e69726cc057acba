//! `repair`: settles one named thing.

use super::arguments::{Common, Words};
use super::output::{Output, Yes, agree};
use super::session::{Need, Session};
use super::values::{REPAIRS, listed};
use crate::run::{Repair as What, repair};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Code, Error, Result};

/// settle one named thing
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Repair {
    /// accept (the edited text is right), done (the undecided statement took effect) or retry (it did not)
    #[argh(positional)]
    what: String,
    /// the migration
    #[argh(positional)]
    id: String,
    /// the undecided statement's number
    #[argh(option, arg_name = "n")]
    statement: Option<u64>,
    /// why; required, and kept in the log
    #[argh(option, arg_name = "text")]
    reason: Option<String>,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match open(common, words) {
        Ok((mut session, what)) => output.finish(
            "repair",
            session.run(|spec, connections, context| repair(spec, connections, &what, context)),
        ),
        Err(error) => output.fail("repair", &error),
    }
}

fn open(common: &Common, words: &Words) -> Result<(Session, What)> {
    let args: Repair = words.parse("repair")?;
    let reason = args
        .reason
        .filter(|r| !r.trim().is_empty())
        .ok_or_else(|| {
            Error::new(Code::Usage, "repair needs a --reason")
                .help("say why; it is kept in the log for whoever asks later")
        })?;
    let id = args.id;
    let what = match (args.what.as_str(), args.statement) {
        ("accept", None) => What::Accept { id },
        ("done", Some(statement)) => What::Done { id, statement },
        ("retry", Some(statement)) => What::Retry { id, statement },
        ("accept", Some(_)) => {
            return Err(Error::new(
                Code::Usage,
                "repair accept takes no --statement",
            ));
        }
        ("done" | "retry", None) => {
            return Err(Error::new(
                Code::Usage,
                "repair needs the --statement that is undecided",
            )
            .help("`initium migrate apply` names it"));
        }
        _ => {
            return Err(
                Error::new(Code::Usage, format!("repair can {}", listed(REPAIRS)))
                    .help("see `initium migrate repair --help`"),
            );
        }
    };
    agree(
        Yes::from(args.yes),
        &format!("repairing '{}'", what.id()),
        "look at it with `initium migrate status`, then run it with --yes",
    )?;
    let mut session = Session::open(common, "repair", Need::Spec, Access::Write)?;
    session.because(Some(reason));
    Ok((session, what))
}
