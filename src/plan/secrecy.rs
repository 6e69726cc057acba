//! What may be told of a sensitive migration: the code, the place, the SQLSTATE, and one fixed
//! sentence. Servers quote statements and values in messages, details and hints, and so do we; none
//! of that leaves through here.

use crate::spec::Secrecy;
use initium_driver::{Code, Error};

/// What stands where a text would.
pub const HIDDEN: &str = "(sensitive)";

/// An error as it may be told.
pub fn discreet(secrecy: Secrecy, error: Error) -> Error {
    if secrecy == Secrecy::Open {
        return error;
    }
    let sentence = match sentence(&error) {
        Some(what) => format!("{what}; more is not shown, because the migration is sensitive"),
        None => error.message().to_string(),
    };
    error.reworded(sentence)
}

/// The words for an error whose own may hold a text; none for those that are ours and never do.
fn sentence(error: &Error) -> Option<&'static str> {
    Some(match error.code() {
        Code::Interrupted | Code::FileChanged | Code::ScriptTooLong | Code::LeaseLost => {
            return None;
        }
        Code::FileUnreadable if error.server_said().state.is_none() => return None,
        Code::StatementFailed => "the statement failed",
        Code::KeysFailed => "some keys failed",
        Code::LockTimeout => "the statement waited too long for a lock of another session",
        Code::ConnectionLost => "the connection broke while the statement ran",
        Code::ReadOnly => "the database only reads at the moment",
        Code::VerifyFailed => "the query did not answer as it should",
        Code::TransactionControl => {
            "a statement would end the transaction that makes the migration all or nothing"
        }
        Code::ScriptUnfinished => "the script cannot be cut into statements",
        Code::StepUndecided => {
            "a run died while a statement was running, and nobody can tell whether it took effect"
        }
        Code::StepChanged => "a statement that already ran was edited since",
        Code::NotSupported => "a statement cannot be run in this way here",
        _ => "it cannot be run",
    })
}

/// A text as plans and records may show it.
pub fn told(secrecy: Secrecy, text: &str) -> &str {
    match secrecy {
        Secrecy::Open => text,
        Secrecy::Sensitive => HIDDEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::error::Server;

    /// Every code, because a new one must not open a new way out.
    #[test]
    fn nothing_that_was_said_of_a_sensitive_statement_is_told() {
        let ours = [
            Code::Interrupted,
            Code::FileChanged,
            Code::ScriptTooLong,
            Code::LeaseLost,
        ];
        for code in Code::ALL.iter().filter(|code| !ours.contains(code)) {
            let error = Error::new(*code, "syntax error at or near hunter2")
                .server(Server {
                    state: Some("42601".into()),
                    detail: Some("Key (x)=(hunter2) exists".into()),
                    hint: Some("hunter2?".into()),
                })
                .excerpt("SELECT hunter2")
                .statement(2, 3);
            let told = discreet(Secrecy::Sensitive, error.clone());
            assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
            assert_eq!(told.server_said().state.as_deref(), Some("42601"));
            assert_eq!(told.spot().statement, Some((2, 3)));
            let open = discreet(Secrecy::Open, error);
            assert!(open.message().contains("hunter2"));
        }
    }
}
