//! Tokens of RDS and Aurora: a URL that is signed with AWS credentials and never called. The server
//! reads it as a password and asks AWS whether the signature is right.

mod answer;
mod container;
mod credentials;
mod http;
mod instance;
mod line;
mod sign;
mod sts;
#[cfg(test)]
mod tests;
mod xml;

use super::Variable;
use super::asked::Asked;
use credentials::credentials;
use http::Reach;
use initium_driver::{Result, Secret, Settings};
use sign::{Presigned, presigned};
use std::time::Duration;
use time::OffsetDateTime;

/// How long the credentials may take, all questions together.
const WITHIN: Duration = Duration::from_secs(5);
/// What RDS accepts at most.
const VALID: u32 = 900;
/// Of no content, because a login has none.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A login for each host.
pub fn made(asked: Asked, variable: Variable, within: Duration) -> Result<Settings> {
    let within = match within.is_zero() {
        true => WITHIN,
        false => within.min(WITHIN),
    };
    let reach = Reach::new(variable, within);
    let mut settings = asked.settings;
    for (host, login) in settings.hosts.iter_mut().zip(&asked.logins) {
        let credentials = credentials(variable, &login.region, &reach)?;
        let place = (host.name.as_str(), login.port);
        let now = OffsetDateTime::now_utc();
        host.password = Some(token(place, &asked.user, &login.region, &credentials, now)?);
    }
    Ok(settings)
}

fn token(
    (host, port): (&str, u16),
    user: &str,
    region: &str,
    credentials: &credentials::Credentials,
    now: OffsetDateTime,
) -> Result<Secret> {
    let request = Presigned {
        service: "rds-db",
        region,
        host,
        port,
        path: "/",
        query: &[("Action", "connect"), ("DBUser", user)],
        seconds: VALID,
        payload: NOTHING,
    };
    let query = presigned(&request, credentials, now)?;
    Ok(Secret::new(format!("{host}:{port}/?{}", query.reveal())))
}
