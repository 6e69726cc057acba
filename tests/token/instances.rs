//! The role of an instance, by its metadata service.

use super::lender::{Lender, Reply, answer, json};
use super::{LATER, PATIENT, refused, token};
use initium_driver::Code;
use std::time::{Duration, Instant};

const ENDPOINT: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
const ROLES: &str = "GET /latest/meta-data/iam/security-credentials/";

fn service(request: &str, roles: &str) -> Reply {
    let first = request.lines().next().unwrap();
    let session = request.contains("\r\nX-aws-ec2-metadata-token: session==\r\n");
    if first == "PUT /latest/api/token HTTP/1.1" {
        return answer(200, "session==");
    }
    match first.strip_prefix(ROLES) {
        _ if !session => answer(401, ""),
        Some(" HTTP/1.1") => answer(200, roles),
        Some("app HTTP/1.1") => answer(200, &json("ASIA1", LATER)),
        _ => answer(404, ""),
    }
}

#[test]
fn the_role_of_an_instance_becomes_a_token() {
    let lender = Lender::plain(|request, _| service(request, "app\n"));
    let made = token(&[(ENDPOINT, &lender.url(""))], PATIENT).unwrap();
    assert!(made.contains("=ASIA1%2F"), "{made}");
    assert_eq!(lender.heard().len(), 3);
}

#[test]
fn an_instance_without_a_role_is_named() {
    for roles in ["", "a b", "../x"] {
        let lender = Lender::plain(move |request, _| service(request, roles));
        let error = refused(&[(ENDPOINT, &lender.url("/"))], PATIENT);
        assert_eq!(error.code(), Code::TokenRefused);
        assert!(error.message().contains("no role"), "{error}");
    }
    let lender = Lender::plain(|_, _| answer(403, ""));
    let error = refused(&[(ENDPOINT, &lender.url("/"))], PATIENT);
    assert_eq!(error.code(), Code::TokenRefused, "{error}");
}

#[test]
fn a_service_that_is_not_there_is_not_waited_for() {
    let lender = Lender::plain(|_, _| Reply::Silence);
    let start = Instant::now();
    let error = refused(&[(ENDPOINT, &lender.url("/"))], PATIENT);
    assert_eq!(error.code(), Code::TokenUnavailable);
    assert!(error.message().contains("none are named"), "{error}");
    assert!(error.help_text().unwrap().contains("AWS_ROLE_ARN"));
    let took = start.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
}
