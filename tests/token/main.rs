//! Credentials for tokens, from lenders that do well and badly: STS over https, a container's
//! endpoint, an instance's metadata. (Catches a wait without end, an answer that is believed, a secret
//! that is shown, a lender that is asked too often.)
#![cfg(feature = "aws-iam")]
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../tls/certificates.rs"]
mod certificates;
mod containers;
mod identities;
mod instances;
#[path = "../suite/support/lender.rs"]
mod lender;

use initium::token::login;
use initium_driver::{Error, Result, Settings};
use std::path::PathBuf;
use std::time::Duration;

const LATER: &str = "2099-01-01T00:00:00Z";
const URL: &str = "postgres://app@db.c1a2.eu-west-1.rds.amazonaws.com/app?auth=aws-iam";

/// The token of one login, in this environment.
fn token(variables: &[(&str, &str)], within: Duration) -> Result<String> {
    let variable = |name: &str| {
        let found = variables.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| value.to_string())
    };
    let settings = Settings::parse(URL, "the test").unwrap();
    let mut login = login(&settings, &variable, within)?.unwrap();
    assert_eq!(login.hosts.len(), 1);
    let password = login.hosts.remove(0).password.unwrap();
    Ok(password.reveal().to_string())
}

const PATIENT: Duration = Duration::from_secs(5);

/// The error, after a look at what it must not hold.
fn refused(variables: &[(&str, &str)], within: Duration) -> Error {
    match token(variables, within) {
        Ok(token) => panic!("{token}"),
        Err(error) => {
            let text = format!("{error:?}");
            for secret in ["hunter", "eyJ"] {
                assert!(!text.contains(secret), "{text}");
            }
            assert!(error.help_text().is_some(), "{text}");
            error
        }
    }
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("initium-token-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
