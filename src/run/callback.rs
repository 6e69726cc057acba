//! What runs around the migrations of a run. It is not remembered: a run with nothing to do calls
//! nobody, and one that failed behind a callback calls it again.

use super::execute::run_each;
use super::facts::look;
use super::lock::waiting;
use super::{Connection, Context, Past, Report};
use crate::plan::{Planned, callbacks};
use crate::source::Moment;
use crate::spec::Spec;
use initium_driver::{Error, Result};

pub(super) fn call(
    connections: &mut [Connection],
    all: &[Planned],
    context: &mut Context,
    report: &mut Report,
) -> Result<()> {
    for one in all {
        let Some(connection) = connections.iter_mut().find(|c| c.target == one.target) else {
            continue;
        };
        waiting(context, || connection.driver.prepare_ledger())
            .map_err(|e| e.target(&one.target))?;
        run_each(connection, one, 0, context, report).map_err(|stopped| stopped.error)?;
    }
    Ok(())
}

/// A migration failed: the error stays the one that it is, whatever comes of this.
pub(super) fn failed(
    error: Error,
    spec: &Spec,
    connections: &mut [Connection],
    histories: &[Past],
    context: &mut Context,
    report: &mut Report,
) -> Error {
    if !spec
        .callbacks
        .iter()
        .any(|one| one.moment == Moment::OnError)
    {
        return error;
    }
    let target = error.spot().target.clone();
    let planned = look(spec, connections, histories).and_then(|all| {
        let mut found = Vec::new();
        for facts in all
            .iter()
            .filter(|facts| target.as_deref() == Some(facts.target))
        {
            found.extend(callbacks(facts, spec, Moment::OnError)?);
        }
        Ok(found)
    });
    match planned.and_then(|all| call(connections, &all, context, report)) {
        Ok(()) => error,
        Err(other) => error.also(vec![other]),
    }
}
