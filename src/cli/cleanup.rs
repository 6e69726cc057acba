//! `cleanup`: the contract half of verified migrations.

use super::arguments::{Common, Words};
use super::duration::parse;
use super::output::{LOOK, Output, Yes, agree};
use super::session::{Need, Session};
use crate::plan::Plan;
use crate::report::{PlanDocument, count, plan as text};
use crate::run::{cleanup, foresee, preview_cleanup};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Record, Result};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// run the contract half of verified migrations
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Cleanup {
    /// only what was applied longer ago than this
    #[argh(option, arg_name = "time")]
    older_than: Option<String>,
    /// why; kept in the log
    #[argh(option, arg_name = "text")]
    reason: Option<String>,
    /// show what would run and write nothing
    #[argh(switch)]
    dry_run: bool,
    /// do not ask
    #[argh(switch)]
    yes: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words, output) {
        Ok(status) => status,
        Err(error) => output.fail("cleanup", &error),
    }
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<i32> {
    let args: Cleanup = words.parse("cleanup")?;
    let age = args
        .older_than
        .as_deref()
        .map(|text| parse("--older-than", text))
        .transpose()?;
    let now = OffsetDateTime::now_utc();
    let old_enough =
        |record: &Record| match (age, OffsetDateTime::parse(&record.applied_at, &Rfc3339)) {
            (None, _) => true,
            (Some(age), Ok(at)) => now - at >= age,
            (Some(_), Err(_)) => false,
        };
    let access = if args.dry_run {
        Access::Read
    } else {
        Access::Write
    };
    let mut session = Session::open(common, "cleanup", Need::Spec, access)?;
    session.because(args.reason);
    if args.dry_run {
        let plan = session.run(|spec, connections, _| {
            let plan = preview_cleanup(spec, connections, &old_enough)?;
            foresee(plan, connections)
        })?;
        output.show(&PlanDocument::new("cleanup", &plan), || {
            format!("{}nothing was written\n", text(&plan, &[]))
        });
        return Ok(0);
    }
    let mut consent = |plan: &Plan| match plan.migrations.len() {
        0 => Ok(()),
        n => agree(
            Yes::from(args.yes),
            &format!("cleaning up {}", count(n, "migration")),
            LOOK,
        ),
    };
    let outcomes = session.run(|spec, connections, context| {
        cleanup(spec, connections, &old_enough, context, &mut consent)
    });
    Ok(output.finish("cleanup", outcomes))
}
