//! The ways to hand over a connection. A new one is one line of `SUPPLIES`; the whole matrix then
//! holds for it.

use super::forms::percent;
use super::support::Folder;

/// Where a connection leads; the password comes separately.
#[derive(Clone, Debug)]
pub struct Address {
    pub database: &'static str,
    pub host: String,
    pub port: String,
    pub user: String,
    pub name: String,
    /// What stands behind the `?`.
    pub query: String,
}

impl Address {
    pub fn local(database: &'static str, port: u16) -> Address {
        Address {
            database,
            host: "127.0.0.1".into(),
            port: port.to_string(),
            user: "somebody".into(),
            name: "somewhere".into(),
            query: String::new(),
        }
    }

    /// A URL with this text for a password, as it is.
    pub fn url(&self, password: &str) -> String {
        let Address {
            database,
            host,
            port,
            user,
            name,
            query,
        } = self;
        let query = match query.as_str() {
            "" => String::new(),
            some => format!("?{some}"),
        };
        format!("{database}://{user}{password}@{host}:{port}/{name}{query}")
    }

    /// What stands behind the `?`, as flags.
    fn options(&self, given: Given) -> Given {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        pairs.fold(given, |given, pair| given.flag("--option", pair))
    }

    /// What is called one thing by PostgreSQL and another by MySQL and MariaDB.
    fn pick<T>(&self, postgres: T, mysql: T) -> T {
        match self.database {
            "postgres" => postgres,
            _ => mysql,
        }
    }

    fn with(&self, password: &str) -> String {
        self.url(&format!(":{}", percent(password, true)))
    }
}

/// What a way adds to the command line and to the environment.
#[derive(Debug, Default)]
pub struct Given {
    pub arguments: Vec<String>,
    pub variables: Vec<(&'static str, String)>,
}

impl Given {
    fn flag(mut self, flag: &str, value: impl Into<String>) -> Given {
        self.arguments.extend([flag.to_string(), value.into()]);
        self
    }

    fn variable(mut self, name: &'static str, value: impl Into<String>) -> Given {
        self.variables.push((name, value.into()));
        self
    }
}

pub type Supply = (&'static str, fn(&Address, &str, &Folder) -> Given);

fn given() -> Given {
    Given::default()
}

/// One entry per way.
pub const SUPPLIES: &[Supply] = &[
    ("DATABASE_URL", |at, p, _| {
        given().variable("DATABASE_URL", at.with(p))
    }),
    ("--url-env", |at, p, _| {
        given()
            .flag("--url-env", "APP_DB")
            .variable("APP_DB", at.with(p))
    }),
    ("NAME_FILE", |at, p, f| {
        given().variable("DATABASE_URL_FILE", f.write("url", &at.with(p)))
    }),
    ("--password-file", |at, p, f| {
        let file = f.write("password", &format!("{p}\n"));
        given()
            .variable("DATABASE_URL", at.url(""))
            .flag("--password-file", file)
    }),
    ("--password-env", |at, p, _| {
        let given = given()
            .variable("DATABASE_URL", at.url(""))
            .variable("APP_PASSWORD", p);
        given.flag("--password-env", "APP_PASSWORD")
    }),
    ("fields and a file", |at, p, f| {
        fields(at).flag("--password-file", f.write("password", p))
    }),
    ("fields and a variable", |at, p, _| {
        fields(at)
            .flag("--password-env", "APP_PASSWORD")
            .variable("APP_PASSWORD", p)
    }),
    ("DATABASE_URL_UNPOOLED", |at, p, _| {
        let pooled = at.with("another").replace(&at.host, "pooler.example");
        given()
            .variable("DATABASE_URL", pooled)
            .variable("DATABASE_URL_UNPOOLED", at.with(p))
    }),
    ("the client's variables", |at, p, _| {
        clients(at).variable(at.pick("PGPASSWORD", "MYSQL_PWD"), p)
    }),
    ("the client's password file", |at, p, f| match at.database {
        // It has one line for each.
        "postgres" if !p.contains('\n') => {
            let spelt = p.replace('\\', "\\\\").replace(':', "\\:");
            let line = format!("{}:{}:{}:{}:{spelt}\n", at.host, at.port, at.name, at.user);
            clients(at).variable("PGPASSFILE", f.write("pgpass", &line))
        }
        _ => clients(at).variable(at.pick("PGPASSWORD", "MYSQL_PWD"), p),
    }),
    ("the client's service file", |at, p, f| match at.database {
        "postgres" if !p.contains('\n') => {
            let text = format!(
                "[canary]\nhost={}\nport={}\nuser={}\ndbname={}\npassword={p}\n",
                at.host, at.port, at.user, at.name
            );
            at.options(given())
                .variable("PGSERVICE", "canary")
                .variable("PGSERVICEFILE", f.write("service", &text))
        }
        _ => clients(at).variable(at.pick("PGPASSWORD", "MYSQL_PWD"), p),
    }),
    ("the client's own text", |at, p, _| {
        let text = match at.database {
            "postgres" => {
                let spelt = p.replace('\\', "\\\\").replace('\'', "\\'");
                format!(
                    "host={} port={} user={} dbname={} password='{spelt}'",
                    at.host, at.port, at.user, at.name
                )
            }
            _ => format!("{}:{p}@tcp({}:{})/{}", at.user, at.host, at.port, at.name),
        };
        at.options(given())
            .flag("--database", at.database)
            .variable("DATABASE_URL", text)
    }),
    ("jdbc", |at, p, _| {
        let scheme = at.database.replace("postgres", "postgresql");
        let text = format!(
            "jdbc:{scheme}://{}:{}/{}?user={}&password={}",
            at.host,
            at.port,
            at.name,
            at.user,
            percent(p, true)
        );
        at.options(given()).variable("DATABASE_URL", text)
    }),
    ("a mounted secret", |at, p, f| {
        let folder = mounted(at, p, f, "secret/db");
        at.options(given())
            .flag("--database", at.database)
            .flag("--secret-dir", folder)
    }),
    ("a Service Binding", |at, p, f| {
        mounted(at, p, f, "bindings/db");
        f.write("bindings/db/type", at.pick("postgresql", at.database));
        at.options(given())
            .flag("--binding", "db")
            .variable("SERVICE_BINDING_ROOT", f.path("bindings"))
    }),
];

/// A folder with a file for each part.
fn mounted(at: &Address, password: &str, folder: &Folder, name: &str) -> String {
    let parts = [
        ("host", at.host.as_str()),
        ("port", &at.port),
        ("username", &at.user),
        ("password", password),
        ("database", &at.name),
    ];
    for (key, value) in parts {
        folder.write(&format!("{name}/{key}"), value);
    }
    folder.path(name)
}

/// The variables of the databases' own clients, but for the password.
fn clients(at: &Address) -> Given {
    at.options(given())
        .flag("--database", at.database)
        .variable(at.pick("PGHOST", "MYSQL_HOST"), at.host.clone())
        .variable(at.pick("PGPORT", "MYSQL_TCP_PORT"), at.port.clone())
        .variable(at.pick("PGUSER", "MYSQL_USER"), at.user.clone())
        .variable(at.pick("PGDATABASE", "MYSQL_DATABASE"), at.name.clone())
}

/// Those that hold a URL, which may be written wrongly.
pub const RAW: &[Supply] = &[
    ("DATABASE_URL", |at, p, _| {
        given().variable("DATABASE_URL", at.url(&format!(":{p}")))
    }),
    ("--url-env", |at, p, _| {
        given()
            .flag("--url-env", "APP_DB")
            .variable("APP_DB", at.url(&format!(":{p}")))
    }),
    ("NAME_FILE", |at, p, f| {
        given().variable(
            "DATABASE_URL_FILE",
            f.write("url", &at.url(&format!(":{p}"))),
        )
    }),
    ("a URL for a path", |at, p, _| {
        given().variable("DATABASE_URL_FILE", at.url(&format!(":{p}")))
    }),
    ("a password for a path", |_, p, _| {
        given().variable("DATABASE_URL_FILE", p)
    }),
    // The whole value is the password.
    ("only a password", |_, p, _| {
        given().variable("DATABASE_URL", p)
    }),
    ("without a scheme", |at, p, _| {
        given().variable(
            "DATABASE_URL",
            format!("{}:{p}@{}/{}", at.user, at.host, at.name),
        )
    }),
    ("without a host", |at, p, _| {
        given().variable("DATABASE_URL", format!("{}://{}:{p}", at.database, at.user))
    }),
    ("key=value", |at, p, _| {
        let text = format!("host={} user={} password={p}", at.host, at.user);
        given().variable("DATABASE_URL", text)
    }),
    ("jdbc", |at, p, _| {
        let text = format!(
            "jdbc:{}://{}/{}?user=u&password={p}",
            at.database, at.host, at.name
        );
        given().variable("DATABASE_URL", text)
    }),
    ("Go", |at, p, _| {
        given().variable(
            "DATABASE_URL",
            format!("{}:{p}@tcp({}:{})/{}", at.user, at.host, at.port, at.name),
        )
    }),
];

fn fields(at: &Address) -> Given {
    let all = given()
        .flag("--database", at.database)
        .flag("--host", &at.host)
        .flag("--port", &at.port)
        .flag("--user", &at.user)
        .flag("--name", &at.name);
    at.options(all)
}
