//! Which lender is asked, and what of the environment is refused before anybody is. (Catches an
//! identity that leaves in the clear, and a pod that works with the rights of another.)

use super::super::credentials::{Source, source};
use super::super::http::Url;
use super::super::sts::says_no;
use initium_driver::{Code, Secret};

/// The name of the lender, or the word of the error.
fn chosen(variables: &[(&str, &str)]) -> String {
    let variable = |name: &str| {
        let found = variables.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| value.to_string())
    };
    match source(&variable, "eu-west-1") {
        Ok(Source::Given(credentials)) => format!("given {}", credentials.key),
        Ok(Source::Identity(identity)) => format!("identity {}", identity.name()),
        Ok(Source::Container(container)) => format!("container {}", container.name()),
        Ok(Source::Instance(instance)) => format!("instance {}", instance.name()),
        Err(error) => {
            let text = format!("{error:?}");
            assert!(error.help_text().is_some(), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
            error.code().word().to_string()
        }
    }
}

const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const KEY: (&str, &str) = ("AWS_ACCESS_KEY_ID", "AKIA1");
const SECRET: (&str, &str) = ("AWS_SECRET_ACCESS_KEY", "hunter2");
const ROLE: (&str, &str) = ("AWS_ROLE_ARN", "arn:r");
const FILE: (&str, &str) = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/t");
const POD: (&str, &str) = (FULL, "http://169.254.170.23/v1/credentials");

#[test]
fn lenders_are_asked_in_the_order_of_awss_own_clients() {
    for (variables, expected) in [
        (&[POD, FILE, ROLE, SECRET, KEY][..], "given AKIA1"),
        (
            &[POD, FILE, ROLE],
            "identity sts.eu-west-1.amazonaws.com 443 arn:r /t initium",
        ),
        (
            &[FILE, ROLE, ("AWS_REGION", "cn-north-1")],
            "identity sts.cn-north-1.amazonaws.com.cn 443 arn:r /t initium",
        ),
        (
            &[
                FILE,
                ROLE,
                ("AWS_ENDPOINT_URL_STS", "http://localhost:4566"),
                ("AWS_ROLE_SESSION_NAME", "s"),
            ],
            "identity localhost 4566 arn:r /t s",
        ),
        (&[POD, ROLE], "container 169.254.170.23 /v1/credentials"),
        (&[POD], "container 169.254.170.23 /v1/credentials"),
        (&[], "instance 169.254.169.254"),
        (
            &[(
                "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                "http://[fd00:ec2::254]",
            )],
            "instance [fd00:ec2::254]",
        ),
        (
            &[("AWS_EC2_METADATA_DISABLED", "True")],
            "connection-missing",
        ),
        (&[KEY], "connection-missing"),
        (&[SECRET, POD], "connection-missing"),
        (&[FILE], "connection-missing"),
    ] {
        assert_eq!(chosen(variables), expected, "{variables:?}");
    }
}

#[test]
fn an_identity_goes_only_where_tls_or_this_machine_keeps_it() {
    for (name, url, expected) in [
        (FULL, "http://127.0.0.1:5/x", "container 127.0.0.1:5 /x"),
        (FULL, "http://[::1]:5/x?y=z", "container [::1]:5 /x?y=z"),
        (FULL, "http://LOCALHOST/x", "container localhost /x"),
        (FULL, "http://169.254.170.2/x", "container 169.254.170.2 /x"),
        (
            FULL,
            "http://[fd00:ec2::23]/x",
            "container [fd00:ec2::23] /x",
        ),
        (
            FULL,
            "https://lender.example/x",
            "container lender.example /x",
        ),
        (FULL, "http://lender.example/x", "connection-invalid"),
        (FULL, "http://169.254.170.2.example/x", "connection-invalid"),
        (
            FULL,
            "http://169.254.170.2@evil.example/",
            "connection-invalid",
        ),
        (FULL, "http://127.0.0.1.example/x", "connection-invalid"),
        (FULL, "http://10.0.0.1/x", "connection-invalid"),
        (FULL, "http://169.254.169.254/x", "connection-invalid"),
        (FULL, "ftp://127.0.0.1/hunter2", "connection-invalid"),
        (
            FULL,
            "http://127.0.0.1/a\r\nX: hunter2",
            "connection-invalid",
        ),
        (FULL, "http://127.0.0.1:hunter2/", "connection-invalid"),
        (FULL, "/v1/hunter2", "connection-invalid"),
        (RELATIVE, "/v2/x", "container 169.254.170.2 /v2/x"),
        (RELATIVE, "v2/x", "connection-invalid"),
        (RELATIVE, "http://evil.example/", "connection-invalid"),
        (RELATIVE, "@evil.example/", "connection-invalid"),
    ] {
        assert_eq!(chosen(&[(name, url)]), expected, "{name}={url}");
    }
    let sts = ("AWS_ENDPOINT_URL_STS", "http://sts.example/");
    assert_eq!(chosen(&[ROLE, FILE, sts]), "connection-invalid");
}

#[test]
fn another_path_keeps_the_server() {
    let url = Url::parse("http://127.0.0.1:5/base/", "X").unwrap();
    assert_eq!(url.at("/latest").path, "/base/latest");
    assert_eq!(url.at("/latest").shown(), "127.0.0.1:5");
}

#[test]
fn a_no_that_repeats_the_token_is_not_repeated() {
    let token = Secret::new("eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.hunter2");
    let echo = format!("Value '{}' is too long", token.reveal());
    let error = says_no("sts.example", 400, "ValidationError", &echo, &token);
    assert_eq!(
        error.message(),
        "no AWS credentials from sts.example: ValidationError"
    );
    let error = says_no("sts.example", 400, "", &echo, &token);
    assert!(error.message().ends_with("status 400"), "{error}");
    // Cut anywhere behind its beginning.
    let error = says_no("sts.example", 400, "V", &echo[..30], &token);
    assert!(!error.message().contains("eyJ"), "{error}");
    let long = "a\x1b[2J\n".repeat(1000);
    let error = says_no("sts.example", 403, &long, "", &token);
    assert!(error.message().len() < 400 && !error.message().contains('\x1b'));
}

#[test]
fn only_what_passes_is_worth_another_try() {
    for (status, code, expected) in [
        (503, "ServiceUnavailable", Code::TokenUnavailable),
        (500, "", Code::TokenUnavailable),
        (429, "", Code::TokenUnavailable),
        (400, "IDPCommunicationError", Code::TokenUnavailable),
        (400, "Throttling", Code::TokenUnavailable),
        (400, "ExpiredTokenException", Code::TokenRefused),
        (400, "InvalidIdentityToken", Code::TokenRefused),
        (403, "AccessDenied", Code::TokenRefused),
        (302, "", Code::TokenRefused),
        (404, "", Code::TokenRefused),
    ] {
        let error = says_no("sts.example", status, code, "", &Secret::new("t"));
        assert_eq!(error.code(), expected, "{status} {code}");
        assert!(error.help_text().is_some());
    }
}
