//! What may stand beside `auth=aws-iam`. (Catches a token in the clear, and one for another region.)
#![allow(clippy::unwrap_used)]

use super::*;

fn ask(url: &str, variables: &[(&str, &str)]) -> Result<Option<Asked>> {
    let variable = |name: &str| {
        let found = variables.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| value.to_string())
    };
    asked(&Settings::parse(url, "DATABASE_URL")?, &variable)
}

const RDS: &str = "app.c1a2.eu-west-1.rds.amazonaws.com";

#[test]
fn nothing_is_asked_where_nothing_is_said() {
    assert!(ask("postgres://u:p@h/db", &[]).unwrap().is_none());
}

#[test]
fn settings_that_make_no_token_are_refused_before_a_connection() {
    let known = &[("AWS_REGION", "eu-west-1")][..];
    for (url, variables, expected) in [
        (
            "postgres://u:hunter2@h/db?auth=aws-iam",
            known,
            "a password is given beside",
        ),
        ("postgres://h/db?auth=aws-iam", known, "needs a user"),
        ("postgres:///db?auth=aws-iam&user=u", known, "needs a"),
        ("postgres://u@/db?auth=aws-iam", known, "needs a host"),
        (
            "postgres://u@/db?auth=aws-iam&host=/run/x",
            known,
            "not a path",
        ),
        ("postgres://u@h/db?auth=aws-iam", &[], "in which region"),
        ("postgres://u@h/db?auth=hunter2", known, "auth cannot be"),
        (
            "postgres://u@h/db?auth=aws-iam&aws_region=EU%20West",
            known,
            "letters, digits",
        ),
        (
            "postgres://u@h/db?auth=aws-iam",
            &[("AWS_REGION", "../x")],
            "letters, digits",
        ),
        ("sqlite:a.db?auth=aws-iam", known, "no option of sqlite"),
        (
            "postgres://u@h/db?auth=aws-iam&sslmode=disable",
            known,
            "in the clear",
        ),
        (
            "postgres://u@h/db?auth=aws-iam&sslmode=prefer",
            known,
            "in the clear",
        ),
        (
            "mysql://u@h/db?auth=aws-iam&ssl-mode=PREFERRED",
            known,
            "in the clear",
        ),
        (
            "postgres://u@app.c1a2.eu-west-1.rds.amazonaws.com/db?auth=aws-iam&aws_region=us-east-1",
            &[],
            "is in eu-west-1",
        ),
    ] {
        let error = ask(url, variables).err().unwrap_or_else(|| panic!("{url}"));
        let text = format!("{error:?}");
        assert!(error.message().contains(expected), "{url}: {text}");
        assert!(
            error.help_text().is_some() && !text.contains("hunter2"),
            "{text}"
        );
    }
}

#[test]
fn the_region_is_that_of_the_database() {
    let elsewhere = &[
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-2"),
    ][..];
    for (host, more, variables, expected) in [
        (RDS, "", elsewhere, "eu-west-1"),
        (
            "APP.c1a2.EU-WEST-1.rds.amazonaws.com.",
            "",
            elsewhere,
            "eu-west-1",
        ),
        (
            "a.proxy-c1a2.us-gov-west-1.rds.amazonaws.com",
            "",
            &[],
            "us-gov-west-1",
        ),
        (
            "a.cluster-ro-c1a2.eu-west-1.rds.amazonaws.com",
            "",
            &[],
            "eu-west-1",
        ),
        (
            "a.c1a2.rds.cn-north-1.amazonaws.com.cn",
            "",
            elsewhere,
            "cn-north-1",
        ),
        ("db.example", "", elsewhere, "us-east-1"),
        ("db.example", "", &elsewhere[1..], "us-east-2"),
        (
            "db.example",
            "&aws_region=eu-west-3",
            elsewhere,
            "eu-west-3",
        ),
        (RDS, "&aws_region=eu-west-1", elsewhere, "eu-west-1"),
        (
            "x.eu-west-1.rds.amazonaws.com.evil.example",
            "",
            elsewhere,
            "us-east-1",
        ),
    ] {
        let url = format!("postgres://u@{host}/db?auth=aws-iam{more}");
        let asked = ask(&url, variables).unwrap().unwrap();
        assert_eq!(asked.logins[0].region, expected, "{url}");
    }
}

#[test]
fn the_driver_sees_verified_tls_and_no_option_of_ours() {
    let url = format!("mariadb://u@{RDS}/db?auth=aws-iam&aws_region=eu-west-1&charset=utf8mb4");
    let mut settings = Settings::parse(&url, "X").unwrap();
    let mut tunnel = Host::new("b.c1a2.eu-west-2.rds.amazonaws.com", Some(3307));
    tunnel.address = Some("127.0.0.1".into());
    settings.hosts.push(tunnel);
    settings.options.retain(|(key, _)| key != "aws_region");
    let asked = asked(&settings, &|_| None).unwrap().unwrap();
    assert_eq!(asked.user, "u");
    let options = [("charset".into(), "utf8mb4".into())];
    assert_eq!(asked.settings.options, options);
    let seen: Vec<_> = asked
        .logins
        .iter()
        .zip(&asked.settings.hosts)
        .map(|(login, host)| {
            let mode = asked.settings.tls_mode(host);
            (login.port, login.region.as_str(), mode)
        })
        .collect();
    let full = Mode::VerifyFull;
    assert_eq!(seen, [(3306, "eu-west-1", full), (3307, "eu-west-2", full)]);
}
