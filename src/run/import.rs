//! `import`: takes over what another tool's ledger says, without running anything. It reads that
//! ledger and never writes to it.

use super::facts::{histories, look};
use super::foreign::tables;
use super::lock::{waiting, with_lock};
use super::{Connection, Context, Done, Event, Failure, Outcome, Outcomes, Report};
use crate::plan::{Lenience, Mapping, Planned, Rules, Seen, Taking, imported, plan_apply, take};
use crate::source::Turn;
use crate::source::ledger::{Foreign, Kind, Tool, foreign, question, read};
use crate::spec::{Migration, Spec};
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Driver, Error, Result};
use std::collections::BTreeMap;
use std::time::Duration;

/// Which ledger, and what of it is let pass.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub from: Option<Tool>,
    pub ledger: Option<TableName>,
    pub lenience: Lenience,
}

/// What one target's other ledger says.
#[derive(Clone, Debug)]
pub struct Taken {
    pub target: String,
    pub from: Foreign,
    pub mapping: Mapping,
}

/// What would be imported. Reads only, and takes no lock.
pub fn preview_import(
    spec: &Spec,
    connections: &mut [Connection],
    wish: &Wish,
) -> Result<Vec<Taken>> {
    let pasts = histories(spec, connections)?;
    let mut all = Vec::new();
    for (connection, past) in connections.iter_mut().zip(&pasts) {
        let of_it = |error: Error| error.target(&connection.target);
        if Kind::of(connection.driver.dialect().names()).is_none() {
            continue;
        }
        let records = past.history.records.len();
        if records > 0 || !past.history.steps.is_empty() {
            let message =
                format!("this database has a history already: {records} migrations are recorded");
            let error = Error::new(Code::ImportRefused, message)
                .help("an import is only for the first contact; see `initium migrate status`");
            return Err(of_it(error));
        }
        let taken = taken(spec, &connection.target, connection.driver.as_mut(), wish);
        all.extend(taken.map_err(|error| error.target(&connection.target))?);
    }
    match all.is_empty() {
        false => Ok(all),
        true => Err(Error::new(
            Code::ImportRefused,
            "none of the migrations comes from another tool",
        )
        .help("give the folder of its migrations with --dir, or under `sources:` of the spec")),
    }
}

/// Imports. `agree` sees everything that was found, also what is refused behind it.
pub fn import(
    spec: &Spec,
    connections: &mut [Connection],
    wish: &Wish,
    context: &mut Context,
    agree: &mut dyn FnMut(&[Taken]) -> Result<()>,
) -> Outcomes {
    with_lock(connections, context, |connections, context| {
        let all = waiting(context, || preview_import(spec, connections, wish))?;
        agree(&all)?;
        accepted(&all)?;
        let mut report = Report::default();
        for taken in &all {
            let connection = connections
                .iter_mut()
                .find(|one| one.target == taken.target);
            let Some(connection) = connection else {
                continue;
            };
            if let Err(error) = record(spec, connection, taken, context, &mut report) {
                let error = error.target(&taken.target);
                return Err(Failure { report, error });
            }
        }
        Ok(report)
    })
}

/// Nothing speaks against it; otherwise everything that does.
pub fn accepted(all: &[Taken]) -> Result<()> {
    let of_one = |one: &Taken| {
        let errors = one.mapping.errors.iter().cloned();
        errors
            .map(|error| error.target(&one.target))
            .collect::<Vec<_>>()
    };
    let mut errors = all.iter().flat_map(of_one);
    match errors.next() {
        None => Ok(()),
        Some(first) => Err(first.also(errors.collect())),
    }
}

fn of_tool(migration: &Migration) -> Option<Tool> {
    Tool::of(migration.origin.as_ref()?.format)
}

/// `None` where the target has nothing of another tool.
fn taken(spec: &Spec, target: &str, driver: &mut dyn Driver, wish: &Wish) -> Result<Option<Taken>> {
    let mine = |one: &&Migration| one.targets.iter().any(|name| name == target);
    let mine: Vec<_> = spec.migrations.iter().filter(mine).collect();
    let mut tools: Vec<Tool> = mine.iter().filter_map(|one| of_tool(one)).collect();
    tools.dedup();
    if tools.is_empty() {
        return Ok(None);
    }
    let from = ledger(driver, &tools, wish)?;
    let names = driver.dialect().names();
    let Some(question) = Kind::of(names).and_then(|kind| question(from.tool, &from.table, kind))
    else {
        return Err(only_by_hand(from.tool));
    };
    let rows = read(from.tool, &driver.query(&question)?)?;
    let theirs: Vec<_> = mine
        .into_iter()
        .filter(|one| of_tool(one) == Some(from.tool))
        .collect();
    if theirs.is_empty() {
        let message = format!(
            "the ledger here is of {}, and the migrations are of {}",
            from.tool.word(),
            tools[0].word()
        );
        return Err(Error::new(Code::ImportRefused, message).help(
            "give the folder that this ledger is about, or say whose it is with --source-format",
        ));
    }
    let mapping = take(from.tool, &rows, &theirs, names, &wish.lenience);
    let target = target.into();
    Ok(Some(Taken {
        target,
        from,
        mapping,
    }))
}

/// The one ledger that is meant.
fn ledger(driver: &mut dyn Driver, tools: &[Tool], wish: &Wish) -> Result<Foreign> {
    if let Some(table) = &wish.ledger {
        let tool = match (wish.from, tools) {
            (Some(tool), _) => tool,
            (None, [tool]) => *tool,
            _ => return Err(refused("whose ledger is it?").help("say it with --from")),
        };
        return Ok(Foreign {
            tool,
            table: table.clone(),
        });
    }
    let mut found = foreign(&tables(driver)?);
    if let Some(tool) = wish.from {
        found.retain(|one| one.tool == tool);
    }
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => {
            let whose = wish.from.unwrap_or(tools[0]).word();
            let message = format!("there is no ledger of {whose} where this connection looks");
            let help = match wish.from.unwrap_or(tools[0]) {
                Tool::Sqitch => {
                    "on MySQL name it: --ledger sqitch.changes; on SQLite it is a file of its own, so say where you are with `initium migrate baseline ID`"
                }
                _ => {
                    "name its table with --ledger; or say which migration the database is at with `initium migrate baseline ID`"
                }
            };
            Err(refused(message).help(help))
        }
        several => {
            let told = |one: &Foreign| format!("{} ({})", one.tool.word(), one.table);
            let all: Vec<_> = several.iter().map(told).collect();
            let message = format!("there are ledgers of {}", all.join(" and of "));
            let help = format!(
                "choose one with --from {}, or --ledger TABLE",
                several[0].tool.word()
            );
            Err(refused(message).help(help))
        }
    }
}

fn refused(message: impl Into<String>) -> Error {
    Error::new(Code::ImportRefused, message)
}

fn only_by_hand(tool: Tool) -> Error {
    let message = format!(
        "migrations of {} are programs, so none of ours can be found in its ledger",
        tool.word()
    );
    refused(message)
        .help("say which migration the database is at with `initium migrate baseline ID`")
}

fn record(
    spec: &Spec,
    connection: &mut Connection,
    taken: &Taken,
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    let planned = planned(spec, connection)?;
    let takings = taken.mapping.takings.iter();
    let found = takings.map(|one| match planned.get(&one.id) {
        Some(planned) => Ok((planned, one)),
        None => {
            Err(refused(format!("migration '{}' cannot be recorded", one.id)).migration(&one.id))
        }
    });
    let found: Vec<(&Planned, &Taking)> = found.collect::<Result<_>>()?;
    if found.is_empty() {
        return Ok(());
    }
    let driver = connection.driver.as_mut();
    driver.prepare_ledger()?;
    driver.execute(&imported(&found, &context.author))?;
    for (one, taking) in found {
        let done = Done {
            target: one.target.clone(),
            id: one.id.clone(),
            name: one.name.clone(),
            outcome: Outcome::Adopted,
            duration: Duration::ZERO,
            statements: 0,
            reason: Some(taking.reason.clone()),
            keys: None,
        };
        (context.tell)(&Event::Finished { done: &done });
        report.done.push(done);
    }
    Ok(())
}

/// Every migration as it would be recorded, whatever stands for it elsewhere.
fn planned(spec: &Spec, connection: &mut Connection) -> Result<BTreeMap<String, Planned>> {
    let mut plain = spec.clone();
    for migration in &mut plain.migrations {
        migration.replaces.clear();
        if migration.turn == Turn::Baseline {
            migration.turn = Turn::Once;
        }
    }
    let one = std::slice::from_mut(connection);
    let pasts = histories(&plain, one)?;
    let mut all = BTreeMap::new();
    for mut facts in look(&plain, one, &pasts)? {
        facts.seen = Seen::Adopted;
        let plan = plan_apply(&facts, &Rules::default())?;
        all.extend(plan.migrations.into_iter().map(|one| (one.id.clone(), one)));
    }
    Ok(all)
}
