//! Ending a statement from a second thread: a login of its own, one KILL QUERY, and away. It says
//! nothing of how that went: the statement that ends, or does not, tells.

use crate::address;
use crate::connect;
use crate::login::Login;
use crate::wire::Answers;
use initium_driver::Settings;
use initium_driver::driver::Access;
use std::time::Duration;

/// Whoever asks is about to be killed.
const PATIENCE: Duration = Duration::from_secs(2);

/// `settings` lead to the server that has the session, and to no other.
pub fn stop(settings: &Settings, run: &str, session: u32) {
    let Ok(mut target) = address::target(settings, PATIENCE, Access::Read) else {
        return;
    };
    target.patience = PATIENCE;
    let login = Login {
        user: settings.user.as_deref().unwrap_or_default(),
        database: &target.database,
        run,
    };
    if let Ok(mut found) = connect::open(&target, &login) {
        let _ = found
            .wire
            .run(&format!("KILL QUERY {session}"), Answers::One);
    }
}
