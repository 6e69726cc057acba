//! The keys of secrets as operators, charts, cloud providers and Service Bindings write them: tables
//! only. A spelling that is missing is added here, with the name of who writes it in the test.

/// The parts of a connection and what others call them, in the order of looking.
pub(super) const PARTS: &[(&str, &[&str])] = &[
    ("host", &["host", "hostname", "endpoint"]),
    ("port", &["port"]),
    ("user", &["username", "user", "rootUser"]),
    ("password", &["password", "rootPassword"]),
    ("name", &["dbname", "database", "db"]),
    (
        "url",
        &[
            "uri",
            "url",
            "dsn",
            "DATABASE_URL",
            "fqdn-uri",
            "jdbc-uri",
            "jdbc-url",
            "fqdn-jdbc-uri",
        ],
    ),
    ("ca", &["ca.crt", "ca.pem", "root.crt"]),
];

/// A password of one user, by the names of charts: the key, whose it is, and of which database.
pub(super) const PASSWORDS: &[(&str, Option<&str>, &str)] = &[
    ("mysql-root-password", Some("root"), "mysql"),
    ("mariadb-root-password", Some("root"), "mariadb"),
    ("postgres-password", Some("postgres"), "postgres"),
    ("mysql-password", None, "mysql"),
    ("mariadb-password", None, "mariadb"),
    ("redis-password", None, "redis"),
];

/// Certificate and key, which belong together.
pub(super) const PAIRS: &[(&str, &str)] =
    &[("tls.crt", "tls.key"), ("certificates", "private-key")];

/// What `type` and `engine` say.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("postgres", "postgres"),
    ("postgresql", "postgres"),
    ("aurora-postgresql", "postgres"),
    ("mysql", "mysql"),
    ("aurora", "mysql"),
    ("aurora-mysql", "mysql"),
    ("mariadb", "mariadb"),
    ("sqlite", "sqlite"),
    ("redis", "redis"),
    ("valkey", "redis"),
];
