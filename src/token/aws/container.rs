//! The endpoint that a container's host keeps for it: EKS Pod Identity, ECS, and whatever speaks the
//! same. Over plain http it must never ask anybody beyond this machine and the addresses AWS gave
//! to this purpose.

use super::super::Variable;
use super::credentials::{Credentials, lent, strange};
use super::http::{Reach, Request, Scheme, Url};
use super::sts::{read, says_no};
use initium_driver::{Code, Error, Result, Secret};
use serde_json::Value;

pub struct Container {
    url: Url,
    authorization: Authorization,
}

enum Authorization {
    Without,
    Given(Secret),
    /// Read each time: it is renewed.
    File(String),
}

const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

impl Container {
    pub fn of(variable: Variable) -> Result<Option<Container>> {
        let url = match (variable(RELATIVE), variable(FULL)) {
            (Some(path), _) if path.starts_with('/') => {
                Url::parse(&format!("http://169.254.170.2{path}"), RELATIVE)?
            }
            (Some(_), _) => {
                return Err(Error::new(
                    Code::ConnectionInvalid,
                    format!("{RELATIVE} does not begin with /"),
                )
                .help(format!("a whole URL belongs into {FULL}")));
            }
            (None, Some(url)) => Url::parse(&url, FULL)?,
            (None, None) => return Ok(None),
        };
        if !is_trusted(&url) {
            return Err(Error::new(
                Code::ConnectionInvalid,
                format!(
                    "{FULL} leads over plain http to {}, which is not this machine",
                    url.host
                ),
            )
            .help(format!(
                "use https://, or one of: loopback, {}",
                KNOWN.join(", ")
            )));
        }
        let authorization = match (variable(TOKEN_FILE), variable(TOKEN)) {
            (Some(file), _) => Authorization::File(file),
            (None, Some(token)) => Authorization::Given(Secret::new(token)),
            (None, None) => Authorization::Without,
        };
        Ok(Some(Container { url, authorization }))
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.url.shown(), self.url.path)
    }

    pub fn ask(&self, reach: &Reach) -> Result<Credentials> {
        let token = match &self.authorization {
            Authorization::Without => None,
            Authorization::Given(token) => Some(token.clone()),
            Authorization::File(path) => Some(read(path, TOKEN_FILE)?),
        };
        let mut request = Request::get(&self.url);
        request
            .headers
            .push(("Accept", Secret::new("application/json")));
        if let Some(token) = &token {
            request.headers.push(("Authorization", token.clone()));
        }
        let answer = reach.ask(&request)?;
        let place = self.url.shown();
        let token = token.unwrap_or_else(|| Secret::new(""));
        read_json(&answer.body, answer.status, &place, &token)
    }
}

/// ECS, and EKS Pod Identity over IPv4 and IPv6.
const KNOWN: &[&str] = &["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

fn is_trusted(url: &Url) -> bool {
    url.scheme == Scheme::Https || url.is_private() || KNOWN.contains(&url.host.as_str())
}

/// The document that all endpoints of this kind answer with.
pub fn read_json(text: &str, status: u16, place: &str, token: &Secret) -> Result<Credentials> {
    // Only strings count; anything else is as good as missing.
    let document: Option<Value> = serde_json::from_str(text).ok();
    let part = |name: &str| {
        let value = document.as_ref()?.get(name)?.as_str()?;
        Some(value.to_string())
    };
    if status != 200 {
        let code = part("code").or_else(|| part("Code")).unwrap_or_default();
        let message = part("message").or_else(|| part("Message"));
        return Err(says_no(
            place,
            status,
            &code,
            &message.unwrap_or_default(),
            token,
        ));
    }
    if document.is_none() {
        return Err(strange(place, "it is no JSON"));
    }
    lent(
        place,
        part("AccessKeyId"),
        part("SecretAccessKey"),
        part("Token"),
        part("Expiration"),
    )
}
