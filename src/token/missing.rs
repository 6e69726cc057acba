//! A build that makes no tokens: it says so, and must never log in without one instead.

use super::Variable;
use initium_driver::{Code, Error, Result, Settings};
use std::time::Duration;

/// There is none.
pub enum Asked {}

pub fn asked(settings: &Settings, _: Variable) -> Result<Option<Asked>> {
    match settings.option("auth") {
        None => Ok(None),
        Some(_) => Err(Error::new(
            Code::ConnectionInvalid,
            "the connection option auth asks for a token, and this build makes none",
        )
        .help("take a build with the feature `aws-iam`, or leave auth out and give a password")),
    }
}

pub fn made(asked: Asked, _: Variable, _: Duration) -> Result<Settings> {
    match asked {}
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_build_without_tokens_says_so() {
        let ask = |url| asked(&Settings::parse(url, "X").unwrap(), &|_| None);
        let error = ask("postgres://u@h/db?auth=aws-iam").err().unwrap();
        assert_eq!(error.code(), Code::ConnectionInvalid);
        assert!(error.help_text().unwrap().contains("aws-iam"));
        assert!(ask("postgres://u:p@h/db").unwrap().is_none());
    }
}
