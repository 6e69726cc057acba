//! Where connections come from besides one text: variables of clients, and secrets as operators,
//! charts and clouds write them. (Catches a key that is not recognised, a password that meets another
//! user, an address that Kubernetes made up.)

use super::table::told;
use initium_driver::settings::{environment, of_secret};
use initium_driver::{Code, Secret, Settings};
use std::collections::BTreeMap;

type Entries<'a> = &'a [(&'a str, &'a str)];

fn of_environment(kind: &str, set: &[(&str, &str)]) -> Result<Option<Settings>, String> {
    let variable = |name: &str| {
        set.iter()
            .find(|(n, _)| *n == name)
            .map(|(_, v)| v.to_string())
    };
    environment(kind, &variable).map_err(|e| e.message().to_string())
}

fn env_line(kind: &str, set: &[(&str, &str)]) -> String {
    match of_environment(kind, set) {
        Ok(None) => "nothing".into(),
        Ok(Some(settings)) => told(&settings),
        Err(what) => format!("error: {what}"),
    }
}

#[test]
fn the_variables_of_each_client_are_read() {
    let rows: &[(&str, Entries, &str)] = &[
        ("postgres", &[], "nothing"),
        ("postgres", &[("PGHOST", "")], "nothing"),
        (
            "postgres",
            &[
                ("PGHOST", "h"),
                ("PGPORT", "5433"),
                ("PGUSER", "u"),
                ("PGPASSWORD", "p@/w"),
                ("PGDATABASE", "d"),
            ],
            "postgres user=u password=p@/w host=h:5433 name=d",
        ),
        (
            "postgres",
            &[
                ("PGHOST", "h1,h2"),
                ("PGPORT", "1,2"),
                ("PGTARGETSESSIONATTRS", "read-write"),
                ("PGLOADBALANCEHOSTS", "random"),
            ],
            "postgres host=h1:1 host=h2:2 +target_session_attrs=read-write +load_balance_hosts=random",
        ),
        (
            "postgres",
            &[
                ("PGHOST", "/run/postgresql"),
                ("PGOPTIONS", "-c x=1"),
                ("PGAPPNAME", "a"),
                ("PGCONNECT_TIMEOUT", "3"),
            ],
            "postgres host=/run/postgresql +options=-c\\sx=1 +application_name=a +connect_timeout=3",
        ),
        (
            "postgres",
            &[
                ("PGSSLMODE", "verify-full"),
                ("PGSSLROOTCERT", "ca"),
                ("PGSSLCERT", "c"),
                ("PGSSLKEY", "k"),
                ("PGSSLSNI", "0"),
                ("PGSSLNEGOTIATION", "direct"),
            ],
            "postgres tls=verify-full roots=ca certificate=c key=k +sslsni=0 +sslnegotiation=direct",
        ),
        (
            "postgres",
            &[
                ("PGREQUIREAUTH", "scram-sha-256"),
                ("PGCHANNELBINDING", "require"),
            ],
            "postgres +require_auth=scram-sha-256 +channel_binding=require",
        ),
        ("postgres", &[("PGPASSWORD", "p")], "postgres password=p"),
        (
            "postgres",
            &[("PGHOST", "h"), ("PGTZ", "UTC"), ("PGDATESTYLE", "ISO")],
            "postgres host=h (PGTZ is without effect here) (PGDATESTYLE is without effect here)",
        ),
        ("postgres", &[("PGPORT", "tcp://10.0.0.1:5432")], "nothing"),
        (
            "postgres",
            &[
                ("POSTGRES_PORT", "tcp://10.0.0.1:5432"),
                ("POSTGRES_HOST", "h"),
            ],
            "nothing",
        ),
        (
            "postgres",
            &[("PGGSSENCMODE", "require")],
            "error: the connection in PGGSSENCMODE cannot be read: gssencmode asks for what is not done here",
        ),
        (
            "postgres",
            &[("PGGSSENCMODE", "prefer"), ("PGHOST", "h")],
            "postgres host=h",
        ),
        (
            "postgres",
            &[("PGSSLCRL", "x")],
            "error: the connection in PGSSLCRL cannot be read: sslcrl cannot be honoured",
        ),
        (
            "postgres",
            &[("PGREQUIREPEER", "x")],
            "error: the connection in PGREQUIREPEER cannot be read: requirepeer cannot be honoured",
        ),
        (
            "postgres",
            &[("PGSSLMINPROTOCOLVERSION", "TLSv1.3")],
            "error: the connection in PGSSLMINPROTOCOLVERSION cannot be read: ssl_min_protocol_version asks for what is not done here",
        ),
        (
            "postgres",
            &[("PGCLIENTENCODING", "LATIN1")],
            "error: the connection in PGCLIENTENCODING cannot be read: client_encoding asks for what is not done here",
        ),
        (
            "postgres",
            &[("PGPORT", "eighty")],
            "error: the connection in PGPORT cannot be read: the port is not a number from 1 to 65535",
        ),
        (
            "mysql",
            &[
                ("MYSQL_HOST", "h"),
                ("MYSQL_TCP_PORT", "3307"),
                ("MYSQL_USER", "u"),
                ("MYSQL_PASSWORD", "p"),
                ("MYSQL_DATABASE", "d"),
            ],
            "mysql user=u password=p host=h:3307 name=d",
        ),
        (
            "mysql",
            &[("MYSQL_HOST", "h"), ("MYSQL_PWD", "p")],
            "mysql password=p host=h",
        ),
        (
            "mysql",
            &[
                ("MYSQL_PORT", "tcp://10.0.0.1:3306"),
                ("MYSQL_TCP_PORT", "tcp://10.0.0.1:3306"),
            ],
            "nothing",
        ),
        (
            "mysql",
            &[("MYSQL_HOST", "h"), ("MYSQL_PORT", "3307")],
            "mysql host=h:3307",
        ),
        (
            "mysql",
            &[("MYSQL_UNIX_PORT", "/run/x.sock"), ("MYSQL_USER", "u")],
            "mysql user=u host=/run/x.sock",
        ),
        (
            "mysql",
            &[("MYSQL_HOST", "h"), ("MYSQL_UNIX_PORT", "/run/x.sock")],
            "mysql host=h",
        ),
        (
            "mysql",
            &[("MYSQL_USER", "u"), ("MYSQL_ROOT_PASSWORD", "r")],
            "mysql user=u",
        ),
        (
            "mysql",
            &[("MYSQL_USER", "root"), ("MYSQL_ROOT_PASSWORD", "r")],
            "mysql user=root password=r",
        ),
        ("mysql", &[("MYSQL_ROOT_PASSWORD", "r")], "nothing"),
        ("mysql", &[("MARIADB_HOST", "h")], "nothing"),
        (
            "mariadb",
            &[
                ("MARIADB_HOST", "h"),
                ("MARIADB_USER", "u"),
                ("MARIADB_PASSWORD", "p"),
                ("MYSQL_PASSWORD", "q"),
                ("MYSQL_DATABASE", "d"),
            ],
            "mariadb user=u password=p host=h name=d",
        ),
        (
            "mariadb",
            &[("MARIADB_USER", "u"), ("MYSQL_PASSWORD", "q")],
            "mariadb user=u",
        ),
        (
            "redis",
            &[
                ("REDIS_HOST", "h"),
                ("REDIS_PORT", "tcp://10.0.0.1:6379"),
                ("REDIS_PASSWORD", "p"),
            ],
            "redis password=p host=h",
        ),
        ("sqlite", &[("PGHOST", "h")], "nothing"),
    ];
    for (kind, set, expected) in rows {
        assert_eq!(env_line(kind, set), *expected, "{kind} {set:?}");
    }
}

#[test]
fn each_part_of_the_environment_says_which_variable_it_came_from() {
    let settings = of_environment(
        "postgres",
        &[("PGHOST", "h"), ("PGUSER", "u"), ("PGSSLMODE", "require")],
    )
    .unwrap()
    .unwrap();
    for (part, origin) in [("host", "PGHOST"), ("user", "PGUSER"), ("tls", "PGSSLMODE")] {
        assert!(
            settings.origins.contains(&(part, origin.into())),
            "{part}: {:?}",
            settings.origins
        );
    }
    assert!(settings.leads_somewhere());
    assert!(
        !of_environment("postgres", &[("PGPASSWORD", "p")])
            .unwrap()
            .unwrap()
            .leads_somewhere()
    );
}

fn secret(
    entries: &[(&str, &str)],
    kind: Option<&str>,
    keys: &[(&str, &str)],
    folder: Option<&str>,
) -> String {
    let entries = entries
        .iter()
        .map(|(k, v)| (k.to_string(), Secret::new(*v)))
        .collect();
    let keys: BTreeMap<_, _> = keys
        .iter()
        .map(|(k, v)| (k.to_string(), v.to_string()))
        .collect();
    match of_secret(&entries, "S", kind, &keys, folder) {
        Ok(settings) => told(&settings),
        Err(error) => format!("{}: {}", error.code().word(), error.message()),
    }
}

const POOLER: &str = " (the keys pgbouncer-* were left alone: a pooler hands the session to others, and with it the lock)";

#[test]
fn secrets_of_operators_and_charts_are_recognised() {
    let rows: &[(&str, Entries, Option<&str>, String)] = &[
        ("CloudNativePG", &[("username", "app"), ("user", "app"), ("password", "p+w"), ("dbname", "app"), ("host", "c-rw"), ("port", "5432"), ("pgpass", "c-rw:5432:app:app:p+w\n"), ("uri", "postgresql://app:p%2Bw@c-rw.ns:5432/app"), ("jdbc-uri", "jdbc:postgresql://c-rw.ns:5432/app?password=p%2Bw&user=app")], None, "postgres user=app password=p+w host=c-rw:5432 name=app".into()),
        ("Crunchy", &[("host", "h"), ("port", "5432"), ("user", "u"), ("password", "p"), ("verifier", "SCRAM-SHA-256$4096:x"), ("dbname", "d"), ("uri", "postgresql://u:p@h:5432/d"), ("pgbouncer-host", "b"), ("pgbouncer-uri", "postgresql://u:p@b:5432/d")], None, format!("postgres user=u password=p host=h:5432 name=d{POOLER}")),
        ("Crunchy by its uri alone", &[("uri", "postgresql://u:p@h:5432/d"), ("pgbouncer-uri", "postgresql://u:p@b:5432/d")], None, format!("postgres user=u password=p host=h:5432 name=d{POOLER}")),
        ("Zalando", &[("username", "u"), ("password", "p")], Some("postgres"), "postgres user=u password=p".into()),
        ("Zalando, of an unknown database", &[("username", "u"), ("password", "p")], None, "connection-missing: S does not say which database it is for".into()),
        ("Bitnami's binding, whose uri holds the password as it is", &[("provider", "bitnami"), ("type", "postgresql"), ("host", "h"), ("port", "5432"), ("username", "u"), ("database", "d"), ("password", "p@s/s#?%"), ("uri", "postgresql://u:p@s/s#?%@h:5432/d")], None, "postgres user=u password=p@s/s#?% host=h:5432 name=d".into()),
        ("a uri that fills what the parts leave open", &[("type", "postgresql"), ("host", "h"), ("username", "u"), ("password", "p"), ("uri", "postgresql://u:x@h/d?sslmode=require")], None, "postgres user=u password=p host=h name=d tls=require".into()),
        ("Bitnami postgresql", &[("postgres-password", "a"), ("password", "p"), ("replication-password", "r")], Some("postgres"), "postgres password=p (the secret has passwords of several users; password was taken)".into()),
        ("Bitnami postgresql, one user", &[("postgres-password", "a")], None, "postgres user=postgres password=a".into()),
        ("Bitnami mysql", &[("mysql-root-password", "r"), ("mysql-password", "p"), ("mysql-replication-password", "x")], Some("mysql"), "mysql password=p (the secret has passwords of several users; mysql-password was taken)".into()),
        ("Bitnami mysql, root alone", &[("mysql-root-password", "r")], None, "mysql user=root password=r".into()),
        ("Bitnami mariadb", &[("mariadb-root-password", "r"), ("mariadb-password", "p"), ("username", "root")], None, "mariadb user=root password=r".into()),
        ("Bitnami redis", &[("redis-password", "p")], None, "redis password=p".into()),
        ("Oracle's operator, whose rootHost says who may come", &[("rootUser", "root"), ("rootHost", "%"), ("rootPassword", "p")], Some("mysql"), "mysql user=root password=p".into()),
        ("mariadb-operator", &[("dsn", "u:p@ss@tcp(h:3306)/d?parseTime=true")], Some("mariadb"), "mariadb user=u password=p@ss host=h:3306 name=d (parseTime is without effect here)".into()),
        ("mariadb-operator with parts", &[("dsn", "u:p@tcp(h:3306)/d"), ("host", "h"), ("port", "3306"), ("username", "u"), ("password", "p"), ("database", "d")], Some("mariadb"), "mariadb user=u password=p host=h:3306 name=d".into()),
        ("RDS", &[("engine", "postgres"), ("host", "h"), ("port", "5432"), ("username", "u"), ("password", "p"), ("dbInstanceIdentifier", "db-1")], None, "postgres user=u password=p host=h:5432".into()),
        ("RDS in one key", &[("secret.json", r#"{"engine":"aurora-mysql","host":"h","port":3306,"username":"u","password":"p\"@","dbname":"d","dbInstanceIdentifier":"x"}"#)], None, "mysql user=u password=p\"@ host=h:3306 name=d".into()),
        ("a service binding", &[("type", "mysql"), ("provider", "x"), ("host", "h"), ("username", "u"), ("password", "p"), ("database", "d")], None, "mysql user=u password=p host=h name=d".into()),
        ("a binding of something else", &[("type", "kafka"), ("host", "h")], None, "connection-invalid: the connection in S cannot be read: its key 'type' names no database that is known here".into()),
        ("a port that is none", &[("type", "mysql"), ("host", "h"), ("port", "x")], None, "connection-invalid: the connection in S/port cannot be read: the port is not a number from 1 to 65535".into()),
        ("nothing", &[("foo", "bar")], Some("postgres"), "connection-missing: S holds nothing that is known of a connection".into()),
        ("only a url", &[("url", "mysql://u:p@h/d")], None, "mysql user=u password=p host=h name=d".into()),
        ("a url that is not encoded, alone", &[("uri", "postgresql://u:p@s/s@h/d")], None, "connection-invalid: the connection in S/uri cannot be read: an @, / or ? in the password is not encoded".into()),
    ];
    for (whose, entries, kind, expected) in rows {
        assert_eq!(secret(entries, *kind, &[], None), *expected, "{whose}");
    }
}

#[test]
fn keys_are_mapped_and_a_mapped_key_that_is_missing_is_told_with_those_that_are_there() {
    let percona = [
        ("root", "r"),
        ("operator", "o"),
        ("monitor", "m"),
        ("xtrabackup", "x"),
    ];
    assert_eq!(
        secret(&percona, Some("mysql"), &[("password", "operator")], None),
        "mysql user=operator password=o"
    );
    assert_eq!(
        secret(
            &[("A", "h"), ("B", "u"), ("C", "p"), ("host", "no")],
            Some("postgres"),
            &[("host", "A"), ("user", "B"), ("password", "C")],
            None
        ),
        "postgres user=u password=p host=h"
    );
    assert_eq!(
        secret(
            &[
                ("URL", "postgres://v@i/d"),
                ("host", "h"),
                ("user", "u"),
                ("password", "p")
            ],
            None,
            &[("url", "URL")],
            None
        ),
        "postgres user=v host=i name=d (the password of S/password was left alone: it is for another host)"
    );
    let entries = BTreeMap::from([
        ("one".to_string(), Secret::new("C4n4RY")),
        ("two".to_string(), Secret::new("C4n4RY")),
    ]);
    let keys = BTreeMap::from([("user".to_string(), "three".to_string())]);
    let error = of_secret(&entries, "S", Some("postgres"), &keys, None).unwrap_err();
    assert_eq!(error.code(), Code::ConnectionMissing);
    assert_eq!(error.message(), "S has no key 'three'");
    assert!(error.help_text().unwrap().contains("one, two"), "{error:?}");
    assert!(!format!("{error:?}").contains("C4n4RY"));
    assert_eq!(
        secret(&percona, None, &[("pasword", "root")], None),
        "setting-invalid: 'pasword' is no part of a connection"
    );
}

#[test]
fn a_value_that_became_a_key_is_not_told() {
    let text = r#"{"username":"u","C4n4RY":"x"}"#;
    let entries = BTreeMap::from([("all".to_string(), Secret::new(text))]);
    let error = of_secret(&entries, "S", None, &BTreeMap::new(), None).unwrap_err();
    assert!(error.help_text().unwrap().contains("username"), "{error:?}");
    assert!(!format!("{error:?}").contains("C4n4RY"), "{error:?}");
}

#[test]
fn certificates_are_files_of_the_folder() {
    let base = [
        ("type", "postgresql"),
        ("host", "h"),
        ("ca.crt", "PEM"),
        ("tls.crt", "PEM"),
        ("tls.key", "PEM"),
    ];
    assert_eq!(
        secret(&base, None, &[], Some("/run/s")),
        "postgres host=h roots=/run/s/ca.crt certificate=/run/s/tls.crt key=/run/s/tls.key"
    );
    assert_eq!(
        secret(&base, None, &[], None),
        "postgres host=h (certificates are files: mount the secret as a folder to use those in it)"
    );
    let binding = [
        ("type", "mysql"),
        ("host", "h"),
        ("certificates", "PEM"),
        ("private-key", "PEM"),
        ("my-ca", "PEM"),
    ];
    assert_eq!(
        secret(&binding, None, &[("ca", "my-ca")], Some("/b")),
        "mysql host=h roots=/b/my-ca certificate=/b/certificates key=/b/private-key"
    );
}

#[test]
fn options_given_one_by_one_are_lifted_and_a_password_among_them_is_refused() {
    let mut settings = Settings::parse("postgres://u@h:5433/d", "X").unwrap();
    let options = [("sslmode", "require"), ("host", "/run/x"), ("schema", "a")];
    for (key, value) in options {
        settings.set_option(key, value, "--option").unwrap();
    }
    assert_eq!(
        told(&settings),
        "postgres user=u host=/run/x:5433 name=d tls=require +search_path=a"
    );
    assert!(settings.origins.contains(&("tls", "--option".into())));
    let mut again = settings.clone();
    for (key, value) in options {
        again.set_option(key, value, "--option").unwrap();
    }
    assert_eq!(again, settings);
    for key in ["password", "sslPassword", "pwd"] {
        let error = settings.set_option(key, "C4n4RY", "--option").unwrap_err();
        assert_eq!(error.code(), Code::SettingInvalid, "{key}");
        assert!(!format!("{error:?}").contains("C4n4RY"));
    }
    assert_eq!(again, settings);
}
