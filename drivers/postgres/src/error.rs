//! The server's errors in the words of the contract. Its message, detail, hint and SQLSTATE are
//! kept as they are; nothing here may ever hold a password.

use initium_driver::error::{Code, Error, Server};
use postgres::error::{DbError, ErrorPosition};

/// What came back instead of an answer.
#[derive(Debug)]
pub enum Trouble {
    /// The server says no.
    Server(Box<DbError>),
    /// There is no connection (any more).
    Lost(String),
    /// The answer makes no sense, or the question could not be put.
    Odd(String),
    /// Our own stream refused, and has said why.
    Known(Error),
}

impl Trouble {
    /// Where in the message, in characters from 0, the server sees the fault.
    pub fn position(&self) -> Option<usize> {
        match self {
            Trouble::Server(said) => match said.position()? {
                ErrorPosition::Original(position) => (*position as usize).checked_sub(1),
                ErrorPosition::Internal { .. } => None,
            },
            _ => None,
        }
    }

    /// Which row of a COPY it was, from 1.
    pub fn row(&self) -> Option<usize> {
        let Trouble::Server(said) = self else {
            return None;
        };
        let mut contexts = said.where_()?.lines();
        let (_, line) = contexts
            .find(|line| line.starts_with("COPY "))?
            .split_once(", line ")?;
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        line[..digits].parse().ok()
    }

    fn state(&self) -> &str {
        match self {
            Trouble::Server(said) => said.code().code(),
            _ => "",
        }
    }

    /// The text could not be turned into the server's encoding, so nothing of it was read.
    pub fn is_unreadable(&self) -> bool {
        matches!(self.state(), "22021" | "22P05")
    }

    pub fn is_lost(&self) -> bool {
        matches!(self, Trouble::Lost(_)) || code(self.state()) == Code::ConnectionLost
    }

    /// Trouble while working.
    pub fn into_error(self) -> Error {
        match self {
            Trouble::Server(said) => {
                let code = code(said.code().code());
                let error = Error::new(code, said.message()).server(words(&said));
                match help(code, said.code().code()) {
                    Some(help) => error.help(help),
                    None => error,
                }
            }
            Trouble::Lost(text) => Error::new(
                Code::ConnectionLost,
                format!("the connection broke: {text}"),
            )
            .help("start again: the ledger tells what was committed, and nothing runs twice"),
            Trouble::Odd(text) => {
                let unexpected = text.starts_with("unexpected message");
                let error = Error::new(Code::StatementFailed, text);
                match unexpected {
                    true => error.help("no statement of a migration is answered this way: it may be a COPY TO STDOUT, or something between speaks for the server"),
                    false => error,
                }
            }
            Trouble::Known(error) => error,
        }
    }

    /// The server turned a login in the clear away, before a password was sent.
    pub fn wants_encryption(&self) -> bool {
        match self {
            Trouble::Known(error) => error.code() == Code::AuthenticationFailed,
            _ => self.state() == "28000",
        }
    }

    /// Trouble while connecting to `place` (host and port, never more).
    pub fn into_connect_error(self, place: &str) -> Error {
        let unreachable = |text: &str| {
            Error::new(
                Code::ConnectFailed,
                format!("no connection to {place}: {text}"),
            )
            .help(format!(
                "is a server listening at {place}, and may this machine reach it?"
            ))
        };
        match self {
            Trouble::Known(error) => error,
            Trouble::Server(said) => match said.code().code() {
                "28P01" | "28000" => refused(&said, place),
                "3D000" => Error::new(Code::DatabaseMissing, said.message())
                    .help("create the database first, or correct its name")
                    .server(words(&said)),
                _ => unreachable(said.message()).server(words(&said)),
            },
            Trouble::Lost(text) => unreachable(&text),
            Trouble::Odd(text) if text.contains("password missing") => Error::new(
                Code::AuthenticationFailed,
                format!("{place} asks for a password and none is given"),
            )
            .help("put it into the URL or give --password-file"),
            Trouble::Odd(text) => match text.strip_prefix("authentication error: ") {
                Some(why) => not_authentic(why, place),
                None => unreachable(&format!("it does not answer as PostgreSQL does: {text}")),
            },
        }
    }
}

/// The server says no, for one of several reasons that share a number.
fn refused(said: &DbError, place: &str) -> Error {
    let text = said.message();
    let code = match text.contains("valid client certificate") {
        true => Code::TlsClientCertificate,
        false => Code::AuthenticationFailed,
    };
    let help = if code == Code::TlsClientCertificate {
        format!("name the files of one that {place} trusts with sslcert and sslkey")
    } else if text.contains("channel binding") {
        "somebody between ends TLS and speaks for the server: look for a proxy, and connect past it"
            .into()
    } else if text.contains("no encryption") {
        format!(
            "pg_hba.conf of {place} lets nobody in this way: it may want TLS (sslmode=verify-full), or not know user, database or this machine"
        )
    } else {
        format!("check user and password for {place}, and its pg_hba.conf")
    };
    Error::new(code, text).help(help).server(words(said))
}

/// The login went wrong on this side.
fn not_authentic(why: &str, place: &str) -> Error {
    let (why, help) = if why.contains("channel binding") {
        (
            "the login is not bound to its TLS channel, and channel_binding=require asks for that",
            "it needs TLS, a password stored as SCRAM and a certificate whose signature has a hash; if the server has all of them, somebody stands between",
        )
    } else if why.contains("unsupported") {
        (
            "it asks for a login that is not spoken here",
            "spoken here: SCRAM-SHA-256, md5, password over TLS, client certificates; see its pg_hba.conf",
        )
    } else {
        (
            "it cannot prove that it knows the password",
            "another server may answer there, or somebody stands between",
        )
    };
    Error::new(
        Code::AuthenticationFailed,
        format!("no login at {place}: {why}"),
    )
    .help(help)
}

fn words(said: &DbError) -> Server {
    // The call stack of a function is as good as a detail, and often the only place there is.
    let detail: Vec<_> = [said.detail(), said.where_()]
        .into_iter()
        .flatten()
        .collect();
    Server {
        state: Some(said.code().code().to_string()),
        detail: Some(detail.join("\n")).filter(|d| !d.is_empty()),
        hint: said.hint().map(String::from),
    }
}

fn code(state: &str) -> Code {
    match state {
        // A deadlock is a wait without end that the server cut short: trying again helps as well.
        "55P03" | "40P01" => Code::LockTimeout,
        "25006" => Code::ReadOnly,
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04" => Code::ConnectionLost,
        state if state.starts_with("08") => Code::ConnectionLost,
        _ => Code::StatementFailed,
    }
}

fn help(code: Code, state: &str) -> Option<&'static str> {
    Some(match (code, state) {
        (Code::LockTimeout, _) => "another session holds the lock; try again when it is done",
        (Code::ReadOnly, _) => "a replica, or a database set to read-only: name the primary",
        (Code::ConnectionLost, _) => {
            "start again: the ledger tells what was committed, and nothing runs twice"
        }
        (_, "57014") => "a time limit (statement_timeout) or an operator ended it",
        (_, "3F000") => "create the schema first, or name another one in search_path",
        (_, "53100") => "the server's disk is full; nothing of the script remains",
        _ => return None,
    })
}
