//! What the platform says beside the connection: the variables of the databases' own clients, the
//! password and service files of PostgreSQL, the system's list of authorities. It fills gaps.

use super::file;
use initium_driver::settings::{environment, family, pgpass, service};
use initium_driver::{Result, Settings};
use std::path::{Path, PathBuf};

/// A variable of the environment; an empty one is none.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A connection of variables alone: `PGHOST` and its kin.
pub fn alone(kind: Option<&str>) -> Result<Option<Settings>> {
    let service = || variable("PGSERVICE").is_some();
    let found = match kind {
        Some(kind) => environment(kind, &variable)?,
        // Only one of the two families says which it is by its mere presence.
        None if variable("PGHOST").is_some() || service() => environment("postgres", &variable)?,
        None => None,
    };
    let postgres = || kind.is_none_or(|kind| kind == "postgres");
    Ok(match found {
        Some(settings) if settings.leads_somewhere() => Some(settings),
        // Its file says where.
        _ if postgres() && service() => Some(Settings {
            database: "postgres".into(),
            ..Settings::default()
        }),
        _ => None,
    })
}

/// Fills what is still open.
pub fn complete(settings: &mut Settings) -> Result<()> {
    settings.tls.system = variable("SSL_CERT_FILE");
    match family(&settings.database) {
        "postgres" => {
            from_service(settings)?;
            fill(settings)?;
            from_pgpass(settings)?;
            if settings.user.is_none()
                && let Some(user) = variable("USER").or(variable("LOGNAME"))
            {
                settings.user = Some(user);
                settings
                    .origins
                    .push(("user", "the user of this system".into()));
            }
        }
        "mysql" => fill(settings)?,
        _ => {}
    }
    Ok(())
}

fn fill(settings: &mut Settings) -> Result<()> {
    match environment(&settings.database, &variable)? {
        Some(lower) => settings.fill(lower),
        None => Ok(()),
    }
}

fn home(name: &str) -> Option<PathBuf> {
    variable("HOME").map(|home| Path::new(&home).join(name))
}

/// `service=NAME` stands for what a file says of NAME.
fn from_service(settings: &mut Settings) -> Result<()> {
    let Some((name, origin)) = settings
        .take_option("service")
        .map(|name| (name, "service"))
        .or_else(|| variable("PGSERVICE").map(|name| (name, "PGSERVICE")))
    else {
        return Ok(());
    };
    let (path, who) = match variable("PGSERVICEFILE") {
        Some(path) => (PathBuf::from(path), "PGSERVICEFILE"),
        None => match home(".pg_service.conf").filter(|path| path.is_file()) {
            Some(path) => (path, origin),
            None => {
                let folder = variable("PGSYSCONFDIR").unwrap_or_else(|| "/etc".into());
                (Path::new(&folder).join("pg_service.conf"), origin)
            }
        },
    };
    let text = file::text(&path, who)?;
    settings.fill(service(&text, &name, &path.display().to_string())?)
}

/// The password that ~/.pgpass has for this server, database and user.
fn from_pgpass(settings: &mut Settings) -> Result<()> {
    let said = settings.take_option("passfile");
    let said = said.or_else(|| variable("PGPASSFILE"));
    if settings.password.is_some() {
        return Ok(());
    }
    let (path, default) = match said {
        Some(path) => (PathBuf::from(path), false),
        None => match home(".pgpass") {
            Some(path) => (path, true),
            None => return Ok(()),
        },
    };
    if default && !path.is_file() {
        return Ok(());
    }
    let origin = path.display().to_string();
    let text = file::text(&path, "passfile")?;
    if file::is_shared(&path) {
        settings.remarks.push(format!(
            "{origin} may be read by others than its owner (a mounted secret is); it is used all the same"
        ));
    }
    let user = settings.user.clone().unwrap_or_default();
    let name = settings.name.clone().unwrap_or_else(|| user.clone());
    let local = [initium_driver::Host::new("localhost", None)];
    let hosts = match settings.hosts.as_slice() {
        [] => &local,
        some => some,
    };
    for host in hosts {
        let port = host.port.unwrap_or(5432);
        if let Some(password) = pgpass(&text, &origin, &host.name, port, &name, &user)? {
            settings.password = Some(password);
            settings.origins.push(("password", origin));
            return Ok(());
        }
    }
    Ok(())
}
