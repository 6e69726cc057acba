//! One database of many: what its entry says lies over the connection of the spec. A password never
//! meets a server or a user that it was not given for.

use super::super::arguments::Common;
use super::{Targets, file, password, said, settled};
use crate::spec::{Entry, Target};
use initium_driver::settings::family;
use initium_driver::{Code, Error, Host, Result, Secret, Settings};

/// How to reach the database of an entry; `base` is the connection of the spec's target, or why there
/// is none.
pub fn overlaid(
    entry: &Entry,
    target: &Target,
    base: &Result<Settings>,
    common: &Common,
) -> Result<Settings> {
    let lower = lower(entry, target, base, common)?;
    let mut settings = upper(entry, &lower)?;
    settings.fill(lower)?;
    if settings.database.is_empty() {
        return Err(Error::new(
            Code::ConnectionMissing,
            "nothing says what kind of database this is",
        )
        .help("say `database:` in the spec or in the entry"));
    }
    // Who names a password on the command line means it for every database of the list.
    if settings.password.is_none()
        && let Some((secret, origin)) = password(common)?
    {
        settings.password = Some(secret);
        settings.origins.push(("password", origin));
    }
    for (key, value) in &entry.options {
        settings.set_option(key, value, "an option of the entry")?;
    }
    if let Some(schema) = &entry.schema {
        within(schema, &mut settings, common)?;
    }
    settled(settings)
}

/// What lies below: its own connection, or that of the spec.
fn lower(
    entry: &Entry,
    target: &Target,
    base: &Result<Settings>,
    common: &Common,
) -> Result<Settings> {
    let own = &entry.target;
    let kind = own.database.clone().or(target.database.clone());
    let found = [&own.url, &own.url_env, &own.binding];
    if found.iter().any(|said| said.is_some()) || own.secret_dir.is_some() {
        let own = Target {
            database: kind,
            ..own.clone()
        };
        let mut lower = said(&own, common, Targets::Several)?;
        for (_, origin) in &mut lower.origins {
            if origin == "the spec" {
                *origin = "the entry".into();
            }
        }
        return Ok(lower);
    }
    let kind = common.database.clone().or(kind);
    match base {
        Ok(base) => Ok(base.clone()),
        // It says enough by itself.
        Err(_) if kind.is_some() && (entry.host.is_some() || entry.dbname.is_some()) => {
            Ok(Settings {
                database: kind.unwrap_or_default(),
                ..Settings::default()
            })
        }
        Err(error) => Err(error.clone()),
    }
}

fn upper(entry: &Entry, lower: &Settings) -> Result<Settings> {
    let hosts = match (&entry.host, entry.port) {
        (Some(host), port) => vec![Host::new(host, port)],
        (None, Some(port)) => match lower.hosts.as_slice() {
            [] => vec![Host::new("localhost", Some(port))],
            hosts => {
                let other = |host: &Host| Host {
                    port: Some(port),
                    ..host.clone()
                };
                hosts.iter().map(other).collect()
            }
        },
        (None, None) => Vec::new(),
    };
    let mut settings = Settings {
        database: entry.target.database.clone().unwrap_or_default(),
        hosts,
        user: entry.user.clone(),
        name: entry.dbname.clone(),
        ..Settings::default()
    };
    if let Some((secret, origin)) = secret(entry)? {
        settings.password = Some(secret);
        settings.origins.push(("password", origin));
    }
    let said = [
        ("host", entry.host.is_some()),
        ("port", entry.port.is_some()),
        ("user", entry.user.is_some()),
        ("name", entry.dbname.is_some()),
    ];
    for (part, _) in said.into_iter().filter(|(_, said)| *said) {
        settings.origins.push((part, "the entry".into()));
    }
    Ok(settings)
}

fn secret(entry: &Entry) -> Result<Option<(Secret, String)>> {
    if let Some(path) = &entry.password_file {
        let secret = file::secret(path, "password_file")?;
        return Ok(Some((secret, format!("password_file {path}"))));
    }
    let Some(name) = &entry.password_env else {
        return Ok(None);
    };
    match std::env::var(name) {
        Ok(value) => Ok(Some((Secret::new(value), name.clone()))),
        Err(_) => Err(
            Error::new(Code::ConnectionMissing, format!("{name} is not set"))
                .help("password_env names the variable that holds the password"),
        ),
    }
}

/// The schema is all that a session sees of its database.
fn within(schema: &str, settings: &mut Settings, common: &Common) -> Result<()> {
    if family(&settings.database) != "postgres" {
        return Err(Error::new(
            Code::NotSupported,
            format!("{} has no schemas within a database", settings.database),
        )
        .help("there a database is what a schema is on PostgreSQL: say `dbname`"));
    }
    if common
        .table
        .as_deref()
        .is_some_and(|table| table.contains('.'))
    {
        return Err(Error::new(
            Code::Usage,
            "--table names one schema, and each entry has its own",
        )
        .help(
            "give --table a name without a schema: the ledger stands in the schema of the entry",
        ));
    }
    let quoted = format!("\"{}\"", schema.replace('"', "\"\""));
    settings.set_option("search_path", &quoted, "schema")
}
