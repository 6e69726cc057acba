//! `plan`: what apply would do. Writes nothing.

use super::apply::{Choice, order};
use super::arguments::{Common, Words};
use super::judge;
use super::output::Output;
use super::session::{Need, Session, read, valued};
use crate::lint::{Finding, Settings, lint};
use crate::plan::TxMode;
use crate::plan::{
    Facts, Plan as Planned, Seen, around, check_one_transaction, plan_apply, united, wanted,
};
use crate::report::{PlanDocument, plan as text};
use crate::run::{declare, foresee, plan, prospects, unexpected};
use argh::{ArgsInfo, FromArgs};
use initium_driver::catalog::Sizes;
use initium_driver::driver::Access;
use initium_driver::{Catalog, Code, Error, History, Result};

/// show what apply would do
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Plan {
    /// the last migration to apply
    #[argh(option, arg_name = "id")]
    to: Option<String>,
    /// only migrations with one of these tags, separated by commas, and without those behind a `!`
    #[argh(option, arg_name = "tags")]
    tags: Option<String>,
    /// transactions: one for each migration, one for all, or none (default: each)
    #[argh(option, arg_name = "each|all|none")]
    tx_mode: Option<String>,
    /// accept migrations in the database that the spec does not know
    #[argh(switch)]
    allow_ahead: bool,
    /// migrations that stand before applied ones: refuse (linear), leave out (skip) or plan (any)
    /// (default: linear)
    #[argh(option, arg_name = "linear|skip|any")]
    order: Option<String>,
    /// the same as --order any
    #[argh(switch)]
    allow_out_of_order: bool,
    /// ask again whether migrations apply that did not when they were asked
    #[argh(switch)]
    recheck: bool,
    /// run this applied migration once more, for what was written since; may be repeated
    #[argh(option, arg_name = "id")]
    rerun: Vec<String>,
    /// for a declared schema's changes that lose data or break programs: block, warn or expand
    /// (default: block)
    #[argh(option, arg_name = "word")]
    on_breaking_change: Option<String>,
    /// a breaking change that apply is to make, named as the plan tells it; may be repeated
    #[argh(option, arg_name = "change")]
    allow: Vec<String>,
    /// change a declared schema in ways that do not lock others out, where there are any
    #[argh(switch)]
    online: bool,
    /// plan although another tool's ledger is there, and none of ours
    #[argh(switch)]
    allow_foreign_ledger: bool,
    /// plan although tables are there that no migration made
    #[argh(switch)]
    allow_not_empty: bool,
    /// also write the plan as JSON to this file, for `apply --plan`
    #[argh(option, arg_name = "file")]
    out: Option<String>,
    /// without a server: everything is pending; needs `database:` in the spec or --database
    #[argh(switch)]
    offline: bool,
    /// exit 3 if anything would run
    #[argh(switch)]
    exit_code: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words, output) {
        Ok(status) => status,
        Err(error) => output.fail("plan", &error),
    }
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<i32> {
    let args: Plan = words.parse("plan")?;
    let choice = Choice {
        to: args.to,
        tags: args.tags,
        tx_mode: args.tx_mode,
        allow_ahead: args.allow_ahead,
        order: order(args.order.as_deref(), args.allow_out_of_order)?,
        recheck: args.recheck,
        rerun: args.rerun,
        on_breaking_change: args.on_breaking_change,
        allow: args.allow,
        online: args.online,
        allow_foreign_ledger: args.allow_foreign_ledger,
        allow_not_empty: args.allow_not_empty,
    };
    let (found, findings) = if args.offline {
        offline(common, choice)?
    } else {
        online(common, choice)?
    };
    let document = PlanDocument::new("plan", &found).judged(&findings);
    if let Some(path) = &args.out {
        let json = crate::report::json(&document);
        std::fs::write(path, format!("{json}\n")).map_err(|e| {
            Error::new(
                Code::FileUnreadable,
                format!("cannot write the plan to '{path}': {e}"),
            )
        })?;
    }
    output.show(&document, || text(&found, &findings));
    output.pending(found.migrations.len());
    Ok(if args.exit_code && !found.is_empty() {
        Code::Pending.exit() as i32
    } else {
        0
    })
}

fn online(common: &Common, choice: Choice) -> Result<(Planned, Vec<Finding>)> {
    let mut session = Session::open(common, "plan", Need::JudgedSpec, Access::Read)?;
    let rules = choice.rules(&session.spec)?;
    session.run(|spec, connections, _| {
        let settings = Settings::new(spec, &[], None)?;
        let mut histories = prospects(spec, connections, &rules)?;
        declare(spec, connections, &mut histories, &rules)?;
        let found = plan(spec, connections, &histories, &rules)?;
        unexpected(connections, &histories, &found, &rules)?;
        let found = foresee(found, connections)?;
        let findings = judge::online(&found, spec, connections, &settings);
        Ok((found, findings))
    })
}

fn offline(common: &Common, choice: Choice) -> Result<(Planned, Vec<Finding>)> {
    let (spec, targets) = read(common, Need::JudgedSpec)?;
    let rules = choice.rules(&spec)?;
    let mut dialects = Vec::new();
    for target in &targets {
        dialects.push((target.name.as_str(), judge::dialect(target, common)?));
    }
    let named = dialects.iter();
    let named: Vec<_> = named.map(|(name, it)| (*name, it.as_ref())).collect();
    let spec = valued(spec, common, "plan", &named)?;
    let (history, empty, sizes) = (History::default(), Catalog::default(), Sizes::new());
    let mut plans = Vec::new();
    for (target, dialect) in named {
        let facts = Facts {
            target,
            dialect,
            history: &history,
            verdicts: &[],
            wanted: wanted(&spec, target, dialect)?,
            seen: Seen::Held {
                catalog: &empty,
                sizes: &sizes,
            },
            difference: None,
        };
        plans.push(around(plan_apply(&facts, &rules)?, &facts, &spec)?);
    }
    let found = united(plans, &spec.order())?;
    if rules.tx_mode == TxMode::All {
        check_one_transaction(&found)?;
    }
    let settings = Settings::new(&spec, &[], None)?;
    let grounds = judge::offline(&targets, common, &[])?;
    let findings = lint(&found, &spec, &grounds, &settings);
    Ok((found, findings))
}
