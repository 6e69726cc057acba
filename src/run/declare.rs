//! What lies between a database and the schema that is declared for it. Reads only.

use super::desired::{Ground, Here, Look, Wanted, between, declared};
use super::{Connection, Past};
use crate::diff::{Difference, Scope};
use crate::plan::{Recheck, Rules, wanted};
use crate::spec::{Declares, Spec};
use initium_driver::change::Way;
use initium_driver::{Code, Error, Result};

/// Looks where a plan has to know it: where another schema is declared than is recorded.
pub fn declare(
    spec: &Spec,
    connections: &mut [Connection],
    pasts: &mut [Past],
    rules: &Rules,
) -> Result<()> {
    for (connection, past) in connections.iter_mut().zip(pasts) {
        let Some(declares) = spec.declares(&connection.target) else {
            continue;
        };
        let target = connection.target.clone();
        let named = |error: Error| error.target(&target);
        let all = wanted(spec, &target, connection.driver.dialect())?;
        let pending = |one: &crate::plan::Wanted| {
            one.is_pending(&past.history) || rules.recheck == Recheck::Ask
        };
        let due = all.iter().any(|one| one.is_declared() && pending(one));
        if due {
            let found = compare(spec, declares, connection, rules.way).map_err(named)?;
            past.difference = Some(found);
        }
    }
    Ok(())
}

/// The live schema to the declared one.
pub fn compare(
    spec: &Spec,
    declares: &Declares,
    connection: &mut Connection,
    way: Way,
) -> Result<Difference> {
    let driver = connection.driver.as_mut();
    let said = declares.schemas.of(driver.dialect().names())?;
    let scope = Scope::of(spec, &said);
    let wanted = declared(said, driver.dialect())?;
    let mut scratch = connection.scratch.as_mut().map(|open| open()).transpose()?;
    let live = Wanted::Live(driver.introspect()?);
    let sizes = driver.sizes()?;
    let mut ground = Ground {
        here: Here::Driver(driver),
        scratch: scratch.as_mut().map(|it| it.as_mut() as _),
    };
    let look = Look {
        scope: &scope,
        sizes: &sizes,
        way,
    };
    Ok(between(live, wanted, &mut ground, &look)?.difference)
}

/// The targets for which a schema is declared, and what each of them lacks of it.
pub fn drift(spec: &Spec, connections: &mut [Connection]) -> Result<Vec<(String, Difference)>> {
    let mut all = Vec::new();
    for connection in connections {
        let Some(declares) = spec.declares(&connection.target) else {
            continue;
        };
        if connection.driver.dialect().ddl().is_none() {
            continue;
        }
        let found = compare(spec, declares, connection, Way::Plain);
        let found = found.map_err(|error| error.target(&connection.target))?;
        all.push((connection.target.clone(), found));
    }
    Ok(all)
}

/// The error where anything differs.
pub fn drifted(all: &[(String, Difference)]) -> Result<()> {
    let errors = all.iter().filter(|(_, found)| !found.is_empty());
    let mut errors = errors.map(|(target, found)| {
        let first = &found.steps[0].what;
        let message = match found.steps.len() {
            1 => format!(
                "the schema differs from the declared one: to be as declared it lacks '{first}'"
            ),
            n => format!(
                "the schema differs from the declared one by {n} changes, the first is '{first}'"
            ),
        };
        Error::new(Code::Drift, message)
            .help("`initium migrate diff` shows all of it; `ignore:` in the spec leaves names out")
            .target(target)
    });
    match errors.next() {
        None => Ok(()),
        Some(first) => Err(first.also(errors.collect())),
    }
}
