//! What can go wrong, as the engine's errors. Must never show a password, and never say "failed" of
//! a command whose outcome nobody knows.

use initium_driver::error::Server;
use initium_driver::{Code, Error, Tls};
use initium_socket::{Place, reason, trouble};
use std::io;

/// The first word of what a server says when something is wrong.
pub fn word(said: &str) -> &str {
    said.split(' ').next().unwrap_or_default()
}

/// What a server says cannot move the cursor, nor fill the screen.
pub fn line(text: &str) -> String {
    let safe = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    safe.take(4096).collect()
}

fn server(said: &str) -> Server {
    Server {
        state: Some(line(word(said))),
        ..Server::default()
    }
}

/// While connecting.
pub fn unreachable(error: &io::Error, place: &Place, tls: &Tls) -> Error {
    if let Some(error) = trouble(error, place, tls) {
        return error;
    }
    let to = place.shown();
    let (what, help) = match error.kind() {
        io::ErrorKind::InvalidData => (format!("{to}: {error}"), "check host and port"),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => (
            format!("cannot connect to {to}: {}", reason(error)),
            "check host and port, and whether the server wants TLS (rediss://)",
        ),
        _ => (
            format!("cannot connect to {to}: {}", reason(error)),
            "check host and port, and that the server runs and may be reached from here",
        ),
    };
    Error::new(Code::ConnectFailed, what).help(help)
}

/// What the server says to the login.
pub fn refused(said: &str, shown: &str) -> Error {
    let (code, help) = match word(said) {
        "NOAUTH" | "WRONGPASS" | "NOPERM" => (
            Code::AuthenticationFailed,
            "check user and password; a server with one password for all (requirepass) has no users: redis://:PASSWORD@host",
        ),
        _ if said.contains("without any password configured") => (
            Code::AuthenticationFailed,
            "the server asks for no password: leave it out, or see that this is the server that is meant",
        ),
        _ if said.contains("wrong number of arguments for 'auth'") => (
            Code::AuthenticationFailed,
            "the server has no users: give the password alone, redis://:PASSWORD@host",
        ),
        _ if said.contains("DB index is out of range") => (
            Code::DatabaseMissing,
            "the number behind the host is too high; the server's setting `databases` says how many there are",
        ),
        "DENIED" => (
            Code::ConnectionInvalid,
            "the server is in protected mode: give it a password, or connect from its own machine",
        ),
        _ => (Code::ConnectFailed, "try again when the server is ready"),
    };
    Error::new(code, format!("{shown}: {}", line(said)))
        .help(help)
        .server(server(said))
}

/// A right that is missing within a script: `NOPERM` is not said there. Redis 7.2 and Valkey have other
/// words for it than those before.
pub fn denies(said: &str) -> bool {
    said.contains("user executing the script can't") || said.contains("ACL failure in script")
}

/// The answer to something of ours.
pub fn failed(said: &str) -> Error {
    let (code, help) = match word(said) {
        "READONLY" => (
            Code::ReadOnly,
            Some("name the master; of several hosts, the first that writes is taken"),
        ),
        "NOAUTH" | "WRONGPASS" => (Code::AuthenticationFailed, None),
        word if word == "NOPERM" || denies(said) => (
            Code::StatementFailed,
            Some(
                "this user may not do that: ACL SETUSER gives commands with +NAME and keys with ~PATTERN",
            ),
        ),
        "LOADING" | "MASTERDOWN" | "CLUSTERDOWN" | "TRYAGAIN" | "BUSY" => (
            Code::ConnectionLost,
            Some("the server does not serve at the moment; run again, the ledger decides"),
        ),
        "MOVED" | "ASK" => (
            Code::NotSupported,
            Some(
                "the server is part of a cluster: say so with redis-cluster:// or rediss-cluster://",
            ),
        ),
        "OOM" => (
            Code::StatementFailed,
            Some("the server's memory is full (maxmemory)"),
        ),
        _ => (Code::StatementFailed, None),
    };
    let error = Error::new(code, line(said)).server(server(said));
    match help {
        Some(help) => error.help(help),
        None => error,
    }
}

/// The connection is gone.
pub fn lost(error: &io::Error) -> Error {
    Error::new(
        Code::ConnectionLost,
        format!("the connection to the server broke: {}", reason(error)),
    )
    .help("what was running may have taken effect or not; run again, the ledger decides")
}

/// The guard of a script said no.
pub fn lease_lost() -> Error {
    Error::new(
        Code::LeaseLost,
        "the lock ended, and another run took it or it was taken away; nothing was written after that",
    )
    .help("run again: it waits for the other run and goes on where that one stopped. If this happens often, give the lock a longer lease (lease=60s in the URL)")
}

/// The ledger cannot be read or written with the rights at hand.
pub fn denied(said: &str, keys: &str) -> Error {
    Error::new(
        Code::LedgerDenied,
        format!("no right to read or write the ledger {keys} ({})", line(said)),
    )
    .help(format!(
        "let an administrator run: ACL SETUSER <user> '~{keys}' +@read +@write +@scripting +@connection +info +time +wait\n\
         and give it the keys and commands that the migrations need; to read the ledger, '%R~{keys}' +@read +@connection +info are enough"
    ))
    .server(server(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_the_server_has_its_code() {
        for (said, code) in [
            ("READONLY You can't write", Code::ReadOnly),
            ("MOVED 1 h:1", Code::NotSupported),
            ("LOADING Redis is loading", Code::ConnectionLost),
            ("WRONGTYPE Operation", Code::StatementFailed),
        ] {
            assert_eq!(failed(said).code(), code, "{said}");
        }
        for (said, code) in [
            (
                "NOAUTH Authentication required.",
                Code::AuthenticationFailed,
            ),
            ("LOADING Redis is loading", Code::ConnectFailed),
            ("MASTERDOWN Link with MASTER is down", Code::ConnectFailed),
            ("ERR DB index is out of range", Code::DatabaseMissing),
        ] {
            assert_eq!(refused(said, "redis://h").code(), code, "{said}");
        }
    }

    #[test]
    fn a_right_that_is_missing_within_a_script_is_known_in_the_words_of_every_version() {
        for said in [
            "ERR The user executing the script can't run this command or subcommand script: 88",
            "ERR ACL failure in script: No permissions to access a key script: on @user_script:1.",
            "NOPERM this user has no permissions to run the 'get' command",
        ] {
            assert_eq!(failed(said).code(), Code::StatementFailed, "{said}");
            assert!(
                failed(said)
                    .help_text()
                    .is_some_and(|help| help.contains("ACL SETUSER"))
            );
        }
    }

    #[test]
    fn a_hostile_message_cannot_move_the_cursor() {
        assert_eq!(failed("ERR a\u{1b}[2Jb").message(), "ERR a [2Jb");
    }
}
