//! What can go wrong on the wire, as the engine's errors. Must never show a password, and never say
//! "failed" of a statement whose outcome nobody knows.

use crate::wire::Address;
use initium_driver::error::Server;
use initium_driver::{Code, Error};
use std::io;

/// Trouble, before it has a code.
#[derive(Debug)]
pub enum Fault {
    Io(io::Error),
    /// The other side does not keep to the protocol.
    Protocol(&'static str),
    /// The server wants to be convinced in a way we do not know.
    Plugin(String),
    Said(Said),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Io(error)
    }
}

/// An error of the server, word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub number: u16,
    pub state: Option<String>,
    pub message: String,
}

impl Said {
    pub fn read(packet: &[u8]) -> Said {
        let number = packet.get(1..3).unwrap_or(&[0, 0]);
        let rest = packet.get(3..).unwrap_or_default();
        // Before the handshake there is no SQLSTATE.
        let (state, message) = match rest {
            [b'#', rest @ ..] if rest.len() >= 5 => (Some(&rest[..5]), &rest[5..]),
            _ => (None, rest),
        };
        Said {
            number: u16::from_le_bytes([number[0], number[1]]),
            state: state.map(|s| String::from_utf8_lossy(s).into_owned()),
            message: String::from_utf8_lossy(message).into_owned(),
        }
    }
}

/// While connecting.
pub fn connecting(fault: Fault, address: &Address, shown: &str) -> Error {
    let to = match address {
        Address::Tcp { host, port } => format!("{host}:{port}"),
        Address::Socket(path) => path.clone(),
    };
    match fault {
        Fault::Said(said) => login(said, shown),
        Fault::Plugin(name) => Error::new(
            Code::AuthenticationFailed,
            format!("{shown} wants the authentication plugin '{name}', which is not spoken here"),
        )
        .help("check the user's name, for servers answer like this for a user they do not know; else give it caching_sha2_password or mysql_native_password"),
        Fault::Protocol(what) => Error::new(
            Code::ConnectFailed,
            format!("{to} is no server this driver can talk to: {what}"),
        )
        .help("check host and port"),
        Fault::Io(error) => {
            let what = match error.kind() {
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "it does not answer".into(),
                io::ErrorKind::UnexpectedEof => "it closed the connection".into(),
                _ => error.to_string().to_lowercase(),
            };
            Error::new(
                Code::ConnectFailed,
                format!("cannot connect to {to}: {what}"),
            )
            .help("check host and port, and that the server runs and may be reached from here")
        }
    }
}

fn login(said: Said, shown: &str) -> Error {
    let (code, help) = match said.number {
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
    Error::new(code, format!("{shown}: {}", words(&said)))
        .help(help)
        .server(server(&said))
}

/// While something of ours ran.
pub fn failed(fault: Fault) -> Error {
    let said = match fault {
        Fault::Said(said) => said,
        Fault::Io(error) => return lost(&error.to_string().to_lowercase()),
        Fault::Protocol(what) => return lost(what),
        Fault::Plugin(name) => return lost(&name),
    };
    let code = match said.number {
        // Deadlock: the server took the whole transaction back, so trying again is right.
        1205 | 1213 | 3058 | 3572 => Code::LockTimeout,
        1290 | 1792 | 1836 | 3032 | 4047 => Code::ReadOnly,
        // Shut down or killed in the middle.
        1053 | 1927 | 2006 | 2013 | 3169 | 4031 => Code::ConnectionLost,
        _ => Code::StatementFailed,
    };
    let error = Error::new(code, words(&said)).server(server(&said));
    match said.number {
        1969 | 3024 => error.help("--statement-timeout ended it"),
        1205 => error.help("another session holds a lock; see SHOW PROCESSLIST"),
        _ if code == Code::ConnectionLost => error.help(UNKNOWN),
        _ => error,
    }
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
fn words(said: &Said) -> String {
    let line: String = said
        .message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("{line} ({})", said.number)
}

fn server(said: &Said) -> Server {
    Server {
        state: Some(said.state.clone().unwrap_or_else(|| "HY000".into())),
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
    let Fault::Said(said) = fault else {
        return None;
    };
    if !matches!(said.number, 1064 | 1149) {
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

    fn syntax(near: &str, line: usize) -> Fault {
        Fault::Said(Said {
            number: 1064,
            state: Some("42000".into()),
            message: format!("You have an error ... near '{near}' at line {line}"),
        })
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
        let error = failed(syntax("x", 1));
        assert_eq!(number(&error), Some(1064));
        assert_eq!(error.server_said().state.as_deref(), Some("42000"));
        assert_eq!(error.code(), Code::StatementFailed);
    }

    #[test]
    fn a_hostile_message_cannot_move_the_cursor() {
        let said = Said::read(b"\xff\x28\x04#42000a\x1b[2Jb");
        assert_eq!(failed(Fault::Said(said)).message(), "a [2Jb (1064)");
    }

    #[test]
    fn an_early_refusal_has_no_state() {
        let said = Said::read(b"\xff\x10\x04Too many connections");
        assert_eq!((said.number, said.state), (1040, None));
        assert_eq!(Said::read(b"\xff").number, 0);
    }
}
