//! Whose token it is: the same places in the same order as AWS's own clients, as far as they make
//! sense in a container. It must never show a key, and never ask again for what it still holds.

use super::super::Variable;
use super::container::Container;
use super::http::Reach;
use super::instance::Instance;
use super::sts::Identity;
use initium_driver::{Code, Error, Result, Secret};
use std::collections::BTreeMap;
use std::sync::Mutex;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

#[derive(Clone)]
pub struct Credentials {
    pub key: String,
    pub secret: Secret,
    pub session: Option<Secret>,
    pub expires: Option<OffsetDateTime>,
}

/// What was lent, by who lent it, for the process.
static KEPT: Mutex<BTreeMap<String, Credentials>> = Mutex::new(BTreeMap::new());

/// Every lender has newer ones by then.
const BEFORE: Duration = Duration::minutes(5);

pub enum Source {
    Given(Credentials),
    Identity(Identity),
    Container(Container),
    Instance(Instance),
}

pub fn credentials(variable: Variable, region: &str, reach: &Reach) -> Result<Credentials> {
    let source = source(variable, region)?;
    let name = match &source {
        Source::Given(credentials) => return Ok(credentials.clone()),
        Source::Identity(identity) => identity.name(),
        Source::Container(container) => container.name(),
        Source::Instance(instance) => instance.name(),
    };
    let fresh = |kept: &Credentials| {
        let end = kept.expires.map(|expires| expires - BEFORE);
        end.is_some_and(|end| end > OffsetDateTime::now_utc())
    };
    if let Some(kept) = kept().get(&name)
        && fresh(kept)
    {
        return Ok(kept.clone());
    }
    let lent = match source {
        Source::Given(credentials) => credentials,
        Source::Identity(identity) => identity.ask(reach)?,
        Source::Container(container) => container.ask(reach)?,
        Source::Instance(instance) => instance.ask(reach)?,
    };
    kept().insert(name, lent.clone());
    Ok(lent)
}

fn kept() -> std::sync::MutexGuard<'static, BTreeMap<String, Credentials>> {
    KEPT.lock().unwrap_or_else(|e| e.into_inner())
}

/// Who is to be asked; asks nobody.
pub fn source(variable: Variable, region: &str) -> Result<Source> {
    if let Some(given) = given(variable)? {
        return Ok(Source::Given(given));
    }
    if let Some(identity) = Identity::of(variable, region)? {
        return Ok(Source::Identity(identity));
    }
    if let Some(container) = Container::of(variable)? {
        return Ok(Source::Container(container));
    }
    if let Some(instance) = Instance::of(variable)? {
        return Ok(Source::Instance(instance));
    }
    Err(missing("nothing says which AWS credentials to use").help(NOTHING))
}

pub const NOTHING: &str = "give the pod a service account with a role (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, or AWS_CONTAINER_CREDENTIALS_FULL_URI are set then), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; profiles in files are not read";

fn given(variable: Variable) -> Result<Option<Credentials>> {
    let pair = (
        variable("AWS_ACCESS_KEY_ID"),
        variable("AWS_SECRET_ACCESS_KEY"),
    );
    match pair {
        (None, None) => Ok(None),
        (Some(key), Some(secret)) => Ok(Some(Credentials {
            key,
            secret: Secret::new(secret),
            session: variable("AWS_SESSION_TOKEN").map(Secret::new),
            expires: None,
        })),
        (Some(_), None) => Err(half("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")),
        (None, Some(_)) => Err(half("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")),
    }
}

/// One of two variables that belong together.
pub fn half(given: &str, lacking: &str) -> Error {
    missing(format!("{given} is set, {lacking} is not")).help("they belong together")
}

fn missing(what: impl Into<String>) -> Error {
    Error::new(Code::ConnectionMissing, what)
}

/// What a lender wrote, made of its parts.
pub fn lent(
    place: &str,
    key: Option<String>,
    secret: Option<String>,
    session: Option<String>,
    expires: Option<String>,
) -> Result<Credentials> {
    let moment = |text: &str| OffsetDateTime::parse(text, &Rfc3339);
    let expires = match expires.as_deref().map(moment) {
        None => None,
        Some(Ok(expires)) => Some(expires),
        Some(Err(_)) => return Err(strange(place, "its Expiration is no time")),
    };
    match (key, secret) {
        (Some(key), Some(secret)) if !key.is_empty() && !secret.is_empty() => Ok(Credentials {
            key,
            secret: Secret::new(secret),
            session: session.filter(|s| !s.is_empty()).map(Secret::new),
            expires,
        }),
        _ => Err(strange(
            place,
            "AccessKeyId and SecretAccessKey are not both in it",
        )),
    }
}

/// An answer that is none of what is expected; never shown, because it may hold a key.
pub fn strange(place: &str, why: &str) -> Error {
    Error::new(
        Code::TokenRefused,
        format!("the answer of {place} holds no credentials: {why}"),
    )
    .help("does something else answer there? see AWS_ENDPOINT_URL_STS, AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_EC2_METADATA_SERVICE_ENDPOINT")
}
