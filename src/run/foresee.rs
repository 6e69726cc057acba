//! What the statements of a plan would do to the keys that are there. Only for who wants to see a plan:
//! it asks the server for more than a run needs. Never writes.

use super::Connection;
use crate::plan::{Plan, discreet};
use initium_driver::Result;

/// Looks for every statement that works through many keys and is still to run.
pub fn foresee(mut plan: Plan, connections: &mut [Connection]) -> Result<Plan> {
    for one in &mut plan.migrations {
        let found = connections.iter_mut().find(|c| c.target == one.target);
        let Some(connection) = found else { continue };
        for n in one.done..one.statements.len() {
            if !one.is_bulk(n) {
                continue;
            }
            let preview = connection.driver.preview(&one.statements[n]);
            let preview = preview.map_err(|error| {
                discreet(one.secrecy, error)
                    .migration(&one.id)
                    .target(&one.target)
                    .place(one.statements[n].place.clone())
            })?;
            if let Some(preview) = preview {
                one.previews.insert(n, preview);
            }
        }
    }
    Ok(plan)
}
