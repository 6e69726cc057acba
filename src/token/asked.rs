//! What settings say about tokens: `auth=aws-iam`, and what has to stand beside it. Must never touch
//! the network: all of this is told before the first connection.

use super::Variable;
use initium_driver::{Code, Error, Host, Locality, Mode, Result, Settings};

/// What a token is made for.
pub struct Asked {
    pub user: String,
    /// Everything but the passwords.
    pub settings: Settings,
    /// One for each host.
    pub logins: Vec<Login>,
}

pub struct Login {
    pub port: u16,
    pub region: String,
}

const OPTIONS: &[&str] = &["auth", "aws_region"];

pub fn asked(settings: &Settings, variable: Variable) -> Result<Option<Asked>> {
    match settings.option("auth") {
        None => return Ok(None),
        Some("aws-iam") => {}
        Some(_) => {
            return Err(invalid("auth cannot be what it is here").help(
                "auth=aws-iam makes the password from AWS credentials; without it the password that is given is used",
            ));
        }
    }
    let port = match settings.database.as_str() {
        "postgres" => 5432,
        "mysql" | "mariadb" => 3306,
        other => {
            return Err(invalid(format!("auth=aws-iam means nothing to {other}"))
                .help("it is for postgres, mysql and mariadb on RDS and Aurora"));
        }
    };
    if settings.password.is_some() {
        return Err(
            invalid("a password is given beside auth=aws-iam, which makes one")
                .help("take out one of the two"),
        );
    }
    let user = settings.user.clone().filter(|user| !user.is_empty());
    let user = user.ok_or_else(|| {
        missing("auth=aws-iam needs a user").help("the user in the database that has rds_iam")
    })?;
    if settings.hosts.is_empty() {
        return Err(missing("auth=aws-iam needs a host").help("the endpoint that RDS shows"));
    }
    let mut encrypted = settings.clone();
    encrypted
        .options
        .retain(|(key, _)| !OPTIONS.contains(&key.as_str()));
    let mut logins = Vec::new();
    for host in &settings.hosts {
        if !is_near(host) {
            // A tunnel ends on this machine; who is behind it is still to be proven.
            encrypted.tls.mode.get_or_insert(Mode::VerifyFull);
        }
        logins.push(login(settings, host, port, variable)?);
    }
    Ok(Some(Asked {
        user,
        settings: encrypted,
        logins,
    }))
}

fn is_near(host: &Host) -> bool {
    Locality::of(&host.name) == Locality::Here && host.locality() == Locality::Here
}

fn login(settings: &Settings, host: &Host, port: u16, variable: Variable) -> Result<Login> {
    if host.name.starts_with(['/', '@']) || host.name.contains(|c: char| c <= ' ' || c == '\x7f') {
        return Err(invalid("auth=aws-iam needs the name of a host, not a path")
            .help("the endpoint that RDS shows; a tunnel to it can be named with hostaddr"));
    }
    if let Some(mode) = settings.tls.mode.map(|_| settings.tls_mode(host))
        && !is_near(host)
        && !mode.is_demanded()
    {
        return Err(invalid(format!(
            "sslmode={} could send the token to {} in the clear",
            mode.word(),
            host.shown()
        ))
        .help("leave it out (verify-full is the default), or say require at least"));
    }
    Ok(Login {
        region: region(settings, host, variable)?,
        port: host.port.unwrap_or(port),
    })
}

/// The option, then the name of the host, which cannot be wrong, then the variables: they hold the
/// region of whoever asks, and the database may be in another one.
fn region(settings: &Settings, host: &Host, variable: Variable) -> Result<String> {
    let told = of_name(&host.name);
    let region = match (settings.option("aws_region"), told) {
        (Some(said), Some(told)) if said != told => {
            return Err(invalid(format!(
                "aws_region says {said:?}, and {} is in {told}",
                host.shown()
            ))
            .help("leave aws_region out: the name of the host holds it"));
        }
        (Some(said), _) => said.to_string(),
        (None, Some(told)) => told,
        (None, None) => variable("AWS_REGION")
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .ok_or_else(|| {
                missing(format!("nothing says in which region {} is", host.shown()))
                    .help("add aws_region=eu-west-1 to the URL, or set AWS_REGION")
            })?,
    };
    match is_region(&region) {
        true => Ok(region),
        false => Err(
            invalid("the AWS region is not made of letters, digits and dashes")
                .help("it looks like eu-west-1; see aws_region, AWS_REGION and AWS_DEFAULT_REGION"),
        ),
    }
}

/// `app.c1a2.eu-west-1.rds.amazonaws.com`, and in China `app.c1a2.rds.cn-north-1.amazonaws.com.cn`.
fn of_name(host: &str) -> Option<String> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let region = match host.strip_suffix(".rds.amazonaws.com") {
        Some(rest) => rest.rsplit('.').next()?,
        None => {
            let rest = host.strip_suffix(".amazonaws.com.cn")?;
            rest.rsplit_once(".rds.")?.1
        }
    };
    Some(region).filter(|r| is_region(r)).map(String::from)
}

fn is_region(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(fits)
}

fn invalid(what: impl Into<String>) -> Error {
    Error::new(Code::ConnectionInvalid, what)
}

fn missing(what: impl Into<String>) -> Error {
    Error::new(Code::ConnectionMissing, what)
}

#[cfg(test)]
mod tests;
