//! Ending a statement in the middle of its wait: a login of its own, one KILL QUERY, and away. It says
//! nothing of how that went: the statement that ends, or does not, tells.

use crate::address;
use crate::connect;
use crate::login::Login;
use initium_driver::Settings;
use initium_driver::driver::Access;
use std::time::{Duration, Instant};

/// `settings` lead to the server that has the session, and to no other.
pub fn stop(settings: &Settings, run: &str, session: u32, limit: Duration) {
    let end = Instant::now() + limit;
    // Called in a pulse: none beats in here.
    let Ok(mut target) = address::target(settings, limit, Access::Read) else {
        return;
    };
    // Whatever `connect_timeout` says; and zero would be no limit.
    target.patience = limit.max(Duration::from_millis(1));
    let login = Login {
        user: settings.user.as_deref().unwrap_or_default(),
        database: &target.database,
        run,
    };
    if let Ok(mut found) = connect::open(&target, &login) {
        let left = end.saturating_duration_since(Instant::now());
        let kill = format!("KILL QUERY {session}");
        let _ = found.wire.ask(&kill, Some(left));
    }
}
