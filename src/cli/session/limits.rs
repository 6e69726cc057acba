//! The time-outs of a session: flag, else spec, else default.

use super::super::arguments::Common;
use super::super::duration;
use crate::spec::Spec;
use initium_driver::driver::Access;
use initium_driver::{Limits, Result};
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(10);
const GRACE: Duration = Duration::from_secs(20);
const LOCK_WAIT: Duration = Duration::from_secs(300);
const LOCK_TIMEOUT: Duration = Duration::from_millis(500);

/// How long a server that is not up yet is waited for.
pub fn patience(common: &Common) -> Result<Duration> {
    let value = common.connect_timeout.as_deref();
    duration::setting("--connect-timeout", value, None, CONNECT)
}

/// How long another run is waited for.
pub fn lock_wait(common: &Common) -> Result<Duration> {
    let value = common.lock_wait.as_deref();
    duration::setting("--lock-wait", value, None, LOCK_WAIT)
}

pub fn limits(common: &Common, spec: &Spec, patience: Duration) -> Result<Limits> {
    let defaults = &spec.defaults;
    Ok(Limits {
        // One try takes no longer than all of them may.
        connect: if patience.is_zero() {
            CONNECT
        } else {
            patience.min(CONNECT)
        },
        lock: duration::setting(
            "--lock-timeout",
            common.lock_timeout.as_deref(),
            defaults.lock_timeout,
            LOCK_TIMEOUT,
        )?,
        statement: duration::setting(
            "--statement-timeout",
            common.statement_timeout.as_deref(),
            defaults.statement_timeout,
            Duration::ZERO,
        )?,
    })
}

/// How long a statement that runs may go on after a signal; what only reads has nothing to save.
pub fn grace(common: &Common, access: Access) -> Result<Duration> {
    let grace = duration::setting("--grace", common.grace.as_deref(), None, GRACE)?;
    Ok(match access {
        Access::Write => grace,
        Access::Read => Duration::ZERO,
    })
}
