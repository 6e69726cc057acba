//! What one source leaves open, taken from the next. A password never meets a user or a host that it
//! was not given for.

use super::Settings;
use crate::error::{Code, Error, Result};

impl Settings {
    /// Takes from `lower` what is missing here, with where it came from.
    pub fn fill(&mut self, lower: Settings) -> Result<()> {
        if self.database.is_empty() {
            self.database = lower.database.clone();
        }
        if !lower.database.is_empty() && family(&self.database) != family(&lower.database) {
            return Err(Error::new(
                Code::DatabaseMismatch,
                format!(
                    "one part of the connection is for {}, another for {}",
                    self.database, lower.database
                ),
            )
            .help(
                "take the variables or keys of the other database away, or say which one is meant",
            ));
        }
        let same_host =
            self.hosts.is_empty() || lower.hosts.is_empty() || self.hosts == lower.hosts;
        let same_user = match (&self.user, &lower.user) {
            (Some(here), Some(there)) => here == there,
            _ => true,
        };
        let from = |part: &str| {
            lower
                .origins
                .iter()
                .find(|(noted, _)| *noted == part)
                .cloned()
        };
        let mut taken: Vec<&str> = Vec::new();
        if self.password.is_none() && lower.password.is_some() {
            match (same_host, same_user) {
                (true, true) => {
                    self.password = lower.password;
                    taken.push("password");
                }
                (false, _) => self.remark(&not_taken(from("password"), "host")),
                (true, false) => self.remark(&not_taken(from("password"), "user")),
            }
        }
        if self.hosts.is_empty() && !lower.hosts.is_empty() {
            self.hosts = lower.hosts;
            taken.extend(["host", "port"]);
        }
        if self.user.is_none() && lower.user.is_some() {
            self.user = lower.user;
            taken.push("user");
        }
        if self.name.is_none() && lower.name.is_some() {
            self.name = lower.name;
            taken.push("name");
        }
        if self.tls.mode.is_none() && lower.tls.mode.is_some() {
            self.tls.mode = lower.tls.mode;
            taken.push("tls");
        }
        if self.tls.roots.is_none() && lower.tls.roots.is_some() {
            self.tls.roots = lower.tls.roots;
            taken.push("roots");
        }
        // A certificate and its key are one thing.
        if self.tls.certificate.is_none() && self.tls.key.is_none() {
            self.tls.certificate = lower.tls.certificate;
            self.tls.key = lower.tls.key;
            taken.extend(["certificate", "key"]);
        }
        for (key, value) in lower.options {
            if self.option(&key).is_none() {
                let noted = lower.origins.iter().find(|(part, _)| *part == key);
                if let Some((part, origin)) = noted {
                    self.note(part, origin);
                }
                self.options.push((key, value));
            }
        }
        for (part, origin) in &lower.origins {
            if taken.contains(part) {
                self.note(part, origin);
            }
        }
        for sentence in &lower.remarks {
            self.remark(sentence);
        }
        Ok(())
    }
}

/// MySQL and MariaDB are spoken to in one way.
pub fn family(database: &str) -> &str {
    match database {
        "mariadb" => "mysql",
        other => other,
    }
}

fn not_taken(origin: Option<(&'static str, String)>, what: &str) -> String {
    let origin = origin.map_or_else(|| "another source".into(), |(_, origin)| origin);
    format!("the password of {origin} was left alone: it is for another {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, origin: &str) -> Settings {
        Settings::parse(text, origin).expect("a connection")
    }

    fn filled(upper: &str, lower: &str) -> Settings {
        let mut settings = parse(upper, "upper");
        settings.fill(parse(lower, "lower")).expect("one family");
        settings
    }

    #[test]
    fn what_is_missing_comes_from_below_with_its_origin() {
        let s = filled(
            "postgres://h/db",
            "postgres://u:p@/x?sslmode=require&connect_timeout=3&sslcert=c&sslkey=k",
        );
        assert_eq!(s.shown(), "postgres://u@h/db");
        assert_eq!(s.password.as_ref().map(|p| p.reveal()), Some("p"));
        assert_eq!(s.option("connect_timeout"), Some("3"));
        assert_eq!(s.tls.key.as_deref(), Some("k"));
        for (part, origin) in [
            ("host", "upper"),
            ("name", "upper"),
            ("user", "lower"),
            ("password", "lower"),
            ("tls", "lower"),
            ("connect_timeout", "lower"),
        ] {
            assert!(
                s.origins.contains(&(part, origin.into())),
                "{part}: {:?}",
                s.origins
            );
        }
    }

    #[test]
    fn a_password_of_another_user_or_host_is_left_alone() {
        for (upper, lower, taken) in [
            ("postgres://u@h/db", "postgres://u:p@h/db", true),
            ("postgres://h/db", "postgres://u:p@h/db", true),
            ("postgres://u@h/db", "postgres://:p@/db", true),
            ("postgres://u@h/db", "postgres://v:p@h/db", false),
            ("postgres://u@h/db", "postgres://u:p@i/db", false),
            ("postgres://u@h:5433/db", "postgres://u:p@h:5432/db", false),
            ("postgres://u:q@h/db", "postgres://u:p@h/db", false),
        ] {
            let s = filled(upper, lower);
            let password = s.password.as_ref().map(|p| p.reveal());
            assert_eq!(password == Some("p"), taken, "{upper} {lower}");
            assert_eq!(
                !taken && password.is_none(),
                !s.remarks.is_empty(),
                "{:?}",
                s.remarks
            );
        }
    }

    #[test]
    fn a_port_of_another_host_is_not_taken() {
        assert_eq!(
            filled("postgres://h/db", "postgres://i:5433/x").shown(),
            "postgres://h/db"
        );
    }

    #[test]
    fn only_one_family_is_filled() {
        filled("mysql://h/db", "mariadb://u@/");
        let mut s = parse("mysql://h/db", "upper");
        let error = s
            .fill(parse("postgres://h/db", "lower"))
            .expect_err("two databases");
        assert_eq!(error.code(), Code::DatabaseMismatch);
    }
}
