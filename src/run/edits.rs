//! What was edited of an applied migration, for the error that says so: asks the ledger for the text
//! that was applied, and only then.

use super::Connection;
use crate::plan::{edited_since, wanted};
use crate::spec::Spec;
use initium_driver::{Code, Error};

/// Of how many migrations it is asked.
const SHOWN: usize = 5;

/// The same errors, and what was edited. Where that cannot be asked they stay as they are: they are
/// what matters.
pub(super) fn explained(spec: &Spec, connections: &mut [Connection], error: Error) -> Error {
    let mut asked = 0;
    error.each(&mut |error| {
        if error.code() != Code::ChecksumChanged || asked == SHOWN {
            return error;
        }
        asked += 1;
        match difference(spec, connections, &error) {
            Some(edits) => error.edits(edits),
            None => error,
        }
    })
}

fn difference(spec: &Spec, connections: &mut [Connection], error: &Error) -> Option<String> {
    let (id, target) = (
        error.spot().migration.as_ref()?,
        error.spot().target.as_ref()?,
    );
    let connection = connections.iter_mut().find(|c| c.target == *target)?;
    let kept = connection.driver.stored(id).ok()?.up?;
    let wanted = wanted(spec, target, connection.driver.dialect()).ok()?;
    let one = wanted.iter().find(|one| one.migration.id == *id)?;
    edited_since(one, &kept)
}
