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
            Trouble::Odd(text) => Error::new(Code::StatementFailed, text),
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
        match &self {
            Trouble::Server(said) => match said.code().code() {
                "28P01" | "28000" => Error::new(Code::AuthenticationFailed, said.message())
                    .help(format!(
                        "check user and password for {place}, and its pg_hba.conf"
                    ))
                    .server(words(said)),
                "3D000" => Error::new(Code::DatabaseMissing, said.message())
                    .help("create the database first, or correct its name")
                    .server(words(said)),
                "53300" | "57P01" | "57P02" | "57P03" => {
                    unreachable(said.message()).server(words(said))
                }
                state if state.starts_with("08") => unreachable(said.message()).server(words(said)),
                _ => Error::new(Code::ConnectFailed, format!("{place}: {}", said.message()))
                    .server(words(said)),
            },
            Trouble::Lost(text) if text.contains("does not allow writes") => {
                Error::new(Code::ReadOnly, format!("{place} does not allow writes"))
                    .help("target_session_attrs asks for a server that does")
            }
            Trouble::Lost(text) => unreachable(text),
            Trouble::Odd(text) if text.contains("password missing") => Error::new(
                Code::AuthenticationFailed,
                format!("{place} asks for a password and none is given"),
            )
            .help("put it into the URL or give --password-file"),
            Trouble::Odd(text) => unreachable(text),
        }
    }
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
