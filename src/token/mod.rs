//! Passwords that are made at the moment of a login, because they hold for minutes only. Below
//! `connect`, which asks for one before each connection. It must never read the environment (a
//! lookup is handed in), never log, and never show a token, a key or what they were made from.

#[cfg(feature = "aws-iam")]
mod asked;
#[cfg(feature = "aws-iam")]
mod aws;
#[cfg(not(feature = "aws-iam"))]
mod missing;

#[cfg(not(feature = "aws-iam"))]
use missing::{asked, made};
#[cfg(feature = "aws-iam")]
use {asked::asked, aws::made};

use initium_driver::{Result, Settings};
use std::time::Duration;

/// How the environment is asked; an empty variable is none.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Refuses what can be seen to be wrong before anything is opened.
pub fn check(settings: &Settings, variable: Variable) -> Result<()> {
    asked(settings, variable).map(drop)
}

/// The settings with a fresh token for each host, because the host is a part of what is signed.
/// `None` where no token is asked for.
pub fn login(
    settings: &Settings,
    variable: Variable,
    within: Duration,
) -> Result<Option<Settings>> {
    match asked(settings, variable)? {
        None => Ok(None),
        Some(asked) => made(asked, variable, within).map(Some),
    }
}
