//! `lint`: what statements would do to others, to data and to what runs. Writes nothing, and opens no
//! database unless it is told to.

use super::arguments::{Common, Words};
use super::judge;
use super::output::Output;
use super::session::{Need, Session, read, valued};
use super::values::{LIMITS, listed};
use crate::lint::{Finding, Ground, Settings, lint, rule, unknown_rule};
use crate::plan::{Facts, Plan, Planned, Rules, Seen, arrange, plan_apply, plan_cleanups, wanted};
use crate::report::{LintDocument, Looked, explained, lint as text, listed as table};
use crate::run::{grounds, plan, prospects};
use crate::spec::{Severity, Spec};
use argh::{ArgsInfo, FromArgs};
use initium_driver::catalog::Sizes;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::driver::Access;
use initium_driver::{Catalog, Code, Dialect, Error, History, Result};
use std::collections::BTreeMap;

/// judge statements before they run
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Lint {
    /// only what is not applied yet; asks the server
    #[argh(switch)]
    pending: bool,
    /// ask the server for its version and the sizes of its tables
    #[argh(switch)]
    online: bool,
    /// only this migration and those behind it
    #[argh(option, arg_name = "id")]
    since: Option<String>,
    /// version of the server, where none is asked: 16, or mysql=8.4; may be repeated (default: the
    /// oldest that is supported)
    #[argh(option, arg_name = "version")]
    server_version: Vec<String>,
    /// look for this rule only; may be repeated
    #[argh(option, arg_name = "id")]
    rule: Vec<String>,
    /// exit 3 if a finding is this bad or worse: notice, warning, error, or none (default: error)
    #[argh(option, arg_name = "severity")]
    fail_on: Option<String>,
    /// show the table of rules
    #[argh(switch)]
    list: bool,
    /// show what a rule is about
    #[argh(option, arg_name = "rule")]
    explain: Option<String>,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words, output) {
        Ok(status) => status,
        Err(error) => output.fail("lint", &error),
    }
}

fn work(common: &Common, words: &Words, output: &Output) -> Result<i32> {
    if !SCHEMAS {
        return Err(missing("lint"));
    }
    let args: Lint = words.parse("lint")?;
    if args.list {
        output.print(&table());
        return Ok(0);
    }
    if let Some(id) = &args.explain {
        let known = rule(id).ok_or_else(|| unknown_rule(id, "--explain"))?;
        output.print(&explained(known));
        return Ok(0);
    }
    let least = least(args.fail_on.as_deref())?;
    let (looked_at, findings) = match args.pending || args.online {
        true => online(common, &args)?,
        false => offline(common, &args)?,
    };
    let looked = Looked {
        migrations: looked_at.migrations.len(),
        statements: looked_at.statements(),
    };
    let shown = || text(looked, &findings);
    match stop(least, &findings) {
        Ok(()) => {
            output.show(&LintDocument::new(&looked_at, &findings, None), shown);
            Ok(0)
        }
        Err(error) => {
            let document = LintDocument::new(&looked_at, &findings, Some(&error));
            Ok(output.failed(&error, &document, shown))
        }
    }
}

/// The least finding that fails; `None` where none does.
fn least(word: Option<&str>) -> Result<Option<Severity>> {
    match word {
        None => Ok(Some(Severity::Error)),
        Some("none") => Ok(None),
        Some(word) => {
            match Severity::limit(word) {
                Some(severity) => Ok(Some(severity)),
                None => Err(Error::new(Code::SettingInvalid, "--fail-on is no severity")
                    .help(listed(LIMITS))),
            }
        }
    }
}

fn stop(least: Option<Severity>, findings: &[Finding]) -> Result<()> {
    let fails = |found: &&Finding| least.is_some_and(|least| found.severity >= least);
    let failing = findings.iter().filter(fails).count();
    let Some(first) = findings.iter().find(fails) else {
        return Ok(());
    };
    let plural = if failing == 1 { "" } else { "s" };
    Err(Error::new(
        Code::LintFailed,
        format!("{failing} finding{plural}; the first is {}", first.rule.id),
    )
    .help("mend the statement, or allow it right before it: -- initium:allow RULE reason")
    .migration(&first.migration)
    .target(&first.target))
}

fn settings(spec: &Spec, args: &Lint) -> Result<Settings> {
    let ids: Vec<_> = spec.migrations.iter().map(|one| one.id.as_str()).collect();
    if let Some(since) = args.since.as_deref().filter(|id| !ids.contains(id)) {
        return Err(super::apply::unknown_migration(since, &ids));
    }
    Settings::new(spec, &args.rule, args.since.as_deref())
}

/// All that is judged of a spec, whatever is applied: what every migration does and cleans up.
fn everything<'a>(
    spec: &Spec,
    dialects: impl Iterator<Item = (&'a str, &'a dyn Dialect)>,
) -> Result<Plan> {
    let (history, empty, sizes) = (History::default(), Catalog::default(), Sizes::new());
    let mut found = Plan::default();
    for (target, dialect) in dialects {
        let mut wanted = wanted(spec, target, dialect)?;
        // What a declared schema changes is known only where the database is.
        wanted.retain(|one| !one.is_declared());
        let facts = Facts {
            target,
            dialect,
            history: &history,
            verdicts: &[],
            wanted,
            seen: Seen::Held {
                catalog: &empty,
                sizes: &sizes,
            },
            difference: None,
        };
        let cleanups = plan_cleanups(&facts)?.migrations;
        found.migrations.extend(sketched(facts)?);
        found.migrations.extend(cleanups);
    }
    let order = spec.order();
    arrange(&mut found.migrations, &|one| {
        order.get(one.id.as_str()).copied()
    });
    Ok(found)
}

/// Without changes that only a database could say more of.
fn sketched(mut facts: Facts) -> Result<Vec<Planned>> {
    loop {
        let unknown = match plan_apply(&facts, &Rules::default()) {
            Ok(Plan {
                migrations,
                unforeseen: None,
                ..
            }) => return Ok(migrations),
            Ok(Plan {
                unforeseen: Some((id, _)),
                ..
            }) => id,
            Err(error) => match (&error.spot().migration, error.code()) {
                (Some(id), Code::ChangeImpossible) => id.clone(),
                _ => return Err(error),
            },
        };
        facts.wanted.retain(|one| one.migration.id != unknown);
    }
}

fn offline(common: &Common, args: &Lint) -> Result<(Plan, Vec<Finding>)> {
    let (spec, targets) = read(common, Need::JudgedSpec)?;
    let settings = settings(&spec, args)?;
    let grounds = judge::offline(&targets, common, &args.server_version)?;
    let mut dialects = Vec::new();
    for target in &targets {
        dialects.push((target.name.as_str(), judge::dialect(target, common)?));
    }
    let named = dialects.iter();
    let named: Vec<_> = named.map(|(name, it)| (*name, it.as_ref())).collect();
    let spec = valued(spec, common, "lint", &named)?;
    let found = everything(&spec, named.into_iter())?;
    Ok(judged(found, &spec, &grounds, &settings))
}

fn online(common: &Common, args: &Lint) -> Result<(Plan, Vec<Finding>)> {
    if !args.server_version.is_empty() {
        return Err(Error::new(
            Code::Usage,
            "--server-version makes no sense where the server is asked",
        )
        .help("leave it out, or leave out --online and --pending"));
    }
    let mut session = Session::open(common, "lint", Need::JudgedSpec, Access::Read)?;
    let settings = settings(&session.spec, args)?;
    session.run(|spec, connections, _| {
        let found = match args.pending {
            true => {
                let histories = prospects(spec, connections, &Rules::default())?;
                plan(spec, connections, &histories, &Rules::default())?
            }
            false => {
                let named = connections.iter();
                let named = named.map(|one| (one.target.as_str(), one.driver.dialect()));
                everything(spec, named)?
            }
        };
        let grounds = grounds(connections);
        Ok(judged(found, spec, &grounds, &settings))
    })
}

/// Only what the settings ask for counts as looked at.
fn judged(
    mut plan: Plan,
    spec: &Spec,
    grounds: &BTreeMap<String, Ground>,
    settings: &Settings,
) -> (Plan, Vec<Finding>) {
    plan.migrations
        .retain(|one| !settings.skips(&one.id) && grounds.contains_key(&one.target));
    let findings = lint(&plan, spec, grounds, settings);
    (plan, findings)
}
