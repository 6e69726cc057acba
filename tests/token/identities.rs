//! A service account's token for a role's credentials, by STS.

use super::certificates::{Authority, Validity};
use super::lender::{Lender, Reply, answer, closing, dated, error, xml};
use super::{Folder, LATER, PATIENT, refused, token};
use initium_driver::Code;
use std::time::{Duration, Instant};

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhcHAifQ.a-b_c";

/// STS as it should be, but for its answers.
struct Sts {
    lender: Lender,
    folder: Folder,
    roots: String,
    token: String,
}

impl Sts {
    fn new(name: &str, reply: impl Fn(&str, usize) -> Reply + Send + 'static) -> Sts {
        Sts::called(name, "localhost", reply)
    }

    fn called(
        name: &str,
        host: &str,
        reply: impl Fn(&str, usize) -> Reply + Send + 'static,
    ) -> Sts {
        let folder = Folder::new(name);
        let authority = Authority::new("test authority");
        let roots = authority
            .write(&folder.0, "roots.crt")
            .display()
            .to_string();
        let pair = authority.issue(&folder.0, "sts", &[host], Validity::Now);
        Sts {
            lender: Lender::encrypted(&pair, reply),
            roots,
            token: folder.write("token", &format!("{JWT}\n")),
            folder,
        }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ROLE_ARN", "arn:aws:iam::1:role/app one".into()),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", self.token.clone()),
            ("AWS_ROLE_SESSION_NAME", "shop".into()),
            (
                "AWS_ENDPOINT_URL_STS",
                format!("https://localhost:{}", self.lender.port),
            ),
            ("AWS_CA_BUNDLE", self.roots.clone()),
        ]
    }

    fn token(&self) -> initium_driver::Result<String> {
        let variables = self.variables();
        let variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
        token(&variables, PATIENT)
    }

    fn refused(&self, within: Duration) -> initium_driver::Error {
        let variables = self.variables();
        let variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
        refused(&variables, within)
    }
}

#[test]
fn a_service_account_becomes_a_token_and_is_not_asked_for_twice() {
    let sts = Sts::new("good", |_, n| answer(200, &xml(&format!("ASIA{n}"), LATER)));
    let token = sts.token().unwrap();
    assert!(
        token.starts_with("db.c1a2.eu-west-1.rds.amazonaws.com:5432/?Action=connect&DBUser=app&")
    );
    assert!(token.contains("X-Amz-Credential=ASIA0%2F"), "{token}");
    assert!(
        token.contains("%2Feu-west-1%2Frds-db%2Faws4_request&"),
        "{token}"
    );
    assert!(token.contains("&X-Amz-Security-Token=hunter3&"), "{token}");
    assert!(sts.token().unwrap().contains("=ASIA0%2F"));
    let heard = sts.lender.heard();
    let [request] = heard.as_slice() else {
        panic!("{heard:?}");
    };
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST / HTTP/1.1\r\n"), "{head}");
    assert!(
        head.contains("\r\nContent-Type: application/x-www-form-urlencoded"),
        "{head}"
    );
    assert_eq!(
        body,
        format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fapp%20one&RoleSessionName=shop&WebIdentityToken={JWT}"
        )
    );
}

#[test]
fn credentials_that_end_soon_are_asked_for_again_with_the_newest_identity() {
    let soon = time::OffsetDateTime::now_utc() + Duration::from_secs(200);
    let soon = soon
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let sts = Sts::new("soon", move |_, n| {
        answer(200, &xml(&format!("ASIA{n}"), &soon))
    });
    assert!(sts.token().unwrap().contains("=ASIA0%2F"));
    sts.folder.write("token", "renewed");
    assert!(sts.token().unwrap().contains("=ASIA1%2F"));
    assert!(sts.lender.heard()[1].ends_with("&WebIdentityToken=renewed"));
}

#[test]
fn what_sts_says_is_told_and_what_it_repeats_is_not() {
    for (status, code, message, expected, said) in [
        (
            403,
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            Code::TokenRefused,
            "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
        (
            400,
            "ExpiredTokenException",
            "Token expired: current date/time 1 must be before 2",
            Code::TokenRefused,
            "ExpiredTokenException: Token expired",
        ),
        (
            400,
            "InvalidIdentityToken",
            "No OpenIDConnect provider found",
            Code::TokenRefused,
            "No OpenIDConnect provider found",
        ),
        (
            400,
            "ValidationError",
            &format!("Value '{JWT}' failed"),
            Code::TokenRefused,
            "from localhost",
        ),
        (
            400,
            "IDPCommunicationError",
            "try later",
            Code::TokenUnavailable,
            "try later",
        ),
        (
            503,
            "ServiceUnavailable",
            "",
            Code::TokenUnavailable,
            "ServiceUnavailable",
        ),
    ] {
        let body = error(code, message);
        let sts = Sts::new(code, move |_, _| answer(status, &body));
        let error = sts.refused(PATIENT);
        assert_eq!(error.code(), expected, "{error:?}");
        assert!(error.message().contains(said), "{error:?}");
    }
}

#[test]
fn an_expired_identity_says_where_to_look() {
    let sts = Sts::new("expired", |_, _| {
        answer(400, &error("ExpiredTokenException", "x"))
    });
    let help = sts.refused(PATIENT).help_text().unwrap().to_string();
    assert!(help.contains("projected volume"), "{help}");
}

#[test]
fn an_answer_that_is_none_is_not_believed() {
    let twice =
        xml("ASIA1", LATER).replace("<ResponseMetadata>", "<AccessKeyId>ASIA2</AccessKeyId>");
    for (n, body) in [
        "<html>hunter2</html>".to_string(),
        String::new(),
        xml("", LATER),
        xml("ASIA1", "tomorrow"),
        xml("ASIA1", LATER).replace("Expiration>", "Expires>"),
        xml("ASIA1", LATER).replace("</SecretAccessKey>", ""),
        twice,
    ]
    .into_iter()
    .enumerate()
    {
        let sts = Sts::new(&format!("none{n}"), move |_, _| answer(200, &body));
        assert_eq!(sts.refused(PATIENT).code(), Code::TokenRefused, "{n}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let sts = Sts::new("redirect", |_, _| {
        dated(302, "", "Location: http://127.0.0.1:1/\r\n")
    });
    let error = sts.refused(PATIENT);
    assert_eq!(error.code(), Code::TokenRefused);
    assert_eq!(sts.lender.heard().len(), 1);
}

#[test]
fn a_clock_that_is_wrong_is_told_before_a_token_is_refused() {
    // What the lender's clock shows, seconds from now; what is said of ours.
    for (theirs, said) in [
        (-3600_i64, Some("ahead of")),
        (-200, None),
        (600, None),
        (3600, Some("behind")),
    ] {
        let date = time::OffsetDateTime::now_utc() + time::Duration::seconds(theirs);
        let date = date
            .format(&time::format_description::well_known::Rfc2822)
            .unwrap();
        let head = format!("Date: {}\r\n", date.replace("+0000", "GMT"));
        let sts = Sts::new(&format!("clock{theirs}"), move |_, _| {
            dated(200, &xml("ASIA1", LATER), &head)
        });
        match said {
            None => drop(sts.token().unwrap()),
            Some(said) => {
                let error = sts.refused(PATIENT);
                assert_eq!(error.code(), Code::TokenUnavailable);
                let seconds = theirs.abs();
                let near = [seconds - 1, seconds, seconds + 1];
                let counted = near
                    .iter()
                    .any(|n| error.message().contains(&format!(" {n} s ")));
                assert!(counted && error.message().contains(said), "{error}");
            }
        }
    }
}

#[test]
fn who_is_not_sts_gets_no_identity() {
    let good = |_: &str, _: usize| answer(200, &xml("ASIA1", LATER));
    let (mut sts, other) = (Sts::new("one", good), Sts::new("other", good));
    sts.roots = other.roots.clone();
    let error = sts.refused(PATIENT);
    assert_eq!(error.code(), Code::TlsUnknownAuthority);
    assert!(error.help_text().unwrap().contains("AWS_CA_BUNDLE"));
    assert_eq!(sts.lender.heard(), [""; 0]);
    let sts = Sts::called("name", "sts.example", good);
    assert_eq!(sts.refused(PATIENT).code(), Code::TlsWrongHost);
    assert_eq!(sts.lender.heard(), [""; 0]);
    // A server that speaks no TLS.
    let clear = Lender::plain(good);
    let mut variables = sts.variables();
    variables[3].1 = format!("https://localhost:{}", clear.port);
    let variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(refused(&variables, PATIENT).code(), Code::TlsFailed);
}

#[test]
fn silence_has_an_end() {
    for (name, reply) in [("silent", true), ("drip", false)] {
        let sts = Sts::new(name, move |_, _| match reply {
            true => Reply::Silence,
            false => Reply::Drip,
        });
        let start = Instant::now();
        let error = sts.refused(Duration::from_millis(300));
        assert_eq!(error.code(), Code::TokenUnavailable, "{error}");
        assert!(error.message().contains("nothing within 300ms"), "{error}");
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_connection_that_fails_is_worth_another_try_and_a_proxy_is_named() {
    let sts = Sts::new("closing", |_, _| Reply::Silence);
    let mut variables = sts.variables();
    variables[3].1 = format!("https://localhost:{}", closing());
    let mut variables: Vec<_> = variables.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let error = refused(&variables, PATIENT);
    assert_eq!(error.code(), Code::TokenUnavailable, "{error}");
    assert!(!error.help_text().unwrap().contains("PROXY"));
    variables.push(("HTTPS_PROXY", "http://hunter2@proxy:3128"));
    let error = refused(&variables, PATIENT);
    assert!(error.help_text().unwrap().contains("HTTPS_PROXY"));
}

#[test]
fn an_identity_that_is_not_there_is_named() {
    let sts = Sts::new("missing", |_, _| Reply::Silence);
    sts.folder.write("token", "\n");
    assert_eq!(sts.refused(PATIENT).code(), Code::ConnectionInvalid);
    std::fs::remove_file(sts.folder.0.join("token")).unwrap();
    let error = sts.refused(PATIENT);
    assert_eq!(error.code(), Code::FileUnreadable);
    assert!(error.message().contains("AWS_WEB_IDENTITY_TOKEN_FILE"));
    assert_eq!(sts.lender.heard(), [""; 0]);
}
