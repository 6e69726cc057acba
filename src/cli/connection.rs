//! Where a target's connection comes from. Secrets come from variables and files, never from the
//! command line, and no value is ever echoed.

use super::arguments::Common;
use crate::spec::Target;
use initium_driver::{Code, Error, Host, Result, Secret, Settings};
use std::fs;

/// Which targets a command line is about: connection flags name one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// The spec has one.
    Only,
    /// One of several, by --target.
    Chosen,
    Several,
}

/// The first of: --url, --url-env, separate fields, the spec's `url_env`, DATABASE_URL, the spec's
/// `url`. A variable NAME may be given as NAME_FILE, the path of a file with the value.
pub fn settings(target: &Target, common: &Common, targets: Targets) -> Result<Settings> {
    let settings = match given(target, common, targets)? {
        Some(settings) => settings,
        None => from_spec(target, targets)?,
    };
    let mut settings = with_password(settings, common)?;
    settings.tls.system = std::env::var("SSL_CERT_FILE")
        .ok()
        .filter(|path| !path.is_empty());
    let settings = agree(target.database.as_deref(), "the spec is for", settings)?;
    agree(common.database.as_deref(), "--database says", settings)
}

fn given(target: &Target, common: &Common, targets: Targets) -> Result<Option<Settings>> {
    let fields = common.host.is_some() || common.name.is_some() || common.user.is_some();
    if common.port.is_some() && common.host.is_none() {
        return Err(Error::new(Code::Usage, "--port needs --host")
            .help("a URL holds its own port: scheme://user@host:port/database"));
    }
    let count = [common.url.is_some(), common.url_env.is_some(), fields]
        .iter()
        .filter(|x| **x)
        .count();
    if count == 0 {
        return Ok(None);
    }
    if targets == Targets::Several {
        return Err(Error::new(
            Code::Usage,
            "connection flags name one database, and the spec has several targets",
        )
        .help("choose one with --target, or give each target a `url_env` in the spec"));
    }
    if count > 1 {
        return Err(Error::new(
            Code::Usage,
            "--url, --url-env and separate fields exclude each other",
        ));
    }
    if let Some(url) = &common.url {
        let settings = Settings::parse(url, "--url")?;
        if settings.password.is_some() {
            return Err(Error::new(
                Code::SettingInvalid,
                "--url holds a password, which everybody can see",
            )
            .help("put the URL into DATABASE_URL or a file, or use --password-file"));
        }
        return Ok(Some(settings));
    }
    if let Some(name) = &common.url_env {
        return named(name)?.ok_or_else(|| unset(name)).map(Some);
    }
    separate(target, common).map(Some)
}

fn from_spec(target: &Target, targets: Targets) -> Result<Settings> {
    if let Some(name) = &target.url_env {
        return named(name)?.ok_or_else(|| unset(name));
    }
    if targets == Targets::Only
        && let Some(settings) = named("DATABASE_URL")?
    {
        return Ok(settings);
    }
    match &target.url {
        Some(url) => Settings::parse(url, "the spec"),
        None if targets != Targets::Only => Err(Error::new(
            Code::ConnectionMissing,
            format!("target '{}' does not say where its database is", target.name),
        )
        .help("give it a `url_env` in the spec")),
        None => Err(Error::new(Code::ConnectionMissing, "nothing says where the database is")
            .help("set DATABASE_URL, or DATABASE_URL_FILE to the path of a mounted secret, or use --url-env NAME, or --host, --user, --password-file and --name")),
    }
}

fn unset(name: &str) -> Error {
    Error::new(
        Code::ConnectionMissing,
        format!("neither {name} nor {name}_FILE is set"),
    )
    .help(
        "it should hold the connection URL; in Kubernetes take it from a secret with secretKeyRef",
    )
}

/// The value of NAME, or of the file that NAME_FILE names.
fn named(name: &str) -> Result<Option<Settings>> {
    let file_name = format!("{name}_FILE");
    if let Some(path) = std::env::var(&file_name).ok().filter(|p| !p.is_empty()) {
        return Settings::parse(&read(&path, &file_name)?, &file_name).map(Some);
    }
    match std::env::var(name) {
        Ok(url) if !url.is_empty() => Settings::parse(&url, name).map(Some),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::new(
            Code::ConnectionInvalid,
            format!("the value of {name} is not UTF-8"),
        )),
        _ => Ok(None),
    }
}

/// The text of a secret file without its last line end.
fn read(path: &str, origin: &str) -> Result<String> {
    let text = fs::read_to_string(path).map_err(|e| {
        Error::new(
            Code::FileUnreadable,
            format!("cannot read '{path}', which {origin} names: {e}"),
        )
        .help("is the secret mounted, and may this user read it?")
    })?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_string())
}

fn separate(target: &Target, common: &Common) -> Result<Settings> {
    let database = common
        .database
        .clone()
        .or_else(|| target.database.clone())
        .ok_or_else(|| {
            Error::new(
                Code::ConnectionMissing,
                "nothing says what kind of database this is",
            )
            .help(
                "use --database postgres, mysql, mariadb or sqlite, or say `database:` in the spec",
            )
        })?;
    Ok(Settings {
        database,
        hosts: common
            .host
            .iter()
            .map(|host| Host::new(host, common.port))
            .collect(),
        user: common.user.clone(),
        name: common.name.clone(),
        ..Settings::default()
    })
}

/// Password and options of the flags, on top of any URL.
fn with_password(mut settings: Settings, common: &Common) -> Result<Settings> {
    for option in &common.option {
        let (key, value) = option.split_once('=').ok_or_else(|| {
            Error::new(Code::SettingInvalid, "--option needs key=value")
                .help("for instance --option sslmode=disable")
        })?;
        settings.options.push((key.into(), value.into()));
    }
    settings.lift_tls()?;
    let password = match (&common.password_file, &common.password_env) {
        (Some(_), Some(_)) => {
            return Err(Error::new(
                Code::Usage,
                "--password-file and --password-env exclude each other",
            ));
        }
        (Some(path), None) => Secret::new(read(path, "--password-file")?),
        (None, Some(name)) => match std::env::var(name) {
            Ok(value) => Secret::new(value),
            Err(_) => {
                return Err(
                    Error::new(Code::ConnectionMissing, format!("{name} is not set"))
                        .help("--password-env names the variable that holds the password"),
                );
            }
        },
        (None, None) => return Ok(settings),
    };
    if settings.password.replace(password).is_some() {
        return Err(Error::new(
            Code::Usage,
            "the URL has a password, and a flag names another one",
        )
        .help("take the password out of the URL, or leave the flag out"));
    }
    Ok(settings)
}

/// What somebody says about the kind of database, against what the URL says.
fn agree(want: Option<&str>, who: &str, mut settings: Settings) -> Result<Settings> {
    let Some(want) = want else {
        return Ok(settings);
    };
    let family = |name: &str| match name {
        "mariadb" => "mysql".to_string(),
        name => name.to_string(),
    };
    if family(want) != family(&settings.database) {
        return Err(Error::new(
            Code::DatabaseMismatch,
            format!("{who} {want}, the connection leads to {}", settings.shown()),
        )
        .help("is this the right spec, and the right variable?"));
    }
    settings.database = want.into();
    Ok(settings)
}
