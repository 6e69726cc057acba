//! What can go wrong on the wire, as the engine's errors. Must never show a password, and never say
//! "failed" of a statement whose outcome nobody knows.

use crate::packets::LONGEST;
use initium_driver::error::Server;
use initium_driver::{Code, Error, Tls};
use initium_socket::Place;
use std::io;

/// Trouble, before it has a code.
#[derive(Debug)]
pub enum Fault {
    /// The server said that something failed.
    Said(Said),
    Io(io::Error),
    /// What came is not the protocol: how.
    Torn(&'static str),
    /// More was said before the encryption than there is to say.
    #[cfg_attr(not(feature = "tls"), allow(dead_code))]
    Early,
    /// A way to log in that is not spoken here.
    Plugin(String),
    /// A way to log in that would say the password to whoever listens.
    Clear(&'static str),
    /// The password is longer than the server's key has room for.
    Password(usize),
    /// Longer than the protocol has room for; nothing was sent.
    TooLong(usize),
    /// More answers than one statement gives.
    Several,
}

/// The server's words.
#[derive(Clone, Debug)]
pub struct Said {
    pub code: u16,
    pub state: String,
    pub message: String,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Io(error)
    }
}

impl Fault {
    pub fn plugin(name: &[u8]) -> Fault {
        Fault::Plugin(line(&String::from_utf8_lossy(name), 64))
    }

    /// What the server said, if it said something.
    pub fn said(&self) -> Option<&Said> {
        match self {
            Fault::Said(said) => Some(said),
            _ => None,
        }
    }
}

/// The reason in a few words.
fn reason(fault: &Fault) -> String {
    match fault {
        Fault::Io(io) => initium_socket::reason(io),
        Fault::Torn(how) => (*how).into(),
        Fault::Early => "it speaks out of turn".into(),
        _ => "its answer cannot be understood".into(),
    }
}

/// What is wrong with the handshake of TLS.
fn encrypting(fault: &Fault, place: &Place, tls: &Tls) -> Option<Error> {
    match fault {
        Fault::Early => Some(
            Error::new(
                Code::TlsFailed,
                format!("{} said more before TLS began than it may", place.shown()),
            )
            .help("somebody between put it there, or no MySQL listens: check host and port"),
        ),
        Fault::Io(io) => initium_socket::trouble(io, place, tls),
        _ => None,
    }
}

/// While connecting.
pub fn connecting(fault: &Fault, place: &Place, shown: &str, tls: &Tls) -> Error {
    let to = place.shown();
    if let Some(error) = encrypting(fault, place, tls) {
        return error;
    }
    let refused = |what: String, help: &str| {
        Error::new(Code::AuthenticationFailed, format!("{shown} {what}")).help(help)
    };
    match fault {
        Fault::Said(said) => login(said, shown, tls),
        Fault::Plugin(name) => refused(
            format!("wants the authentication plugin '{name}', which is not spoken here"),
            "check the user's name, for servers answer like this for a user they do not know; else give it caching_sha2_password, ed25519 or mysql_native_password",
        ),
        Fault::Clear(name) => refused(
            format!("wants the password itself ({name}), and nothing keeps others from reading it"),
            "encrypt the connection: ssl-mode=VERIFY_IDENTITY, and ssl-ca with the authority's file",
        ),
        Fault::Password(room) => refused(
            format!("takes a password of at most {room} bytes without TLS"),
            "encrypt the connection: ssl-mode=VERIFY_IDENTITY, and ssl-ca with the authority's file",
        ),
        Fault::Io(_) => Error::new(
            Code::ConnectFailed,
            format!("cannot connect to {to}: {}", reason(fault)),
        )
        .help("check host and port, and that the server runs and may be reached from here"),
        _ => Error::new(
            Code::ConnectFailed,
            format!(
                "{to} is no server this driver can talk to: {}",
                reason(fault)
            ),
        )
        .help("check host and port"),
    }
}

/// The server says that only encrypted connections get in, to anybody or to this user. Of a user it
/// says no more than that the login failed.
pub fn wants_tls(fault: &Fault) -> bool {
    matches!(fault.said().map(|said| said.code), Some(TLS_ONLY | DENIED))
}

const TLS_ONLY: u16 = 3159;
const DENIED: u16 = 1045;
const PLAIN_DENIED: &str = "check user, password, and from which hosts this user may connect; a user that is made with REQUIRE SSL needs TLS (ssl-mode), one with REQUIRE X509 a client certificate (ssl-cert and ssl-key)";

fn login(said: &Said, shown: &str, tls: &Tls) -> Error {
    let (code, help) = match said.code {
        DENIED if tls.certificate.is_none() => (Code::AuthenticationFailed, PLAIN_DENIED),
        1045 | 1044 | 1130 | 1698 | 1862 | 3118 | 3955 | 4151 => (
            Code::AuthenticationFailed,
            "check user, password, and from which hosts this user may connect; where it must show a certificate, check that too",
        ),
        1049 => (
            Code::DatabaseMissing,
            "create the database first, or correct its name",
        ),
        TLS_ONLY => (
            Code::TlsMissing,
            match cfg!(feature = "tls") {
                true => {
                    "the server lets nobody in without TLS: leave out ssl-mode, or say REQUIRED or more"
                }
                false => "this build has no TLS; the server lets nobody in without it",
            },
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
        Fault::Said(said) => said,
        Fault::TooLong(length) => return too_long(*length, LONGEST),
        Fault::Several => {
            return Error::new(
                Code::StatementFailed,
                "the server ran more than one statement",
            )
            .help("what stood behind the first one took effect too; a procedure may have changed how the server reads");
        }
        _ => return lost(&reason(fault)),
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
fn words(said: &Said) -> String {
    format!("{} ({})", line(&said.message, 4096), said.code)
}

/// What a server says cannot move the cursor, nor fill the screen.
fn line(text: &str, most: usize) -> String {
    let safe = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    safe.take(most).collect()
}

fn server(said: &Said) -> Server {
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
        Fault::Said(Said {
            code: 1064,
            state: "42000".into(),
            message: message.into(),
        })
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
