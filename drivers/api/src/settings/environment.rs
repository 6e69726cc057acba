//! What the clients of PostgreSQL, MySQL, MariaDB and Redis read from their environment. The values are
//! handed in; this room has no environment. What cannot be honoured is refused or remarked, as in a URL.

use super::draft::{Draft, Spelling};
use super::{Settings, place::Places};
use crate::error::Result;

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// libpq's variables and the keys they stand for. PGPASSFILE, PGSERVICE and PGSERVICEFILE name
/// files, which whoever may read files looks at.
const POSTGRES: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGDATABASE", "dbname"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGREQUIRESSL", "requiressl"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLCRL", "sslcrl"),
    ("PGSSLCRLDIR", "sslcrldir"),
    ("PGSSLSNI", "sslsni"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLCOMPRESSION", "sslcompression"),
    ("PGSSLCERTMODE", "sslcertmode"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGREQUIREAUTH", "require_auth"),
    ("PGREQUIREPEER", "requirepeer"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGGSSENCMODE", "gssencmode"),
    ("PGGSSDELEGATION", "gssdelegation"),
    ("PGKRBSRVNAME", "krbsrvname"),
    ("PGGSSLIB", "gsslib"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGCLIENTENCODING", "client_encoding"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("PGMINPROTOCOLVERSION", "min_protocol_version"),
    ("PGMAXPROTOCOLVERSION", "max_protocol_version"),
];

/// What libpq sends to the server as settings of the session, which are set up here in one way.
const SESSION: &[&str] = &["PGTZ", "PGDATESTYLE", "PGGEQO"];

/// `None` where nothing is said. A password alone is something, but leads nowhere: see
/// [`Settings::leads_somewhere`].
pub fn environment(
    kind: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Settings>> {
    let variable = &|name: &str| variable(name).filter(|value| !value.is_empty());
    let settings = match kind {
        "postgres" => postgres(variable)?,
        "mysql" => mysql(kind, &["MYSQL"], variable)?,
        "mariadb" => mysql(kind, &["MARIADB", "MYSQL"], variable)?,
        "redis" => redis(variable)?,
        _ => return Ok(None),
    };
    Ok(Some(settings).filter(|settings| !settings.origins.is_empty()))
}

fn postgres(variable: Lookup) -> Result<Settings> {
    let mut draft = Draft::new("postgres", Spelling::KeyValue, "the environment");
    for (name, key) in POSTGRES {
        if let Some(value) = variable(name).filter(|value| !linked(value)) {
            draft.came_from(name);
            draft.set(key, value)?;
        }
    }
    for name in SESSION {
        if variable(name).is_some() {
            draft.remark(&format!("{name} is without effect here"));
        }
    }
    draft.finish()
}

/// A Kubernetes Service called `mysql` puts `MYSQL_PORT=tcp://10.0.0.1:3306` into every pod of its
/// namespace: an address nobody asked for, under the name of a port.
fn linked(value: &str) -> bool {
    ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme))
}

/// The first of the families that says it; `part` is one of several endings.
fn first(families: &[&str], endings: &[&str], variable: Lookup) -> Option<(String, String)> {
    let names = families.iter().flat_map(|family| {
        endings
            .iter()
            .map(move |ending| format!("{family}_{ending}"))
    });
    names
        .filter_map(|name| variable(&name).map(|value| (name, value)))
        .find(|(_, value)| !linked(value))
}

fn mysql(kind: &str, families: &[&str], variable: Lookup) -> Result<Settings> {
    let mut draft = Draft::new(kind, Spelling::KeyValue, "the environment");
    let said = |endings: &[&str]| first(families, endings, variable);
    let host = said(&["HOST"]);
    let local = host.as_ref().is_none_or(|(_, name)| name == "localhost");
    match said(&["UNIX_PORT"]).filter(|_| local) {
        Some((name, path)) => {
            draft.came_from(&name);
            let mut places = Places::default();
            places.name_list(&path, &draft.fault())?;
            draft.places(places);
        }
        None => {
            for (part, key) in [(host, "host"), (said(&["TCP_PORT", "PORT"]), "port")] {
                if let Some((name, value)) = part {
                    draft.came_from(&name);
                    draft.set(key, value)?;
                }
            }
        }
    }
    if let Some((name, database)) = said(&["DATABASE"]) {
        draft.came_from(&name);
        draft.name(database)?;
    }
    let user = said(&["USER"]);
    // A password belongs to the user of its own family; MYSQL_PWD is the client's, for any.
    let family = user
        .as_ref()
        .and_then(|(name, _)| name.strip_suffix("_USER"));
    let password = match family {
        Some(family) => first(&[family], &["PASSWORD"], variable),
        None => said(&["PASSWORD"]),
    };
    let is_root = user.as_ref().is_some_and(|(_, user)| user == "root");
    let root = said(&["ROOT_PASSWORD"]).filter(|_| is_root);
    let client = variable("MYSQL_PWD").map(|value| ("MYSQL_PWD".to_string(), value));
    if let Some((name, password)) = root.or(password).or(client) {
        draft.came_from(&name);
        draft.password(password);
    }
    if let Some((name, user)) = user {
        draft.came_from(&name);
        draft.user(user);
    }
    draft.finish()
}

fn redis(variable: Lookup) -> Result<Settings> {
    let mut draft = Draft::new("redis", Spelling::KeyValue, "the environment");
    let said = |ending: &str| first(&["REDIS"], &[ending], variable);
    let mut places = Places::default();
    if let Some((name, host)) = said("HOST") {
        draft.came_from(&name);
        places.name_list(&host, &draft.fault())?;
    }
    if let Some((name, port)) = said("PORT") {
        draft.came_from(&name);
        places.port_list(&port, &draft.fault())?;
    }
    draft.places(places);
    for (ending, key) in [("USERNAME", "user"), ("PASSWORD", "password"), ("DB", "db")] {
        if let Some((name, value)) = said(ending) {
            draft.came_from(&name);
            draft.set(key, value)?;
        }
    }
    draft.finish()
}
