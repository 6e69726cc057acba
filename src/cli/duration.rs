//! Durations of flags.

use super::arguments::plain;
use initium_driver::{Code, Error, Result};
use std::time::Duration;

/// The flag's value, else the spec's, else the default.
pub fn setting(
    flag: &str,
    value: Option<&str>,
    spec: Option<Duration>,
    default: Duration,
) -> Result<Duration> {
    match value {
        Some(text) => parse(flag, text),
        None => Ok(spec.unwrap_or(default)),
    }
}

pub fn parse(flag: &str, text: &str) -> Result<Duration> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    crate::spec::duration(text).ok_or_else(|| {
        Error::new(
            Code::SettingInvalid,
            format!("{flag} cannot be '{}'", plain(text)),
        )
        .help("write 500ms, 30s, 5m, 1h30m or 7d; 0 for none")
    })
}
