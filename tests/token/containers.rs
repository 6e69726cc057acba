//! The endpoint that a container's host keeps: EKS Pod Identity, ECS.

use super::lender::{Lender, Reply, answer, json};
use super::{Folder, LATER, PATIENT, refused, token};
use initium_driver::Code;

const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

fn good(_: &str, n: usize) -> Reply {
    answer(200, &json(&format!("ASIA{n}"), LATER))
}

#[test]
fn a_pod_identity_becomes_a_token() {
    let lender = Lender::plain(good);
    let folder = Folder::new("pod");
    let file = folder.write("token", "the identity\n");
    let url = lender.url("/v1/credentials?a=b");
    let variables = [
        (FULL, url.as_str()),
        (TOKEN_FILE, &file),
        (TOKEN, "not this one"),
    ];
    let made = token(&variables, PATIENT).unwrap();
    assert!(made.contains("X-Amz-Credential=ASIA0%2F"), "{made}");
    assert!(made.contains("&X-Amz-Security-Token=hunter3&"), "{made}");
    assert!(token(&variables, PATIENT).unwrap().contains("=ASIA0%2F"));
    let heard = lender.heard();
    assert_eq!(heard.len(), 1);
    assert!(
        heard[0].starts_with("GET /v1/credentials?a=b HTTP/1.1\r\n"),
        "{}",
        heard[0]
    );
    assert!(
        heard[0].contains("\r\nAuthorization: the identity\r\n"),
        "{}",
        heard[0]
    );
    let host = format!("\r\nHost: 127.0.0.1:{}\r\n", lender.port);
    assert!(heard[0].contains(&host), "{}", heard[0]);
}

#[test]
fn each_host_has_a_token_of_its_own_of_the_same_credentials() {
    let lender = Lender::plain(good);
    let url = lender.url("/");
    let settings = initium_driver::Settings {
        hosts: ["a", "b"]
            .map(|host| {
                initium_driver::Host::new(format!("{host}.c.eu-west-1.rds.amazonaws.com"), None)
            })
            .into(),
        ..initium_driver::Settings::parse(super::URL, "the test").unwrap()
    };
    let variable = |name: &str| (name == FULL).then(|| url.clone());
    let login = initium::token::login(&settings, &variable, PATIENT)
        .unwrap()
        .unwrap();
    let tokens: Vec<_> = login
        .hosts
        .iter()
        .map(|host| host.password.as_ref().unwrap().reveal())
        .collect();
    assert!(tokens[0].starts_with("a.c.eu-west-1") && tokens[1].starts_with("b.c.eu-west-1"));
    let signature = |token: &str| token.rsplit('=').next().unwrap().to_string();
    assert_ne!(signature(tokens[0]), signature(tokens[1]));
    assert_eq!(lender.heard().len(), 1);
}

#[test]
fn a_token_that_breaks_out_of_its_line_is_not_sent() {
    for evil in ["hunter2\r\nX-Other: 1", "hunter2\nX", "hunter2\x7f"] {
        let lender = Lender::plain(good);
        let url = lender.url("/");
        let error = refused(&[(FULL, &url), (TOKEN, evil)], PATIENT);
        assert_eq!(error.code(), Code::ConnectionInvalid);
        assert_eq!(lender.heard(), [""; 0]);
    }
}

#[test]
fn an_answer_that_is_none_is_not_believed() {
    let more = json("ASIA1", LATER);
    for (status, body, expected, said) in [
        (200, "", Code::TokenRefused, "it is no JSON"),
        (
            200,
            "<html>hunter2</html>",
            Code::TokenRefused,
            "it is no JSON",
        ),
        (200, "[\"hunter2\"]", Code::TokenRefused, "not both"),
        (
            200,
            "{\"AccessKeyId\": \"A\"}",
            Code::TokenRefused,
            "not both",
        ),
        (
            200,
            "{\"AccessKeyId\": 1, \"SecretAccessKey\": \"hunter2\"}",
            Code::TokenRefused,
            "not both",
        ),
        (
            200,
            &more.replace("2099-", "99-"),
            Code::TokenRefused,
            "is no time",
        ),
        (
            403,
            "{\"code\": \"AccessDenied\", \"message\": \"no association for the identity\"}",
            Code::TokenRefused,
            "AccessDenied: no association",
        ),
        (404, "page not found", Code::TokenRefused, "status 404"),
        (
            500,
            "{\"message\": \"the agent starts\"}",
            Code::TokenUnavailable,
            "the agent starts",
        ),
    ] {
        let body = body.to_string();
        let lender = Lender::plain(move |_, _| answer(status, &body));
        let error = refused(&[(FULL, &lender.url("/"))], PATIENT);
        assert_eq!(error.code(), expected, "{error:?}");
        assert!(error.message().contains(said), "{error:?}");
    }
}

#[test]
fn an_answer_that_is_huge_is_not_read() {
    let lender = Lender::plain(|_, _| answer(200, &" ".repeat(10_000_000)));
    let error = refused(&[(FULL, &lender.url("/"))], PATIENT);
    assert_eq!(error.code(), Code::TokenUnavailable);
    assert!(error.message().contains("longer than 64 KiB"), "{error}");
}

#[test]
fn keys_in_the_environment_ask_nobody() {
    let lender = Lender::plain(good);
    let url = lender.url("/");
    let made = token(
        &[
            (FULL, &url),
            ("AWS_ACCESS_KEY_ID", "AKIA1"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        ],
        PATIENT,
    );
    let made = made.unwrap();
    assert!(
        made.contains("=AKIA1%2F") && !made.contains("Security-Token"),
        "{made}"
    );
    assert!(!made.contains("hunter2"));
    assert_eq!(lender.heard(), [""; 0]);
}
