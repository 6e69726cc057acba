//! One service of a `pg_service.conf`: `[name]` and lines `key=value`, with libpq's keys. Values are
//! taken as they are; a line is told by its number only.

use super::Settings;
use super::draft::{Draft, Spelling};
use super::fault::Fault;
use crate::error::{Code, Error, Result};

pub fn service(text: &str, name: &str, origin: &str) -> Result<Settings> {
    let fault = Fault::new(origin);
    let mut found: Option<Draft> = None;
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[') {
            // As in libpq, the first section of the name ends where the next one begins.
            if found.is_some() {
                break;
            }
            let section = section.split_once(']').map_or(section, |(name, _)| name);
            if section == name {
                found = Some(Draft::new("postgres", Spelling::KeyValue, origin));
            }
            continue;
        }
        let Some(draft) = &mut found else { continue };
        let Some((key, value)) = line.split_once('=') else {
            return Err(fault.other(
                &format!("line {} has no =", n + 1),
                "each line of a service is key=value",
            ));
        };
        match key.trim_end() {
            "service" | "servicefile" => {
                return Err(fault.other(
                    &format!("line {} names another service", n + 1),
                    "a service cannot stand inside a service",
                ));
            }
            key => draft.set(key, value.trim_start().into())?,
        }
    }
    match found {
        Some(draft) => draft.finish(),
        None => Err(Error::new(
            Code::ConnectionMissing,
            format!("{origin} has no service of the name that is asked for"),
        )
        .help("give PGSERVICE the name of a [section] of that file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# services\n[one]\nhost=h\nport = 5433\nuser=u\npassword=p w=d#1\n\n[two]\nhost=i\n[one]\nhost=later\n[three]\nfoo=hunter2\n[four]\nhunter2\n[five]\nservice=one\n";

    #[test]
    fn one_section_is_read_and_no_other() {
        let one = service(FILE, "one", "pg_service.conf").expect("a service");
        assert_eq!(one.shown(), "postgres://u@h:5433/");
        assert_eq!(
            one.password.map(|p| p.reveal().to_string()).as_deref(),
            Some("p w=d#1")
        );
        assert_eq!(
            service(FILE, "two", "f").expect("a service").shown(),
            "postgres://i/"
        );
    }

    #[test]
    fn what_is_not_there_or_not_understood_is_said_without_a_value() {
        for (name, code) in [
            ("three", Code::ConnectionInvalid),
            ("four", Code::ConnectionInvalid),
            ("five", Code::ConnectionInvalid),
            ("six", Code::ConnectionMissing),
        ] {
            let error = service(FILE, name, "f").expect_err(name);
            assert_eq!(error.code(), code, "{error}");
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
