//! What the readers share, seen from outside.

use super::*;

fn parse(url: &str) -> Settings {
    Settings::parse(url, "DATABASE_URL").expect("a good URL")
}

#[test]
fn a_url_is_read_into_its_parts() {
    let s = parse("postgresql://u%40x:p%40ss%2Fw@db.example:5433/app%20one?connect_timeout=3\n");
    assert_eq!(s.database, "postgres");
    assert_eq!(s.user.as_deref(), Some("u@x"));
    assert_eq!(s.password.as_ref().map(Secret::reveal), Some("p@ss/w"));
    assert_eq!(s.hosts, [Host::new("db.example", Some(5433))]);
    assert_eq!(s.name.as_deref(), Some("app one"));
    assert_eq!(s.option("connect_timeout"), Some("3"));
    assert_eq!(s.shown(), "postgres://u@x@db.example:5433/app one");
}

#[test]
fn sqlite_paths_are_kept_as_they_are() {
    for (url, path) in [
        ("sqlite:quick.db", "quick.db"),
        ("sqlite:/var/q.db", "/var/q.db"),
        ("sqlite:///var/q.db", "/var/q.db"),
        ("sqlite://q.db", "q.db"),
        ("sqlite::memory:", ":memory:"),
    ] {
        assert_eq!(parse(url).name.as_deref(), Some(path), "{url}");
    }
}

#[test]
fn what_cannot_be_read_is_not_echoed() {
    for url in [
        "hunter2",
        "postgres:hunter2",
        "postgres://u:hunter2/x@h/db",
        "postgres://u:hunter2%zz@h/db",
        "mysql://u:hunter2@h:port/db",
        "mysql://u:hunter2@[::1/db",
        "sqlite:",
        "postgres://u:hunter2@h/db?x",
        "mysql://u:hunter2@x@h/db",
        "postgres://h/db?password=a&hunter=x",
        "host=h password=a hunter=x",
        "host=h password='hunter2",
        "u:hunter2/x@tcp(h)",
        "sqlite://u:hunter2@h/db",
        "nosuch://u:hunter2/@h/db",
    ] {
        let error = Settings::parse(url, "DATABASE_URL").expect_err(url);
        assert!(!format!("{error:?}").contains("hunter"), "{error:?}");
    }
}

#[test]
fn an_ipv6_host_loses_its_brackets_and_gets_them_back() {
    let s = parse("mysql://u@[::1]:3307/db");
    assert_eq!(s.hosts, [Host::new("::1", Some(3307))]);
    assert_eq!(s.shown(), "mysql://u@[::1]:3307/db");
}
