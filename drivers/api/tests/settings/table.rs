//! Every line of `vectors.txt`: what a text is read as, or why not. (Catches a field that lands in
//! the wrong place, an option that is dropped in silence, an error that says something else.)

use initium_driver::{Settings, Tls};
use std::fmt::Write;

pub struct Vector {
    pub line: usize,
    pub kind: Option<String>,
    pub text: String,
    pub expected: String,
    /// Produced by libpq's own PQconninfoParse.
    pub of_libpq: bool,
}

pub fn vectors() -> Vec<Vector> {
    let mut of_libpq = false;
    let mut all = Vec::new();
    let mut lines = include_str!("vectors.txt").lines().enumerate().peekable();
    while let Some((n, line)) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            of_libpq = heading.contains("libpq");
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (kind, text) = line
            .split_once("| ")
            .unwrap_or_else(|| panic!("line {}: no `kind| `", n + 1));
        let expected = lines
            .next()
            .map(|(_, line)| line.trim())
            .unwrap_or_default();
        all.push(Vector {
            line: n + 1,
            kind: Some(kind.to_string()).filter(|k| !k.is_empty()),
            text: text
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\r", "\r"),
            expected: expected
                .strip_prefix("=> ")
                .unwrap_or_else(|| panic!("line {}: no `=> ` below", n + 1))
                .into(),
            of_libpq,
        });
    }
    all
}

/// A connection on one line, each field that is there.
pub fn told(settings: &Settings) -> String {
    let mut line = settings.database.clone();
    let mut field = |key: &str, value: Option<&str>| {
        if let Some(value) = value {
            write!(
                line,
                " {key}={}",
                value.replace(' ', "\\s").replace('\n', "\\n")
            )
            .unwrap();
        }
    };
    field("user", settings.user.as_deref());
    field("password", settings.password.as_ref().map(|p| p.reveal()));
    for host in &settings.hosts {
        let address = host
            .address
            .as_ref()
            .map(|a| format!("@{a}"))
            .unwrap_or_default();
        field("host", Some(&format!("{}{address}", host.shown())));
    }
    field("name", settings.name.as_deref());
    let Tls {
        mode,
        roots,
        system: _,
        certificate,
        key,
    } = &settings.tls;
    field("tls", mode.map(|m| m.word()));
    field("roots", roots.as_deref());
    field("certificate", certificate.as_deref());
    field("key", key.as_deref());
    for (key, value) in &settings.options {
        field(&format!("+{key}"), Some(value));
    }
    for remark in &settings.remarks {
        write!(line, " ({remark})").unwrap();
    }
    line
}

pub fn read(vector: &Vector) -> String {
    match Settings::parse_as(&vector.text, "X", vector.kind.as_deref()) {
        Ok(settings) => told(&settings),
        Err(error) => {
            let what = error
                .message()
                .trim_start_matches("the connection in X cannot be read: ");
            format!("{}: {what}", error.code().word())
        }
    }
}

#[test]
fn every_vector_is_read_as_it_says() {
    let vectors = vectors();
    assert!(vectors.len() >= 150, "{}", vectors.len());
    let wrong: Vec<_> = vectors
        .iter()
        .map(|vector| (vector, read(vector)))
        .filter(|(vector, read)| vector.expected != *read)
        .map(|(vector, read)| {
            format!(
                "line {}: {}\n=> {read}\n   {}",
                vector.line, vector.text, vector.expected
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_database_and_every_form_is_in_the_table() {
    let vectors = vectors();
    for sign in [
        "postgres://",
        "mysql://",
        "mariadb://",
        "sqlite:",
        "redis://",
        "jdbc:postgresql:",
        "jdbc:mysql:",
        "jdbc:mariadb:",
        "jdbc:sqlite:",
        "@tcp(",
        "host=",
        "file:",
        "+psycopg",
        "rediss://",
    ] {
        let count = vectors.iter().filter(|v| v.text.contains(sign)).count();
        assert!(count >= 2, "{sign}: {count}");
    }
    assert!(vectors.iter().filter(|v| v.of_libpq).count() >= 40);
}

#[test]
fn what_was_read_says_where_it_came_from() {
    for vector in vectors() {
        let Ok(settings) = Settings::parse_as(&vector.text, "HERE", vector.kind.as_deref()) else {
            continue;
        };
        let noted = |part: &str| {
            settings.origins.contains(&(
                match part {
                    "user" => "user",
                    "password" => "password",
                    "host" => "host",
                    "name" => "name",
                    _ => "tls",
                },
                "HERE".to_string(),
            ))
        };
        for (part, there) in [
            ("user", settings.user.is_some()),
            ("password", settings.password.is_some()),
            ("name", settings.name.is_some()),
            (
                "tls",
                settings.tls.mode.is_some()
                    && settings.tls.roots.is_none()
                    && !vector.text.contains("system"),
            ),
        ] {
            assert!(
                !there || noted(part),
                "line {}: {part} of {:?}",
                vector.line,
                settings.origins
            );
        }
        let places = settings.hosts.is_empty()
            || noted("host")
            || settings.origins.iter().any(|(part, _)| *part == "port");
        assert!(places, "line {}: {:?}", vector.line, settings.origins);
    }
}
