//! Where a target's connection comes from. Secrets come from variables and files, never from the
//! command line, and no value is ever echoed.
//!
//! The first of these that says something is taken: flags; `url_env` of the spec; `DATABASE_URL` and
//! its kin; `url`, `binding` and `secret_dir` of the spec; `PG*` or `MYSQL_*`; a Service Binding.
//! What it leaves open may be filled by what the platform says (`platform`), never replaced.

mod file;
mod mounted;
mod named;
mod overlay;
mod platform;

pub use overlay::overlaid;
pub use platform::variable;

use super::arguments::{Common, plain};
use crate::spec::{SecretDir, Spec, Target};
use crate::token;
use initium_driver::{Code, Error, Host, Result, Secret, Settings};
use mounted::Keys;

/// Which targets a command line is about: connection flags name one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// The spec has one.
    Only,
    /// One of several, by --target.
    Chosen,
    Several,
}

impl Targets {
    pub fn of(spec: &Spec, chosen: &[Target]) -> Targets {
        match (spec.targets.len(), chosen.len()) {
            (1, _) => Targets::Only,
            (_, 1) => Targets::Chosen,
            _ => Targets::Several,
        }
    }
}

/// How to reach a target, as far as it can be known without asking a server.
pub fn settings(target: &Target, common: &Common, targets: Targets) -> Result<Settings> {
    settled(said(target, common, targets)?)
}

/// What the platform says beside it.
pub fn settled(mut settings: Settings) -> Result<Settings> {
    platform::complete(&mut settings)?;
    token::check(&settings, &variable)?;
    Ok(settings)
}

/// What flags, variables, files and the spec say of a target.
pub fn said(target: &Target, common: &Common, targets: Targets) -> Result<Settings> {
    let kind = common.database.as_deref().or(target.database.as_deref());
    let mut settings = match given(common, targets, kind)? {
        Some(settings) => settings,
        None => found(target, targets, kind)?,
    };
    for option in &common.option {
        let (key, value) = option.split_once('=').ok_or_else(|| {
            Error::new(Code::SettingInvalid, "--option needs key=value")
                .help("for instance --option sslmode=disable")
        })?;
        settings.set_option(key, value, "--option")?;
    }
    if let Some((password, origin)) = password(common)? {
        if settings.password.replace(password).is_some() {
            return Err(Error::new(
                Code::Usage,
                "the connection has a password, and a flag names another one",
            )
            .help("take the password out of the URL, or leave the flag out"));
        }
        settings.origins.push(("password", origin));
    }
    agree(target.database.as_deref(), "the spec is for", &mut settings)?;
    agree(common.database.as_deref(), "--database says", &mut settings)?;
    Ok(settings)
}

/// What the flags say: a URL or fields, and a secret for what these leave open.
fn given(common: &Common, targets: Targets, kind: Option<&str>) -> Result<Option<Settings>> {
    let fields = common.host.is_some() || common.name.is_some() || common.user.is_some();
    let several = |flags: &str| {
        Err(Error::new(
            Code::Usage,
            format!("{flags} exclude each other"),
        ))
    };
    let count = |all: &[bool]| all.iter().filter(|given| **given).count();
    let urls = [common.url.is_some(), common.url_env.is_some(), fields];
    let secrets = [common.secret_dir.is_some(), common.binding.is_some()];
    if common.port.is_some() && common.host.is_none() {
        return Err(Error::new(Code::Usage, "--port needs --host")
            .help("a URL holds its own port: scheme://user@host:port/database"));
    }
    if !common.secret_key.is_empty() && common.secret_dir.is_none() && common.binding.is_none() {
        return Err(
            Error::new(Code::Usage, "--secret-key needs --secret-dir or --binding")
                .help("it says which file of a mounted secret holds what: --secret-key user=role"),
        );
    }
    if count(&urls) + count(&secrets) == 0 {
        return Ok(None);
    }
    if targets == Targets::Several {
        return Err(Error::new(
            Code::Usage,
            "connection flags name one database, and the spec has several targets",
        )
        .help("choose one with --target, or give each target a `url_env` in the spec"));
    }
    if count(&urls) > 1 {
        return several("--url, --url-env and separate fields");
    }
    if count(&secrets) > 1 {
        return several("--secret-dir and --binding");
    }
    let keys = mounted::keys(&common.secret_key)?;
    let secret = |kind: Option<&str>| match (&common.secret_dir, &common.binding) {
        (Some(folder), _) => mounted::folder(folder, kind, &keys).map(Some),
        (_, Some(name)) => mounted::binding(Some(name), kind, &keys).map(Some),
        _ => Ok(None),
    };
    if let Some(url) = &common.url {
        let settings = Settings::parse_as(url, "--url", kind)?;
        if settings.password.is_some() {
            return Err(Error::new(
                Code::SettingInvalid,
                "--url holds a password, which everybody can see",
            )
            .help("put the URL into DATABASE_URL or a file, or use --password-file"));
        }
        return filled(settings, secret).map(Some);
    }
    if let Some(name) = &common.url_env {
        let settings = named::needed(name, kind)?;
        return filled(settings, secret).map(Some);
    }
    let mut settings = separate(common, kind)?;
    if let Some(secret) = secret(kind)? {
        settings.fill(secret)?;
    }
    match settings.database.is_empty() {
        true => Err(Error::new(
            Code::ConnectionMissing,
            "nothing says what kind of database this is",
        )
        .help("use --database postgres, mysql, mariadb, sqlite or redis, or say `database:` in the spec")),
        false => Ok(Some(settings)),
    }
}

/// What the connection leaves open, from a secret for a database of its kind.
fn filled(
    mut settings: Settings,
    secret: impl Fn(Option<&str>) -> Result<Option<Settings>>,
) -> Result<Settings> {
    let kind = settings.database.clone();
    if let Some(secret) = secret(Some(&kind))? {
        settings.fill(secret)?;
    }
    Ok(settings)
}

fn separate(common: &Common, kind: Option<&str>) -> Result<Settings> {
    let fields = [
        ("--host", &common.host, "://"),
        ("--name", &common.name, "://"),
        ("--user", &common.user, ":"),
    ];
    for (flag, value, sign) in fields {
        // What stands in these is shown in messages.
        if value.as_deref().is_some_and(|value| value.contains(sign)) {
            return Err(Error::new(
                Code::SettingInvalid,
                format!("{flag} may not hold '{sign}'"),
            )
            .help("a whole URL goes into DATABASE_URL, a password into --password-file"));
        }
    }
    let mut settings = Settings {
        database: kind.unwrap_or_default().into(),
        hosts: common
            .host
            .iter()
            .map(|host| Host::new(host, common.port))
            .collect(),
        user: common.user.clone(),
        name: common.name.clone(),
        ..Settings::default()
    };
    let flags = [
        ("host", common.host.is_some()),
        ("port", common.port.is_some()),
        ("user", common.user.is_some()),
        ("name", common.name.is_some()),
    ];
    for (part, _) in flags.into_iter().filter(|(_, given)| *given) {
        settings.origins.push((part, format!("--{part}")));
    }
    Ok(settings)
}

/// Without flags.
fn found(target: &Target, targets: Targets, kind: Option<&str>) -> Result<Settings> {
    if let Some(name) = &target.url_env {
        return filled(named::needed(name, kind)?, |kind| declared(target, kind));
    }
    if targets == Targets::Only
        && let Some(settings) = named::usual(kind)?
    {
        return Ok(settings);
    }
    if let Some(url) = &target.url {
        let settings = Settings::parse_as(url, "the spec", kind)?;
        return filled(settings, |kind| declared(target, kind));
    }
    if let Some(secret) = declared(target, kind)? {
        return Ok(secret);
    }
    if targets != Targets::Only {
        return Err(Error::new(
            Code::ConnectionMissing,
            format!(
                "target '{}' does not say where its database is",
                target.name
            ),
        )
        .help("give it a `url_env`, a `secret_dir` or a `binding` in the spec"));
    }
    if let Some(settings) = platform::alone(kind)? {
        return Ok(settings);
    }
    if mounted::root().is_some() {
        return mounted::binding(None, kind, &Keys::new());
    }
    Err(Error::new(Code::ConnectionMissing, "nothing says where the database is")
        .help("set DATABASE_URL, or DATABASE_URL_FILE to the path of a mounted secret, or use --url-env NAME, or --secret-dir DIR, or --host, --user, --password-file and --name"))
}

/// The secret that the spec names for a target.
fn declared(target: &Target, kind: Option<&str>) -> Result<Option<Settings>> {
    if let Some(SecretDir { path, keys }) = &target.secret_dir {
        return mounted::folder(path, kind, keys).map(Some);
    }
    match &target.binding {
        Some(name) => mounted::binding(Some(name), kind, &Keys::new()).map(Some),
        None => Ok(None),
    }
}

fn password(common: &Common) -> Result<Option<(Secret, String)>> {
    match (&common.password_file, &common.password_env) {
        (Some(_), Some(_)) => Err(Error::new(
            Code::Usage,
            "--password-file and --password-env exclude each other",
        )),
        (Some(path), None) => {
            let text = file::secret(path, "--password-file")?;
            Ok(Some((text, format!("--password-file {path}"))))
        }
        (None, Some(name)) => match std::env::var(name) {
            Ok(value) => Ok(Some((Secret::new(value), name.clone()))),
            Err(_) => Err(Error::new(
                Code::ConnectionMissing,
                format!("{} is not set", plain(name)),
            )
            .help("--password-env names the variable that holds the password")),
        },
        (None, None) => Ok(None),
    }
}

/// What somebody says about the kind of database, against what the connection says.
fn agree(want: Option<&str>, who: &str, settings: &mut Settings) -> Result<()> {
    let Some(want) = want else {
        return Ok(());
    };
    if initium_driver::settings::family(want)
        != initium_driver::settings::family(&settings.database)
    {
        return Err(Error::new(
            Code::DatabaseMismatch,
            format!(
                "{who} {}, the connection leads to {}",
                plain(want),
                settings.shown()
            ),
        )
        .help("is this the right spec, and the right variable?"));
    }
    settings.database = want.into();
    Ok(())
}
