//! What is said of a text that cannot be read. Nothing of the text may get into it: a piece that
//! looks like a host may be the second half of a password.

use crate::error::{Code, Error};

/// Where the text came from.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub origin: String,
}

const FORMS: &str = "write it as scheme://user:password@host:port/database with postgres, mysql, mariadb or sqlite \
for a scheme; other forms that are read: host=h dbname=d (PostgreSQL), user:password@tcp(host:3306)/database (MySQL), \
jdbc:..., and the path of a SQLite file";

const ENCODE: &str = "percent-encode the password (@ is %40, : %3A, / %2F, ? %3F, # %23, % %25), \
or give it by itself with --password-file";

impl Fault {
    pub fn new(origin: &str) -> Fault {
        Fault {
            origin: origin.into(),
        }
    }

    fn error(&self, what: &str) -> Error {
        Error::new(
            Code::ConnectionInvalid,
            format!("the connection in {} cannot be read: {what}", self.origin),
        )
    }

    /// None of the forms.
    pub fn form(&self, what: &str) -> Error {
        self.error(what).help(FORMS)
    }

    /// Most likely a password that is not encoded.
    pub fn encode(&self, what: &str) -> Error {
        self.error(what).help(ENCODE)
    }

    /// Something else, with what to do.
    pub fn other(&self, what: &str, help: &str) -> Error {
        self.error(what).help(help)
    }
}
