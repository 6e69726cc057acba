//! `rollback`: undoes the newest migrations, also from an image that no longer has their scripts.

use super::arguments::{Common, Words};
use super::output::{LOOK, Output, Yes, agree};
use super::session::{Need, Session};
use crate::plan::{Plan, Until};
use crate::report::{PlanDocument, count, plan as text};
use crate::run::{foresee, preview_rollback, rollback};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Code, Error, Result};

/// undo the newest migrations
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Rollback {
    /// how many (default: 1)
    #[argh(option, arg_name = "n")]
    steps: Option<usize>,
    /// undo everything after this migration, which stays
    #[argh(option, arg_name = "id")]
    to: Option<String>,
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
        Err(error) => output.fail("rollback", &error),
    }
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<i32> {
    let args: Rollback = words.parse("rollback")?;
    let mut until = match (args.steps, args.to) {
        (Some(_), Some(_)) => {
            return Err(Error::new(
                Code::Usage,
                "--steps and --to exclude each other",
            ));
        }
        (steps, None) => Until::Steps(steps.unwrap_or(1)),
        (None, Some(id)) => Until::Migration {
            id,
            later: Vec::new(),
        },
    };
    let access = if args.dry_run {
        Access::Read
    } else {
        Access::Write
    };
    let mut session = Session::open(common, "rollback", Need::ConnectionOnly, access)?;
    if session.connections.len() > 1 && matches!(until, Until::Steps(_)) {
        return Err(Error::new(
            Code::Usage,
            "--steps counts in one target, and the spec has several",
        )
        .help("choose one with --target, or say --to ID"));
    }
    session.because(args.reason);
    if let Until::Migration { id, later } = &mut until {
        let ids = session.spec.migrations.iter().map(|m| m.id.clone());
        *later = ids.skip_while(|other| other != id).skip(1).collect();
    }
    if args.dry_run {
        let plan = session.run(|spec, connections, _| {
            let plan = preview_rollback(spec, connections, &until)?;
            foresee(plan, connections)
        })?;
        output.show(&PlanDocument::new("rollback", &plan), || {
            format!("{}nothing was written\n", text(&plan, &[]))
        });
        return Ok(0);
    }
    let mut consent = |plan: &Plan| match plan.migrations.len() {
        0 => Ok(()),
        n => agree(
            Yes::from(args.yes),
            &format!("rolling back {}", count(n, "migration")),
            LOOK,
        ),
    };
    let outcomes = session.run(|spec, connections, context| {
        rollback(spec, connections, &until, context, &mut consent)
    });
    Ok(output.finish("rollback", outcomes))
}
