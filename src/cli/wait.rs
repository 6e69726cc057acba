//! `wait`: the gate again and again, for application pods and start-up order.

use super::apply::Choice;
use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use super::{check, duration, interrupt, launch};
use crate::run::Gate;
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Code, Error, Result};
use std::time::{Duration, Instant};

/// check again until nothing is pending
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Wait {
    /// give up after this time (default: 5m)
    #[argh(option, arg_name = "time")]
    timeout: Option<String>,
    /// time between two checks (default: 1s)
    #[argh(option, arg_name = "time")]
    interval: Option<String>,
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
    /// behind `--`: what to start, in place of this program, once nothing is pending
    #[argh(positional, greedy)]
    program: Vec<String>,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    check::tell("wait", work(common, words), output)
}

fn work(common: &Common, words: &Words) -> Result<Gate> {
    let args: Wait = words.parse("wait")?;
    launch::refuse_bare("wait", &args.program)?;
    let timeout = duration::setting("--timeout", args.timeout.as_deref(), None, TIMEOUT)?;
    let interval = duration::setting(
        "--interval",
        args.interval.as_deref(),
        None,
        Duration::from_secs(1),
    )?;
    // Of all databases of a list, where there is one.
    let start = common
        .one
        .as_ref()
        .map_or_else(Instant::now, |one| one.begun);
    let mut last = String::new();
    loop {
        let left = timeout.saturating_sub(start.elapsed()).min(TRY);
        let (tags, to) = (args.tags.clone(), args.to.clone());
        let choice = check::gated(tags, to, args.order.as_deref(), args.allow_ahead)?;
        let answer = once(common, left, choice);
        let why = match &answer {
            Ok(gate) => match gate.open() {
                Ok(()) => return answer,
                Err(error) => error,
            },
            // What waiting can cure: a server that is not there yet, or that went away.
            Err(error) if passes(error.code()) => error.clone(),
            Err(_) => return answer,
        };
        if why.message() != last {
            last = why.message().to_string();
            log::info!("waiting: {last}");
        }
        if start.elapsed() + interval > timeout {
            return Err(Error::new(
                Code::WaitTimeout,
                format!("gave up after {timeout:?}: {last}"),
            )
            .help("is `initium migrate apply` running somewhere? wait longer with --timeout"));
        }
        interrupt::nap(interval);
        if let Some(signal) = interrupt::signal() {
            return Err(Error::new(
                Code::Interrupted,
                format!("stopped by signal {signal} while waiting"),
            )
            .signal(signal));
        }
    }
}

fn passes(code: Code) -> bool {
    matches!(
        code,
        Code::ConnectFailed | Code::ConnectionLost | Code::TokenUnavailable
    )
}

pub const TIMEOUT: Duration = Duration::from_secs(300);

/// One try to connect; the next one comes anyway.
const TRY: Duration = Duration::from_secs(3);

/// A new connection each time: the old one may lead to a server that is going away.
fn once(common: &Common, patience: Duration, choice: Choice) -> Result<Gate> {
    let mut impatient = common.clone();
    impatient.flags.connect_timeout = Some(format!("{}ms", patience.as_millis()));
    let mut session = Session::open(&impatient, "wait", Need::Spec, Access::Read)?;
    check::ask(&mut session, choice)
}
