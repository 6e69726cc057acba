//! The signer against AWS's own: what botocore makes of fixed inputs, byte for byte, and the values
//! that AWS publishes. (Catches anything that RDS would answer with a refusal nobody can explain.)
#![allow(clippy::unwrap_used)]

mod lenders;

use super::credentials::Credentials;
use super::sign::{Presigned, presigned};
use super::token;
use initium_driver::Secret;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

fn at(text: &str) -> OffsetDateTime {
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

fn keys(key: &str, secret: &str, session: Option<&str>) -> Credentials {
    Credentials {
        key: key.into(),
        secret: Secret::new(secret),
        session: session.map(Secret::new),
        expires: None,
    }
}

#[test]
fn tokens_are_those_of_botocore_to_the_byte() {
    let recorded = include_str!("recorded.jsonl");
    assert!(recorded.lines().count() >= 20);
    for line in recorded.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| row[name].as_str().unwrap();
        let credentials = keys(text("key"), text("secret"), row["session"].as_str());
        let port = row["port"].as_u64().unwrap().try_into().unwrap();
        let made = token(
            (text("host"), port),
            text("user"),
            text("region"),
            &credentials,
            at(text("when")),
        );
        assert_eq!(made.unwrap().reveal(), text("token"), "{line}");
    }
}

fn signature(request: &Presigned, credentials: &Credentials, when: &str) -> String {
    let query = presigned(request, credentials, at(when)).unwrap();
    let (_, signature) = query.reveal().split_once("&X-Amz-Signature=").unwrap();
    signature.to_string()
}

/// The presigned forms of AWS's test suite for signers (`awslabs/aws-c-auth`).
#[test]
fn signatures_are_those_of_the_published_test_suite() {
    let plain = keys(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        None,
    );
    let all = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let session = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    let lent = Credentials {
        session: Some(Secret::new(session)),
        ..plain.clone()
    };
    for (name, credentials, query, expected) in [
        (
            "get-vanilla-query-order-key-case",
            &plain,
            &[("Param2", "value2"), ("Param1", "value1")][..],
            "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5",
        ),
        (
            "get-vanilla-query-unreserved",
            &plain,
            &[(all, all)],
            "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf",
        ),
        (
            "get-vanilla-utf8-query",
            &plain,
            &[("\u{1234}", "bar")],
            "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600",
        ),
        (
            "get-vanilla-empty-query-key",
            &plain,
            &[("Param1", "value1")],
            "49096700cbbaa5753443850f40df10f904fc2fdb544dc9512203cc77c471a9de",
        ),
        (
            "get-vanilla-with-session-token",
            &lent,
            &[],
            "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c",
        ),
    ] {
        let request = Presigned {
            service: "service",
            region: "us-east-1",
            host: "example.amazonaws.com",
            port: 443,
            path: "/",
            query,
            seconds: 3600,
            payload: super::NOTHING,
        };
        let made = signature(&request, credentials, "2015-08-30T12:36:00Z");
        assert_eq!(made, expected, "{name}");
    }
}

/// The example of a presigned URL in the documentation of S3.
#[test]
fn the_documented_example_has_its_documented_signature() {
    let credentials = keys(
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,
    );
    let request = Presigned {
        service: "s3",
        region: "us-east-1",
        host: "examplebucket.s3.amazonaws.com",
        port: 443,
        path: "/test.txt",
        query: &[],
        seconds: 86400,
        payload: "UNSIGNED-PAYLOAD",
    };
    assert_eq!(
        signature(&request, &credentials, "2013-05-24T00:00:00Z"),
        "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}
