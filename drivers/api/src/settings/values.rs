//! Values in the spellings of many drivers, brought to one. `None`: it cannot be that.

use super::Mode;
use super::draft::Spelling;

pub(super) fn mode(database: &str, key: &str, value: &str) -> Option<Mode> {
    match (database, key) {
        // redis-py's and Celery's words.
        ("redis", _) => match value.to_ascii_lowercase().as_str() {
            "none" | "cert_none" => Some(Mode::Require),
            "optional" | "cert_optional" => Some(Mode::VerifyCa),
            "required" | "cert_required" => Some(Mode::VerifyFull),
            _ => None,
        },
        // libpq knows no other words, and no capitals.
        ("postgres", _) => Mode::of(value).filter(|mode| mode.word() == value.to_ascii_lowercase()),
        _ => Mode::of(value),
    }
}

/// `ssl=true` is what each driver makes of it; the empty value of `?ssl` is pgjdbc's true.
pub(super) fn ssl(database: &str, spelling: Spelling, value: &str) -> Option<Mode> {
    let on = match (database, spelling) {
        ("postgres", Spelling::Url | Spelling::KeyValue) => Mode::Require,
        _ => Mode::VerifyFull,
    };
    match (value, truth(value)) {
        ("", _) if spelling == Spelling::Jdbc => Some(on),
        (_, Some(true)) => Some(on),
        (_, Some(false)) => Some(Mode::Disable),
        // asyncpg calls its sslmode so.
        _ => Mode::of(value).filter(|mode| mode.word() == value),
    }
}

pub(super) fn truth(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Some(true),
        "false" | "0" | "off" | "no" => Some(false),
        _ => None,
    }
}

/// Whole seconds; libpq takes what is less than none for no limit.
pub(super) fn seconds(value: &str) -> Option<String> {
    let seconds: i64 = value.trim().parse().ok()?;
    Some(seconds.max(0).to_string())
}

/// Seconds, none of them lost: half a second is one.
pub(super) fn millis(value: &str) -> Option<String> {
    let millis: u64 = value.trim().parse().ok()?;
    Some(millis.div_ceil(1000).to_string())
}

/// `1m30s`, `500ms`, or seconds.
pub(super) fn duration(value: &str) -> Option<String> {
    if let Some(seconds) = seconds(value) {
        return Some(seconds);
    }
    let (mut rest, mut millis) = (value, 0.0_f64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        millis += number
            * match &rest[..unit] {
                "ns" => 1e-6,
                "us" | "µs" => 1e-3,
                "ms" => 1.0,
                "s" => 1e3,
                "m" => 6e4,
                "h" => 36e5,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    (millis.is_finite() && !value.is_empty()).then(|| ((millis / 1000.0).ceil() as u64).to_string())
}

/// pgjdbc's words in libpq's.
pub(super) fn target(value: &str) -> Option<&'static str> {
    Some(match value {
        "" | "any" => "any",
        "primary" | "master" => "primary",
        "secondary" | "slave" => "standby",
        "preferSecondary" | "preferSlave" => "prefer-standby",
        // Any server that is there, a primary first; whoever writes finds out anyway.
        "preferPrimary" => "any",
        _ => return None,
    })
}

/// The first that is asked for; what MySQL calls utf8 is part of utf8mb4, which is spoken always.
pub(super) fn charset(value: &str) -> String {
    let first = value.split(',').next().unwrap_or_default();
    match first.to_ascii_lowercase().as_str() {
        "utf8" | "utf-8" | "utf8mb3" | "utf8mb4" => "utf8mb4".into(),
        _ => first.into(),
    }
}
