//! `unlock`: who holds the lock; with a yes, ends that session. No lock outlives its session, so
//! there is nothing else to clear.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::report::UnlockDocument;
use crate::run::{holders, unlock};
use argh::{ArgsInfo, FromArgs};
use initium_driver::Result;
use initium_driver::driver::Access;

/// show who holds the lock, and end it
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Unlock {
    /// why; kept in the log
    #[argh(option, arg_name = "text")]
    reason: Option<String>,
    /// end the session that holds the lock
    #[argh(switch)]
    yes: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words) {
        Ok(document) => {
            output.show(&document, || document.text());
            0
        }
        Err(error) => output.fail("unlock", &error),
    }
}

fn work(common: &Common, words: &Words) -> Result<UnlockDocument> {
    let args: Unlock = words.parse("unlock")?;
    let access = if args.yes {
        Access::Write
    } else {
        Access::Read
    };
    let mut session = Session::open(common, "unlock", Need::ConnectionOnly, access)?;
    session.because(args.reason);
    session.run(|_, connections, context| {
        let holders = match args.yes {
            true => unlock(connections, context)?,
            false => holders(connections)?,
        };
        let mut document = UnlockDocument::new();
        for (connection, holder) in connections.iter().zip(&holders) {
            document.add(&connection.target, holder.as_ref(), args.yes);
        }
        Ok(document)
    })
}
