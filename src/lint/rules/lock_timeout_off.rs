//! A long lock timeout, or none.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{Tongue, What};

pub static RULE: Rule = Rule {
    id: "lock-timeout-off",
    title: "the lock timeout is switched off or long",
    severity: Severity::Warning,
    about: About::Wait,
    databases: SERVERS,
    why: "While a statement waits for its lock, everybody who comes later waits behind it. The engine sets a short timeout and tries again; this undoes it.",
    instead: "leave it out, or set `lock_timeout` in `defaults` of the spec to a few seconds",
    others: &[
        "squawk:require-lock-timeout",
        "squawk:require-timeout-settings",
    ],
    check,
};

const NAMES: &[&str] = &[
    "lock_timeout",
    "lock_wait_timeout",
    "innodb_lock_wait_timeout",
];

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let What::Set { name, value } = &sight.act.what else {
        return;
    };
    if !NAMES.contains(&name.as_str()) {
        return;
    }
    match seconds(value, sight.ground.tongue) {
        Some(0) if sight.is(Tongue::Postgres) => {
            out.push(
                sight
                    .found("a statement may wait for its lock for ever, and others wait behind it"),
            );
        }
        Some(limit) if limit > 10 => {
            out.push(sight.found(format!(
                "a statement may wait {limit} s for its lock, and others wait behind it"
            )));
        }
        _ => {}
    }
}

/// PostgreSQL counts in milliseconds where no unit is said, the others in seconds.
fn seconds(value: &str, tongue: Tongue) -> Option<u64> {
    let value = value.trim_matches('\'').trim();
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = value[..digits].parse().ok()?;
    Some(match value[digits..].trim() {
        "" if tongue == Tongue::Postgres => number.div_ceil(1000),
        "" | "s" => number,
        "ms" => number.div_ceil(1000),
        "min" => number * 60,
        "h" => number * 3600,
        "d" => number * 86_400,
        _ => return None,
    })
}
