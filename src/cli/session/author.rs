//! Who runs this, as the ledger keeps it.

use super::super::connection::variable;
use super::super::logging;
use crate::plan::Author;

pub fn author(verb: &str) -> Author {
    let user = variable("USER")
        .or_else(|| variable("LOGNAME"))
        .unwrap_or_else(|| "unknown".into());
    let host = variable("HOSTNAME")
        .or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok())
        .unwrap_or_else(|| "unknown".into());
    let time: String = logging::now()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let noise = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| now.subsec_nanos());
    Author {
        run: format!("{time}-{:x}-{noise:x}", std::process::id()),
        action: verb.into(),
        actor: format!("{user}@{}", host.trim())
            .chars()
            .take(200)
            .collect(),
        tool: concat!("initium ", env!("CARGO_PKG_VERSION")).into(),
        reason: None,
    }
}
