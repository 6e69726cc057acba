//! `history`: every attempt, outcome, error and override. Writes nothing.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::report::{AttemptRow, HistoryDocument, history as text};
use argh::{ArgsInfo, FromArgs};
use initium_driver::Result;
use initium_driver::driver::Access;

/// show every attempt
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct History {
    /// how many of the newest attempts (default: 100)
    #[argh(option, arg_name = "n", default = "100")]
    limit: u64,
    /// only attempts of this migration
    #[argh(option, arg_name = "id")]
    id: Option<String>,
}

/// More than any log has.
const ALL: u64 = i64::MAX as u64;

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words) {
        Ok(document) => {
            output.show(&document, || text(&document));
            0
        }
        Err(error) => output.fail("history", &error),
    }
}

fn work(common: &Common, words: &Words) -> Result<HistoryDocument> {
    let args: History = words.parse("history")?;
    let mut session = Session::open(common, "history", Need::ConnectionOnly, Access::Read)?;
    session.run(|_, connections, _| {
        let mut rows = Vec::new();
        for connection in connections.iter_mut() {
            // A filter comes before a limit.
            let limit = if args.id.is_some() { ALL } else { args.limit };
            let found = connection
                .driver
                .attempts(limit)
                .map_err(|e| e.target(&connection.target))?;
            rows.extend(
                found
                    .into_iter()
                    .filter(|attempt| args.id.is_none() || attempt.id == args.id)
                    .map(|attempt| AttemptRow {
                        target: connection.target.clone(),
                        attempt,
                    }),
            );
        }
        let extra = rows
            .len()
            .saturating_sub(usize::try_from(args.limit).unwrap_or(usize::MAX));
        Ok(HistoryDocument::new(rows.split_off(extra)))
    })
}
