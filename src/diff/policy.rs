//! What is done about changes that break: they are stopped, or told, or handed to expand and
//! contract. Whether a change breaks is what the dialect says of it now, never what a file says.

use super::{Difference, Step};
use crate::spec::Policy;
use initium_driver::{Code, Error, Result};

/// Which breaking changes may be made: those that were named, as [`Step::what`] tells them.
pub fn judge(difference: &Difference, policy: Policy, allowed: &[String]) -> Result<Vec<String>> {
    let breaking: Vec<_> = difference
        .breaking()
        .filter(|step| !allowed.contains(&step.what))
        .collect();
    if breaking.is_empty() {
        return Ok(Vec::new());
    }
    match policy {
        Policy::Warn => Ok(breaking.into_iter().map(told).collect()),
        Policy::Block => Err(Error::new(
            Code::BreakingChange,
            format!("breaking changes are blocked:\n{}", list(&breaking)),
        )
        .help("make the change in steps that running programs survive; or, if nothing uses what goes, allow it by its name with --allow '...', or all of them with --on-breaking-change warn")),
        Policy::Expand => Err(Error::new(
            Code::NotSupported,
            format!("these changes would have to expand and contract, which this version does not do yet:\n{}", list(&breaking)),
        )
        .help("write them as several migrations; or allow one by its name with --allow '...'")),
    }
}

fn list(steps: &[&Step]) -> String {
    let all: Vec<_> = steps
        .iter()
        .map(|step| format!("- {}", told(step)))
        .collect();
    all.join("\n")
}

/// The change and what it would lose, refuse or break.
pub fn told(step: &Step) -> String {
    let risks: Vec<_> = step
        .impact
        .risks
        .iter()
        .map(|risk| risk.what.as_str())
        .collect();
    format!("{}: {}", step.what, risks.join("; "))
}
