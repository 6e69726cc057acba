//! Web identity: the token of a Kubernetes service account for credentials of a role, from AWS's STS.
//! It must never send the token but to where TLS or this machine keeps it, and never show it.

use super::super::Variable;
use super::answer::Answer;
use super::credentials::{Credentials, half, lent, strange};
use super::http::{Reach, Request, Url};
use super::sign::encoded;
use super::xml::element;
use initium_driver::{Code, Error, Result, Secret};
use time::OffsetDateTime;

pub struct Identity {
    endpoint: Url,
    role: String,
    file: String,
    session: String,
}

impl Identity {
    pub fn of(variable: Variable, region: &str) -> Result<Option<Identity>> {
        let (role, file) = (ROLE, FILE);
        let (role, file) = match (variable(role), variable(file)) {
            (Some(role), Some(file)) => (role, file),
            // A role alone is what some clients take from a profile.
            (_, None) => return Ok(None),
            (None, Some(_)) => return Err(half(file, role)),
        };
        let region = variable("AWS_REGION")
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .unwrap_or_else(|| region.into());
        let endpoint = match variable(ENDPOINT) {
            Some(url) => Url::parse(&url, ENDPOINT)?,
            None => Url::parse(&standard(&region), "AWS_REGION")?,
        };
        if !endpoint.is_private() {
            return Err(Error::new(
                Code::ConnectionInvalid,
                format!("{ENDPOINT} would send the identity over the network in the clear"),
            )
            .help("use https://, or http:// on this machine"));
        }
        Ok(Some(Identity {
            endpoint,
            role,
            file,
            session: variable("AWS_ROLE_SESSION_NAME").unwrap_or_else(|| "initium".into()),
        }))
    }

    pub fn name(&self) -> String {
        let (place, port) = (&self.endpoint.host, self.endpoint.port);
        format!(
            "{place} {port} {} {} {}",
            self.role, self.file, self.session
        )
    }

    pub fn ask(&self, reach: &Reach) -> Result<Credentials> {
        let token = read(&self.file, FILE)?;
        let body = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={}&RoleSessionName={}&WebIdentityToken={}",
            encoded(&self.role),
            encoded(&self.session),
            encoded(token.reveal())
        );
        let answer = reach.ask(&Request {
            method: "POST",
            url: &self.endpoint,
            headers: vec![(
                "Content-Type",
                Secret::new("application/x-www-form-urlencoded"),
            )],
            body: Some(Secret::new(body)),
        })?;
        let place = self.endpoint.shown();
        if answer.status != 200 {
            return Err(refused(&answer, &place, &token));
        }
        clock(&answer, OffsetDateTime::now_utc(), &place)?;
        let part = |name| element(&answer.body, name);
        let Some(expires) = part("Expiration") else {
            return Err(strange(&place, "it has no Expiration"));
        };
        lent(
            &place,
            part("AccessKeyId"),
            part("SecretAccessKey"),
            part("SessionToken"),
            Some(expires),
        )
    }
}

const ROLE: &str = "AWS_ROLE_ARN";
const FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const ENDPOINT: &str = "AWS_ENDPOINT_URL_STS";

/// Each partition has a domain of its own.
fn standard(region: &str) -> String {
    let domain = match region {
        r if r.starts_with("cn-") => "amazonaws.com.cn",
        r if r.starts_with("us-iso-") => "c2s.ic.gov",
        r if r.starts_with("us-isob-") => "sc2s.sgov.gov",
        _ => "amazonaws.com",
    };
    format!("https://sts.{region}.{domain}/")
}

/// A token in a file, without the line end that may close it; read each time, because it is renewed.
pub fn read(path: &str, variable: &str) -> Result<Secret> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Error::new(
            Code::FileUnreadable,
            format!("cannot read '{path}', which {variable} names: {error}"),
        )
        .help("is the token of the service account mounted, and may this user read it (fsGroup)?")
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    match text.is_empty() {
        false => Ok(Secret::new(text)),
        true => Err(Error::new(
            Code::ConnectionInvalid,
            format!("'{path}', which {variable} names, is empty"),
        )
        .help("it should hold the token of the service account")),
    }
}

/// What STS says no with: code and message. A message that repeats the token is not shown.
fn refused(answer: &Answer, place: &str, token: &Secret) -> Error {
    let code = element(&answer.body, "Code").unwrap_or_default();
    let message = element(&answer.body, "Message").unwrap_or_default();
    says_no(place, answer.status, &code, &message, token)
}

/// The same for every lender; 5xx and what it calls passing are worth another try.
pub fn says_no(place: &str, status: u16, code: &str, message: &str, token: &Secret) -> Error {
    let passing = status >= 500
        || [408, 429].contains(&status)
        || ["IDPCommunicationError", "Throttling", "ThrottlingException"].contains(&code);
    let start: String = token.reveal().chars().take(SHORT).collect();
    let shown = |text: &str| -> String {
        let clean = text.chars().filter(|c| !c.is_control()).take(300).collect();
        match !start.is_empty() && text.contains(&start) {
            true => String::new(),
            false => clean,
        }
    };
    let said: Vec<String> = [shown(code), shown(message)]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let said = match said.is_empty() {
        true => format!("status {status}"),
        false => said.join(": "),
    };
    let message = format!("no AWS credentials from {place}: {said}");
    match (passing, code) {
        (true, _) => Error::new(Code::TokenUnavailable, message)
            .help("AWS is busy or in trouble there; trying again helps"),
        (false, "ExpiredTokenException" | "ExpiredToken") => Error::new(Code::TokenRefused, message)
            .help("the token of the service account is over: is its file mounted as a projected volume, and renewed?"),
        (false, _) => Error::new(Code::TokenRefused, message)
            .help("does the role trust this service account (namespace and name), and is the cluster's identity provider known to the account?"),
    }
}

/// So much of a token tells it apart.
const SHORT: usize = 16;

/// A token is made with this machine's clock and judged by AWS's.
fn clock(answer: &Answer, now: OffsetDateTime, place: &str) -> Result<()> {
    let Some(date) = answer.date else {
        return Ok(());
    };
    let ahead = (now - date).whole_seconds();
    let (by, word) = match ahead {
        AHEAD.. => (ahead, "ahead of"),
        ..=BEHIND => (-ahead, "behind"),
        _ => return Ok(()),
    };
    Err(Error::new(
        Code::TokenUnavailable,
        format!("this machine's clock is {by} s {word} that of {place}, and the token it dates would be refused"),
    )
    .help("set the clock of the node (NTP)"))
}

/// Seconds: AWS takes a date that much in the future, and a token that much in the past.
const AHEAD: i64 = 300;
const BEHIND: i64 = -900;
