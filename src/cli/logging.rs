//! What is told while running: one line per event on standard error, as text or JSON.

use super::arguments::Common;
use super::session::progress;
use super::values::{LOG_FORMS, LOG_LEVELS, listed};
use crate::report::{Form, harmless};
use env_logger::Builder;
use initium_driver::{Code, Error, Result};
use log::kv::{Key, Value, VisitSource};
use log::{LevelFilter, Record};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub fn begin(common: &Common) -> Result<()> {
    let level = match common.log_level.as_deref() {
        None => LevelFilter::Info,
        Some(word) => word.parse().map_err(|_| {
            Error::new(Code::SettingInvalid, "--log-level is not a level").help(listed(LOG_LEVELS))
        })?,
    };
    let json = match common.log_format.as_deref() {
        None | Some("text") => false,
        Some("json") => true,
        Some(_) => {
            return Err(
                Error::new(Code::SettingInvalid, "--log-format is no form").help(listed(LOG_FORMS))
            );
        }
    };
    let form = if json { as_json } else { as_text };
    // GitHub's runner takes orders from standard error too.
    let github = common.format.as_deref() == Some(Form::Github.word());
    let line = move |record: &Record| match github {
        true => harmless(&form(record)),
        false => form(record),
    };
    if !json && !github && level >= LevelFilter::Info && std::io::stderr().is_terminal() {
        progress::allow_bar();
    }
    let _ = own_lines(level)
        .format(move |out, record| writeln!(out, "{}{}", progress::wiped(), line(record)))
        .try_init();
    Ok(())
}

/// Only our own lines, whatever the level: at debug and trace the database crates log statements and
/// handshakes, and these hold secrets.
fn own_lines(level: LevelFilter) -> Builder {
    let mut builder = Builder::new();
    builder
        .filter_level(LevelFilter::Off)
        .filter_module("initium", level);
    builder
}

/// The time now, RFC 3339 in UTC with seconds.
pub fn now() -> String {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0)
        .unwrap_or(now)
        .format(&Rfc3339)
        .unwrap_or_default()
}

#[derive(Default)]
struct Fields(Vec<(String, serde_json::Value)>);

impl<'a> VisitSource<'a> for Fields {
    fn visit_pair(
        &mut self,
        key: Key<'a>,
        value: Value<'a>,
    ) -> std::result::Result<(), log::kv::Error> {
        let value = match value.to_u64() {
            Some(number) => number.into(),
            None => value.to_string().into(),
        };
        self.0.push((key.to_string(), value));
        Ok(())
    }
}

/// Which database of many the lines are about.
static DATABASE: Mutex<Option<String>> = Mutex::new(None);

/// From now on each line is about this one.
pub fn about(database: Option<&str>) {
    *DATABASE.lock().unwrap_or_else(|e| e.into_inner()) = database.map(String::from);
}

fn fields(record: &Record) -> Vec<(String, serde_json::Value)> {
    let mut fields = Fields::default();
    let _ = record.key_values().visit(&mut fields);
    let database = DATABASE.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(name) = database.as_deref() {
        fields.0.push(("database".into(), name.into()));
    }
    fields.0
}

fn as_text(record: &Record) -> String {
    let mut line = format!("{} {:<5} {}", now(), record.level(), record.args());
    for (key, value) in fields(record) {
        match value.as_str() {
            Some(text) => line += &format!(" {key}={text}"),
            None => line += &format!(" {key}={value}"),
        }
    }
    crate::report::clean_line(&line)
}

fn as_json(record: &Record) -> String {
    let mut object = serde_json::Map::new();
    object.insert("time".into(), now().into());
    object.insert(
        "level".into(),
        record.level().as_str().to_lowercase().into(),
    );
    object.insert("message".into(), record.args().to_string().into());
    for (key, value) in fields(record) {
        object.insert(key, value);
    }
    crate::report::json_line(&object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use log::Level;

    #[test]
    fn no_level_lets_another_crate_speak() {
        let logger = own_lines(LevelFilter::Trace).build();
        let speaks = |target: &str, level: Level| {
            logger.matches(&Record::builder().target(target).level(level).build())
        };
        for target in [
            "tokio_postgres::query",
            "postgres_protocol",
            "mysql::conn",
            "mysql_common",
            "rustls::client",
            "mio",
        ] {
            assert!(!speaks(target, Level::Error), "{target}");
            assert!(!speaks(target, Level::Trace), "{target}");
        }
        assert!(speaks("initium::cli::session", Level::Trace));
    }
}
