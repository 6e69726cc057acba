//! The role of an EC2 instance, by version 2 of its metadata service: a session first, by PUT, which a
//! request that was smuggled through somebody else cannot do. It is asked last, and not for long:
//! where it does not exist, nobody says so.

use super::super::Variable;
use super::answer::Answer;
use super::container::read_json;
use super::credentials::{Credentials, NOTHING};
use super::http::{Reach, Request, Url};
use super::sts::says_no;
use initium_driver::{Code, Error, Result, Secret};
use std::time::Duration;

pub struct Instance {
    endpoint: Url,
}

const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const WITHIN: Duration = Duration::from_secs(2);
const SESSION: &str = "X-aws-ec2-metadata-token";
const SECONDS: &str = "X-aws-ec2-metadata-token-ttl-seconds";

impl Instance {
    pub fn of(variable: Variable) -> Result<Option<Instance>> {
        let disabled = variable("AWS_EC2_METADATA_DISABLED");
        if disabled.is_some_and(|word| word.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let endpoint = match variable(ENDPOINT) {
            Some(url) => Url::parse(&url, ENDPOINT)?,
            None => Url::parse("http://169.254.169.254", ENDPOINT)?,
        };
        Ok(Some(Instance { endpoint }))
    }

    pub fn name(&self) -> String {
        self.endpoint.shown()
    }

    pub fn ask(&self, reach: &Reach) -> Result<Credentials> {
        let reach = reach.shorter(WITHIN);
        let url = self.endpoint.at("/latest/api/token");
        let session = reach.ask(&Request {
            method: "PUT",
            url: &url,
            headers: vec![(SECONDS, Secret::new("60"))],
            body: None,
        });
        let session = session.map_err(|error| match error.code() {
            Code::TokenUnavailable => {
                let place = self.endpoint.shown();
                let what = format!(
                    "no AWS credentials: none are named, and the metadata service of an instance ({place}) does not answer"
                );
                Error::new(Code::TokenUnavailable, what).help(NOTHING)
            }
            _ => error,
        })?;
        let session = Secret::new(self.good(session)?.body);
        let roles = self.good(self.get(ROLES, &session, &reach)?)?;
        let role = roles.body.lines().next().unwrap_or_default().trim();
        if role.is_empty() || role.bytes().any(|b| b <= b' ' || b == b'/') {
            return Err(Error::new(
                Code::TokenRefused,
                format!("the instance has no role, says {}", self.endpoint.shown()),
            )
            .help(NOTHING));
        }
        let answer = self.get(&format!("{ROLES}{role}"), &session, &reach)?;
        read_json(
            &answer.body,
            answer.status,
            &self.endpoint.shown(),
            &session,
        )
    }

    fn get(&self, path: &str, session: &Secret, reach: &Reach) -> Result<Answer> {
        let url = self.endpoint.at(path);
        let mut request = Request::get(&url);
        request.headers.push((SESSION, session.clone()));
        reach.ask(&request)
    }

    fn good(&self, answer: Answer) -> Result<Answer> {
        match answer.status {
            200 => Ok(answer),
            status => {
                let place = self.endpoint.shown();
                Err(says_no(&place, status, "", "", &Secret::new("")).help(NOTHING))
            }
        }
    }
}
