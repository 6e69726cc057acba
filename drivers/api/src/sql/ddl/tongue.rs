//! Which SQL a statement is written in, as far as a reader of statements has to know.

use crate::sql::token::{ANSI, Rules};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    Postgres,
    MySql,
    MariaDb,
    Sqlite,
}

/// How PostgreSQL reads a text.
pub const POSTGRES: Rules = Rules {
    nested_comments: true,
    dollar_quotes: true,
    escape_strings: true,
    copy_rows: true,
    ..ANSI
};

/// How MySQL and MariaDB do, with their default settings.
pub const MYSQL: Rules = Rules {
    hash_comments: true,
    dash_needs_blank: true,
    backslashes: true,
    name_backslashes: true,
    backticks: true,
    code_comments: true,
    ..ANSI
};

pub const SQLITE: Rules = Rules {
    backticks: true,
    brackets: true,
    open_comment_ends: true,
    ..ANSI
};

impl Tongue {
    pub const ALL: [Tongue; 4] = [
        Tongue::Postgres,
        Tongue::MySql,
        Tongue::MariaDb,
        Tongue::Sqlite,
    ];

    /// That of a database, by the name that specs know it under.
    pub fn of(database: &str) -> Option<Tongue> {
        let named = |tongue: &Tongue| tongue.word() == database;
        Tongue::ALL.into_iter().find(named)
    }

    pub const fn word(self) -> &'static str {
        match self {
            Tongue::Postgres => "postgres",
            Tongue::MySql => "mysql",
            Tongue::MariaDb => "mariadb",
            Tongue::Sqlite => "sqlite",
        }
    }

    pub const fn rules(self) -> &'static Rules {
        match self {
            Tongue::Postgres => &POSTGRES,
            Tongue::MySql | Tongue::MariaDb => &MYSQL,
            Tongue::Sqlite => &SQLITE,
        }
    }

    pub fn is_mysql(self) -> bool {
        matches!(self, Tongue::MySql | Tongue::MariaDb)
    }
}
