//! `apply`: applies what is pending.

use super::arguments::{Common, Words};
use super::judge;
use super::output::{Output, Yes, agree};
use super::session::{Need, Session};
use super::values::{ORDERS, POLICIES, TX_MODES, listed};
use crate::lint::{Finding, Ground, Settings, lint};
use crate::plan::{Ahead, Beside, Order, Plan, Recheck, Rules, Tags, TxMode};
use crate::report;
use crate::report::{PlanDocument, facts_hash};
use crate::run::{Outcomes, apply, declare, foresee, grounds, plan, prospects, unexpected};
use crate::spec::{Policy, Severity, Spec};
use argh::{ArgsInfo, FromArgs};
use initium_driver::change::Way;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::Access;
use initium_driver::{Code, Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// apply what is pending, in order
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Apply {
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
    /// migrations that stand before applied ones: refuse (linear), leave out (skip) or apply (any)
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
    /// make this breaking change, named as the plan tells it; may be repeated
    #[argh(option, arg_name = "change")]
    allow: Vec<String>,
    /// change a declared schema in ways that do not lock others out, where there are any
    #[argh(switch)]
    online: bool,
    /// apply although another tool's ledger is there, and none of ours
    #[argh(switch)]
    allow_foreign_ledger: bool,
    /// apply although tables are there that no migration made
    #[argh(switch)]
    allow_not_empty: bool,
    /// show what would run and write nothing
    #[argh(switch)]
    dry_run: bool,
    /// stop before anything runs where a finding is worse than this: none, notice, warning, error
    #[argh(option, arg_name = "severity")]
    max_severity: Option<String>,
    /// run exactly what this file of `plan --out` says, or refuse
    #[argh(option, arg_name = "file")]
    plan: Option<String>,
    /// ask before anything runs
    #[argh(switch)]
    interactive: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    let (args, mut session, rules) = match open(common, words) {
        Ok(found) => found,
        Err(error) => return output.fail("apply", &error),
    };
    let approved = match args.plan.as_deref().map(approved).transpose() {
        Ok(approved) => approved,
        Err(error) => return output.fail("apply", &error),
    };
    let bar = match Bar::new(&mut session, args.max_severity.as_deref(), &args) {
        Ok(bar) => bar,
        Err(error) => return output.fail("apply", &error),
    };
    if args.dry_run {
        return preview(&mut session, &rules, approved.as_deref(), &bar, output);
    }
    let spec = Rc::clone(&session.spec);
    let mut consent = |found: &Plan| {
        same_facts(approved.as_deref(), found)?;
        let findings = bar.findings(found, &spec);
        bar.stop(&findings)?;
        if args.interactive && !found.is_empty() {
            output.aside(&report::plan(found, &findings));
            return agree(
                Yes::Ask,
                "applying this",
                "run it on a terminal, or without --interactive",
            );
        }
        Ok(())
    };
    let outcomes: Outcomes = session
        .run(|spec, connections, context| apply(spec, connections, &rules, context, &mut consent));
    output.finish("apply", outcomes)
}

fn open(common: &Common, words: &Words) -> Result<(Apply, Session, Rules)> {
    let args: Apply = words.parse("apply")?;
    let chosen = Choice {
        to: args.to.clone(),
        tags: args.tags.clone(),
        tx_mode: args.tx_mode.clone(),
        allow_ahead: args.allow_ahead,
        order: order(args.order.as_deref(), args.allow_out_of_order)?,
        recheck: args.recheck,
        rerun: args.rerun.clone(),
        on_breaking_change: args.on_breaking_change.clone(),
        allow: args.allow.clone(),
        online: args.online,
        allow_foreign_ledger: args.allow_foreign_ledger,
        allow_not_empty: args.allow_not_empty,
    };
    let access = if args.dry_run {
        Access::Read
    } else {
        Access::Write
    };
    let session = Session::open(common, "apply", Need::Spec, access)?;
    let rules = chosen.rules(&session.spec)?;
    Ok((args, session, rules))
}

/// What the findings of a plan stand against.
struct Bar {
    limit: Option<Severity>,
    settings: Settings,
    grounds: BTreeMap<String, Ground>,
}

impl Bar {
    /// The servers are asked only where somebody looks at the findings.
    fn new(session: &mut Session, flag: Option<&str>, args: &Apply) -> Result<Bar> {
        let limit = match judge::limit("--max-severity", flag)? {
            Some(_) if !SCHEMAS => return Err(missing("--max-severity")),
            None => session.spec.lint.max_severity,
            limit => limit,
        };
        let settings = Settings::new(&session.spec, &[], None)?;
        let wanted = SCHEMAS && (limit.is_some() || args.dry_run || args.interactive);
        let grounds = match wanted {
            true => grounds(&mut session.connections),
            false => BTreeMap::new(),
        };
        Ok(Bar {
            limit,
            settings,
            grounds,
        })
    }

    fn findings(&self, plan: &Plan, spec: &Spec) -> Vec<Finding> {
        lint(plan, spec, &self.grounds, &self.settings)
    }

    fn stop(&self, findings: &[Finding]) -> Result<()> {
        match self.limit {
            None => Ok(()),
            Some(limit) => judge::stop(Code::LintBlocked, limit, findings),
        }
    }
}

fn same_facts(approved: Option<&str>, found: &Plan) -> Result<()> {
    match approved {
        Some(facts) if facts != facts_hash(found) => Err(Error::new(
            Code::PlanStale,
            "the database or the spec changed since this plan was made",
        )
        .help("make a new plan, look at it, and apply that")),
        _ => Ok(()),
    }
}

fn preview(
    session: &mut Session,
    rules: &Rules,
    approved: Option<&str>,
    bar: &Bar,
    output: &Output,
) -> i32 {
    let found = session.run(|spec, connections, _| {
        let mut histories = prospects(spec, connections, rules)?;
        declare(spec, connections, &mut histories, rules)?;
        let found = plan(spec, connections, &histories, rules)?;
        unexpected(connections, &histories, &found, rules)?;
        same_facts(approved, &found)?;
        let findings = bar.findings(&found, spec);
        foresee(found, connections).map(|found| (found, findings))
    });
    match found {
        Ok((found, findings)) => {
            let document = PlanDocument::new("apply", &found).judged(&findings);
            let text = || format!("{}nothing was written\n", report::plan(&found, &findings));
            match bar.stop(&findings) {
                Ok(()) => {
                    output.show(&document, text);
                    0
                }
                Err(error) => output.failed(&error, &document, text),
            }
        }
        Err(error) => output.fail("apply", &error),
    }
}

/// The facts that an approved plan stands on.
fn approved(path: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Approved {
        facts: String,
    }
    let text = std::fs::read_to_string(path).map_err(|e| {
        Error::new(
            Code::FileUnreadable,
            format!("cannot read the plan '{path}': {e}"),
        )
    })?;
    let plan: Approved = serde_json::from_str(&text).map_err(|e| {
        // Its own words quote what stands there.
        let at = format!("line {}, column {}", e.line(), e.column());
        Error::new(
            Code::SettingInvalid,
            format!("'{path}' is not a plan: see {at}"),
        )
        .help("write one with `initium migrate plan --out FILE`")
    })?;
    Ok(plan.facts)
}

/// What `apply` and `plan` have in common.
pub struct Choice {
    pub to: Option<String>,
    pub tags: Option<String>,
    pub tx_mode: Option<String>,
    pub allow_ahead: bool,
    pub order: Order,
    pub recheck: bool,
    pub rerun: Vec<String>,
    pub on_breaking_change: Option<String>,
    pub allow: Vec<String>,
    pub online: bool,
    pub allow_foreign_ledger: bool,
    pub allow_not_empty: bool,
}

impl Choice {
    /// The rules of a run, with every id and tag known to the spec.
    pub fn rules(self, spec: &Spec) -> Result<Rules> {
        let ids: Vec<_> = spec.migrations.iter().map(|m| m.id.as_str()).collect();
        if let Some(to) = self.to.as_deref().filter(|to| !ids.contains(to)) {
            return Err(unknown_migration(to, &ids));
        }
        if let Some(id) = self.rerun.iter().find(|id| !ids.contains(&id.as_str())) {
            return Err(unknown_migration(id, &ids));
        }
        let tags = self
            .tags
            .as_deref()
            .map(|tags| tags_of(tags, spec))
            .transpose()?;
        let tx_mode = self.tx_mode.as_deref().unwrap_or("each");
        Ok(Rules {
            ahead: if self.allow_ahead {
                Ahead::Allow
            } else {
                Ahead::Refuse
            },
            order: self.order,
            tx_mode: TxMode::parse(tx_mode).ok_or_else(|| {
                Error::new(Code::SettingInvalid, "--tx-mode is no mode").help(listed(TX_MODES))
            })?,
            to: self.to,
            tags: tags.unwrap_or_default(),
            recheck: match self.recheck {
                true => Recheck::Ask,
                false => Recheck::Skip,
            },
            rerun: self.rerun,
            breaking: match self.on_breaking_change.as_deref() {
                None => spec.on_breaking_change.unwrap_or_default(),
                Some(word) => Policy::parse(word).ok_or_else(|| {
                    Error::new(Code::SettingInvalid, "--on-breaking-change is no policy")
                        .help(listed(POLICIES))
                })?,
            },
            allow: self.allow,
            way: match self.online {
                true => Way::Online,
                false => Way::Plain,
            },
            foreign_ledger: beside(self.allow_foreign_ledger),
            not_empty: beside(self.allow_not_empty),
        })
    }
}

fn beside(flag: bool) -> Beside {
    match flag {
        true => Beside::Allow,
        false => Beside::Refuse,
    }
}

/// What two flags say of the order.
pub fn order(word: Option<&str>, any: bool) -> Result<Order> {
    match (word, any) {
        (None, true) => Ok(Order::Any),
        (None, false) => Ok(Order::default()),
        (Some(word), _) => {
            let order = Order::parse(word).ok_or_else(|| {
                Error::new(Code::SettingInvalid, "--order is no order").help(listed(ORDERS))
            })?;
            match any && order != Order::Any {
                false => Ok(order),
                true => {
                    let message = "--allow-out-of-order says another order than --order";
                    Err(Error::new(Code::Usage, message)
                        .help("it means --order any; give one of them"))
                }
            }
        }
    }
}

/// `core,!seed`: those with one of the plain words and none of the others. A tag that no migration
/// carries chooses nothing, which nobody means.
fn tags_of(list: &str, spec: &Spec) -> Result<Tags> {
    let words = list.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    let (none, some): (Vec<_>, Vec<_>) = words.partition(|word| word.starts_with('!'));
    let tags = Tags {
        some: some.into_iter().map(String::from).collect(),
        none: none.iter().map(|word| word[1..].trim().into()).collect(),
    };
    let known: Vec<_> = spec
        .migrations
        .iter()
        .flat_map(|m| &m.tags)
        .map(String::as_str)
        .collect();
    if tags == Tags::default() || tags.none.iter().any(String::is_empty) {
        return Err(Error::new(Code::SettingInvalid, "--tags names no tag")
            .help("for instance --tags core,extra, or --tags 'core,!seed'"));
    }
    for tag in tags.some.iter().chain(&tags.none) {
        if !known.contains(&tag.as_str()) {
            let error = Error::new(
                Code::UnknownMigration,
                format!("no migration has the tag '{tag}'"),
            );
            return Err(match super::arguments::nearest(tag, &known) {
                Some(near) => error.help(format!("did you mean '{near}'?")),
                None => error.help("see `tags:` of the migrations in the spec"),
            });
        }
    }
    Ok(tags)
}

/// The error for an id that the spec does not have, with the nearest one.
pub fn unknown_migration(id: &str, ids: &[&str]) -> Error {
    let error = Error::new(
        Code::UnknownMigration,
        format!("the spec has no migration '{id}'"),
    );
    match super::arguments::nearest(id, ids) {
        Some(near) => error.help(format!("did you mean '{near}'?")),
        None => error.help("see `initium migrate status` for the ids"),
    }
}
