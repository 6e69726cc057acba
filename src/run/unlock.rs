//! `unlock`: who holds the locks, and ending them. No lock outlives its session, or its lease, so there
//! is nothing else to clear.

use super::lock::discreet;
use super::{Connection, Context, describe};
use crate::plan::attempt;
use initium_driver::{Entry, Holder, Locked, Result, Script};

/// Who holds the lock of each target.
pub fn holders(connections: &mut [Connection]) -> Result<Vec<Option<Holder>>> {
    connections
        .iter_mut()
        .map(|c| {
            let holder = c.driver.holder().map_err(|e| e.target(&c.target))?;
            Ok(holder.map(discreet))
        })
        .collect()
}

/// Ends the sessions that hold the locks, and tells who they were.
pub fn unlock(connections: &mut [Connection], context: &Context) -> Result<Vec<Option<Holder>>> {
    let holders = holders(connections)?;
    for (connection, holder) in connections.iter_mut().zip(&holders) {
        let Some(holder) = holder else { continue };
        let ended = connection.driver.end(holder);
        ended.map_err(|e| e.target(&connection.target))?;
        // Who was ended belongs into the row that says who ended it.
        let mut log = attempt(None, None, &context.author);
        if let Entry::Attempt(row) = &mut log {
            row.message = Some(format!("ended {}", describe(holder)));
        }
        // Where a lock can end by itself nothing is written without it. Somebody else may have it by now;
        // and where there is no ledger yet, there is no log either.
        let taken = matches!(connection.driver.try_lock(), Ok(Locked::Taken));
        let _ = connection.driver.execute(&Script::entries(vec![log]));
        if taken {
            let _ = connection.driver.unlock();
        }
    }
    Ok(holders)
}
