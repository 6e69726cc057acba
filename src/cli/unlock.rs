//! `unlock`: who holds the lock; with a yes, ends that session. No lock outlives its session, so
//! there is nothing else to clear.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::plan::attempt;
use crate::report::UnlockDocument;
use crate::run::describe;
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Entry, Error, Result, Script};

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
        let mut document = UnlockDocument::new();
        for connection in connections.iter_mut() {
            let at = |error: Error| error.target(&connection.target);
            let holder = connection.driver.holder().map_err(at)?;
            if let Some(holder) = holder.as_ref().filter(|_| args.yes) {
                connection.driver.end(holder).map_err(at)?;
                // Who was ended belongs into the row that says who ended it.
                let mut log = attempt(None, None, &context.author);
                if let Entry::Attempt(row) = &mut log {
                    row.message = Some(format!("ended {}", describe(holder)));
                }
                let _ = connection.driver.execute(&Script::entries(vec![log]));
            }
            document.add(&connection.target, holder.as_ref(), args.yes);
        }
        Ok(document)
    })
}
