//! `baseline`: adopts an existing database.

use super::apply::unknown_migration;
use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::run::{Adopt, baseline};
use argh::{ArgsInfo, FromArgs};
use initium_driver::Result;
use initium_driver::driver::Access;

/// adopt an existing database: record everything up to an id as applied, without running it
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Baseline {
    /// the last migration that the database already has
    #[argh(positional)]
    id: String,
    /// only where this table exists and the ledger is empty; elsewhere nothing is done
    #[argh(option, arg_name = "name")]
    if_table: Option<String>,
    /// why; kept in the ledger
    #[argh(option, arg_name = "text")]
    reason: Option<String>,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match open(common, words) {
        Ok((mut session, id, adopt)) => output.finish(
            "baseline",
            session.run(|spec, connections, context| {
                baseline(spec, connections, &id, &adopt, context)
            }),
        ),
        Err(error) => output.fail("baseline", &error),
    }
}

fn open(common: &Common, words: &Words) -> Result<(Session, String, Adopt)> {
    let args: Baseline = words.parse("baseline")?;
    let mut session = Session::open(common, "baseline", Need::Spec, Access::Write)?;
    let ids: Vec<_> = session
        .spec
        .migrations
        .iter()
        .map(|m| m.id.as_str())
        .collect();
    if !ids.contains(&args.id.as_str()) {
        return Err(unknown_migration(&args.id, &ids));
    }
    session.because(args.reason);
    let adopt = args.if_table.map_or(Adopt::Always, Adopt::IfTable);
    Ok((session, args.id, adopt))
}
