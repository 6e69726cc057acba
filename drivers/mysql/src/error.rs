//! What can go wrong on the wire, as the engine's errors. Must never show a password, and never say
//! "failed" of a statement whose outcome nobody knows.

use crate::address::Address;
use crate::connect::LONGEST;
use initium_driver::error::Server;
use initium_driver::{Code, Error};
use mysql::{DriverError, MySqlError};
use std::error::Error as _;
use std::io;

/// Trouble, before it has a code.
#[derive(Debug)]
pub enum Fault {
    Mysql(mysql::Error),
    /// Longer than the protocol has room for; nothing was sent.
    TooLong(usize),
    /// More answers than one statement gives.
    Several,
}

impl From<mysql::Error> for Fault {
    fn from(error: mysql::Error) -> Fault {
        Fault::Mysql(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Mysql(error.into())
    }
}

impl Fault {
    /// What the server said, if it said something.
    fn said(&self) -> Option<&MySqlError> {
        match self {
            Fault::Mysql(mysql::Error::MySqlError(said)) => Some(said),
            _ => None,
        }
    }
}

/// What the system said. The crate wraps it twice, and the inner wrap cannot be named from here.
fn system(fault: &Fault) -> Option<&io::Error> {
    match fault {
        Fault::Mysql(mysql::Error::IoError(io)) => Some(io),
        Fault::Mysql(mysql::Error::CodecError(codec)) => codec.source()?.downcast_ref(),
        _ => None,
    }
}

/// The reason in a few words.
fn reason(fault: &Fault) -> String {
    let Some(io) = system(fault) else {
        return match fault {
            Fault::Mysql(mysql::Error::CodecError(error)) => error.to_string().to_lowercase(),
            Fault::Mysql(mysql::Error::DriverError(error)) => error.to_string().to_lowercase(),
            _ => "its answer cannot be understood".into(),
        };
    };
    match io.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => SILENT.into(),
        // What the crate makes of the end of the stream, and of a packet that ends too early.
        io::ErrorKind::BrokenPipe => "it closed the connection".into(),
        io::ErrorKind::UnexpectedEof => "a packet of it is torn".into(),
        _ => io.to_string().to_lowercase(),
    }
}

const SILENT: &str = "it does not answer";

/// While connecting.
pub fn connecting(fault: &Fault, address: &Address, shown: &str) -> Error {
    let to = match address {
        Address::Tcp { host, port } => format!("{host}:{port}"),
        Address::Socket(path) => path.clone(),
    };
    if let Some(said) = fault.said() {
        return login(said, shown);
    }
    let what = match fault {
        Fault::Mysql(mysql::Error::DriverError(error)) => match error {
            DriverError::UnknownAuthPlugin(name) => return plugin(name, shown),
            DriverError::CleartextPluginDisabled => return plugin("mysql_clear_password", shown),
            DriverError::OldMysqlPasswordDisabled => return plugin("mysql_old_password", shown),
            DriverError::ConnectTimeout => SILENT.into(),
            DriverError::CouldNotConnect(Some((_, what, _))) => what.to_lowercase(),
            _ => return stranger(&to, &reason(fault)),
        },
        fault if system(fault).is_some_and(|io| io.kind() != io::ErrorKind::UnexpectedEof) => {
            reason(fault)
        }
        _ => return stranger(&to, &reason(fault)),
    };
    Error::new(
        Code::ConnectFailed,
        format!("cannot connect to {to}: {what}"),
    )
    .help("check host and port, and that the server runs and may be reached from here")
}

fn stranger(to: &str, what: &str) -> Error {
    Error::new(
        Code::ConnectFailed,
        format!("{to} is no server this driver can talk to: {what}"),
    )
    .help("check host and port")
}

fn plugin(name: &str, shown: &str) -> Error {
    Error::new(
        Code::AuthenticationFailed,
        format!("{shown} wants the authentication plugin '{name}', which is not spoken here"),
    )
    .help("check the user's name, for servers answer like this for a user they do not know; else give it caching_sha2_password or mysql_native_password")
}

fn login(said: &MySqlError, shown: &str) -> Error {
    let (code, help) = match said.code {
        1045 | 1044 | 1698 | 1862 | 3118 | 3955 | 4151 => (
            Code::AuthenticationFailed,
            "check user, password, and from which hosts this user may connect",
        ),
        1049 => (
            Code::DatabaseMissing,
            "create the database first, or correct its name",
        ),
        3159 => (
            Code::TlsMissing,
            "this build has no TLS; the server lets nobody in without it",
        ),
        _ => (Code::ConnectFailed, "try again when the server is ready"),
    };
    Error::new(code, format!("{shown}: {}", words(said)))
        .help(help)
        .server(server(said))
}

/// While something of ours ran.
pub fn failed(fault: &Fault) -> Error {
    let said = match fault {
        Fault::Mysql(mysql::Error::MySqlError(said)) => said,
        Fault::Mysql(_) => return lost(&reason(fault)),
        Fault::TooLong(length) => return too_long(*length, LONGEST),
        Fault::Several => {
            return Error::new(
                Code::StatementFailed,
                "the server ran more than one statement",
            )
            .help("what stood behind the first one took effect too; a procedure may have changed how the server reads");
        }
    };
    let code = match said.code {
        // Deadlock: the server took the whole transaction back, so trying again is right.
        1205 | 1213 | 3058 | 3572 => Code::LockTimeout,
        1290 | 1792 | 1836 | 3032 | 4047 => Code::ReadOnly,
        // Shut down or killed in the middle.
        1053 | 1927 | 2006 | 2013 | 3169 | 4031 => Code::ConnectionLost,
        _ => Code::StatementFailed,
    };
    let error = Error::new(code, words(said)).server(server(said));
    match said.code {
        1969 | 3024 => error.help("--statement-timeout ended it"),
        1205 => error.help("another session holds a lock; see SHOW PROCESSLIST"),
        _ if code == Code::ConnectionLost => error.help(UNKNOWN),
        _ => error,
    }
}

/// Said before it is sent, because the server only breaks the connection.
pub fn too_long(length: usize, longest: usize) -> Error {
    Error::new(
        Code::StatementFailed,
        format!(
            "the statement has {length} bytes and the server takes {longest} (max_allowed_packet)"
        ),
    )
    .help("raise max_allowed_packet on the server, or split the statement")
}

const UNKNOWN: &str =
    "what was running may have taken effect or not; run again, the ledger decides";

fn lost(what: &str) -> Error {
    Error::new(
        Code::ConnectionLost,
        format!("the connection to the server broke: {what}"),
    )
    .help(UNKNOWN)
}

/// The server's words on one line, with its number.
fn words(said: &MySqlError) -> String {
    let line: String = said
        .message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("{line} ({})", said.code)
}

fn server(said: &MySqlError) -> Server {
    Server {
        state: Some(said.state.clone()),
        ..Server::default()
    }
}

/// The server's number in an error made here.
pub fn number(error: &Error) -> Option<u16> {
    error
        .message()
        .rsplit_once(" (")?
        .1
        .strip_suffix(')')?
        .parse()
        .ok()
}

/// Where in the statement a syntax error stands. The server quotes up to 80 characters from there
/// and counts the lines; where that fits more than one place, nothing is said.
pub fn offset(fault: &Fault, text: &str) -> Option<usize> {
    let said = fault.said()?;
    if !matches!(said.code, 1064 | 1149) {
        return None;
    }
    let (_, rest) = said.message.split_once("near '")?;
    let (near, line) = rest.rsplit_once("' at line ")?;
    let line: usize = line.trim().parse().ok()?;
    if near.is_empty() {
        return Some(text.len());
    }
    // The server cuts in the middle of a character.
    let near = near.trim_end_matches(['\u{fffd}', '?']);
    let mut lines = 1;
    let mut counted = 0;
    let mut found = text.match_indices(near).filter_map(|(at, _)| {
        lines += text[counted..at].matches('\n').count();
        counted = at;
        (lines == line).then_some(at)
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str) -> Fault {
        Fault::Mysql(mysql::Error::MySqlError(MySqlError {
            code: 1064,
            state: "42000".into(),
            message: message.into(),
        }))
    }

    fn syntax(near: &str, line: usize) -> Fault {
        said(&format!(
            "You have an error ... near '{near}' at line {line}"
        ))
    }

    #[test]
    fn a_syntax_error_has_its_place_where_it_is_certain() {
        let text = "SELECT 1\nFORM t,\n x FORM t";
        assert_eq!(offset(&syntax("FORM t,\n x FORM t", 2), text), Some(9));
        assert_eq!(offset(&syntax("FORM t", 3), text), Some(20));
        assert_eq!(offset(&syntax("", 3), text), Some(text.len()));
        assert_eq!(offset(&syntax("FORM t", 9), text), None);
        assert_eq!(offset(&syntax("x", 1), "x x"), None);
        assert_eq!(offset(&syntax("it's' at", 1), "SELECT it's' at"), Some(7));
    }

    #[test]
    fn the_number_stays_in_the_message() {
        let error = failed(&syntax("x", 1));
        assert_eq!(number(&error), Some(1064));
        assert_eq!(error.server_said().state.as_deref(), Some("42000"));
        assert_eq!(error.code(), Code::StatementFailed);
    }

    #[test]
    fn a_hostile_message_cannot_move_the_cursor() {
        assert_eq!(failed(&said("a\u{1b}[2Jb")).message(), "a [2Jb (1064)");
    }
}
