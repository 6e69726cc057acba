//! Ending a statement from a second thread: a login of its own, one KILL QUERY, and away. It says
//! nothing of how that went: the statement that ends, or does not, tells.

use crate::address;
use crate::connect::{self, Login};
use crate::wire::Answers;
use initium_driver::Settings;
use std::time::Duration;

/// Whoever asks is about to be killed.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn stop(settings: &Settings, run: &str, session: u32) {
    let Ok(target) = address::target(settings, PATIENCE) else {
        return;
    };
    let target = address::Target {
        patience: PATIENCE,
        ..target
    };
    let login = Login {
        user: settings.user.as_deref().unwrap_or_default(),
        password: settings.password.as_ref().map_or("", |p| p.reveal()),
        run,
    };
    if let Ok(mut wire) = connect::open(&target, &login) {
        let _ = wire.run(&format!("KILL QUERY {session}"), Answers::One);
    }
}
