//! The one error type. A code is a word with a page in `docs/errors/`; it decides the exit status.

pub use crate::spot::{At, Server, Spot};

use crate::source::Place;
use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the process answers; stable, because `podFailurePolicy` and scripts read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    No = 3,
    Human = 4,
    Unavailable = 5,
    Locked = 6,
    // As shells say it.
    NotStarted = 126,
    NotFound = 127,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $exit:ident;)*) => {
        /// An error's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code there is; the tests and the index of `docs/errors/` walk it.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            pub fn word(self) -> &'static str {
                match self { $(Code::$variant => $word,)* }
            }

            pub fn exit(self) -> Exit {
                match self { $(Code::$variant => Exit::$exit,)* }
            }
        }
    };
}

codes! {
    /// The command line is wrong.
    Usage = "usage", Usage;
    /// A flag or variable has a value that cannot be used.
    SettingInvalid = "setting-invalid", Usage;
    /// A question would be asked and nobody can answer.
    ConfirmationRequired = "confirmation-required", Usage;
    /// A file cannot be read or written.
    FileUnreadable = "file-unreadable", Usage;
    /// A file was changed while a run was reading it.
    FileChanged = "file-changed", Usage;
    /// A script that has to be kept as a whole is too long for that.
    ScriptTooLong = "script-too-long", Usage;
    /// A path leads out of the spec's folder.
    PathEscapes = "path-escapes", Usage;
    /// The text is not YAML or JSON, or uses a part of YAML that is not allowed.
    SpecSyntax = "spec-syntax", Usage;
    /// The spec says something that the schema does not allow.
    SpecInvalid = "spec-invalid", Usage;
    /// The schema files declare what no database could hold.
    SchemaInvalid = "schema-invalid", Usage;
    /// A password stands in the spec.
    SecretInSpec = "secret-in-spec", Usage;
    /// Two migrations have the same id.
    DuplicateId = "duplicate-id", Usage;
    /// The list of databases that a plan is for cannot be used.
    TargetsInvalid = "targets-invalid", Usage;
    /// A target that the spec does not define.
    UnknownTarget = "unknown-target", Usage;
    /// An id that the spec does not define.
    UnknownMigration = "unknown-migration", Usage;
    /// A migration has no script for the database it meets.
    ScriptMissing = "script-missing", Usage;
    /// A script names a variable that has no value.
    VariableUnset = "variable-unset", Usage;
    /// A variable stands where its value would be read as something else.
    VariableMisplaced = "variable-misplaced", Usage;
    /// A script that cannot be split into statements.
    ScriptUnfinished = "script-unfinished", Usage;
    /// BEGIN, COMMIT and the like inside a script that runs in a transaction of the engine.
    TransactionControl = "transaction-control", Usage;
    /// Nothing says where the database is.
    ConnectionMissing = "connection-missing", Usage;
    /// What says where the database is cannot be understood.
    ConnectionInvalid = "connection-invalid", Usage;
    /// The server is another kind of database than the spec says.
    DatabaseMismatch = "database-mismatch", Usage;
    /// This build does not speak to that database.
    DriverMissing = "driver-missing", Usage;
    /// What is asked for needs to know schemas, and this build does not.
    SchemasMissing = "schemas-missing", Usage;
    /// TLS is asked for and this build has none.
    TlsMissing = "tls-missing", Usage;
    /// The server does not offer TLS, and the connection demands it.
    TlsRefused = "tls-refused", Usage;
    /// The server's certificate is signed by nobody who is trusted.
    TlsUnknownAuthority = "tls-unknown-authority", Usage;
    /// The server's certificate is for another host.
    TlsWrongHost = "tls-wrong-host", Usage;
    /// The server's certificate is expired, or not valid yet.
    TlsCertificateExpired = "tls-certificate-expired", Usage;
    /// The server wants a client certificate, or not this one.
    TlsClientCertificate = "tls-client-certificate", Usage;
    /// A TLS handshake failed for another reason.
    TlsFailed = "tls-failed", Usage;
    /// A pooler that hands the session to others between two transactions stands before the server.
    PoolerRefused = "pooler-refused", Usage;
    /// User or password is wrong.
    AuthenticationFailed = "authentication-failed", Usage;
    /// Whoever lends AWS credentials says no.
    TokenRefused = "token-refused", Usage;
    /// The database is not there.
    DatabaseMissing = "database-missing", Usage;
    /// The ledger cannot be created or written with the rights at hand.
    LedgerDenied = "ledger-denied", Usage;
    /// This database cannot do what is asked.
    NotSupported = "not-supported", Usage;
    /// The keys of one script lie on several servers of a cluster.
    CrossSlot = "cross-slot", Usage;
    /// Files of SQL have to be built somewhere to be compared, and there is no such place.
    ScratchMissing = "scratch-missing", Usage;
    /// A migration to be undone has no `down`.
    DownMissing = "down-missing", Usage;
    /// The program behind `--` cannot be started.
    ProgramRefused = "program-refused", NotStarted;
    /// The program behind `--` is not there.
    ProgramMissing = "program-missing", NotFound;

    /// A statement failed.
    StatementFailed = "statement-failed", Failed;
    /// A step went through all its keys, and some of them failed.
    KeysFailed = "keys-failed", Failed;

    /// Migrations are pending.
    Pending = "pending", No;
    /// A verify query did not answer as expected.
    VerifyFailed = "verify-failed", No;
    /// The lints found what they were asked to fail on.
    LintFailed = "lint-failed", No;

    /// The database is not as its schema was declared.
    Drift = "drift", No;

    /// Changes would lose data or break running programs.
    BreakingChange = "breaking-change", Human;
    /// An applied migration was edited.
    ChecksumChanged = "checksum-changed", Human;
    /// The database has migrations that the spec does not know.
    DatabaseAhead = "database-ahead", Human;
    /// A pending migration stands before an applied one.
    OutOfOrder = "out-of-order", Human;
    /// Nobody knows whether a statement took effect.
    StepUndecided = "step-undecided", Human;
    /// A half-applied migration was edited in its applied half.
    StepChanged = "step-changed", Human;
    /// The ledger was written by a newer tool.
    LedgerNewer = "ledger-newer", Human;
    /// The facts moved since the plan was written.
    PlanStale = "plan-stale", Human;
    /// A change of the spec does not fit what the database holds.
    ChangeImpossible = "change-impossible", Human;
    /// A change needs to know an object that SQL in front of it may change.
    ObjectUnknown = "object-unknown", Human;
    /// A finding of the lints is worse than this run lets through.
    LintBlocked = "lint-blocked", Human;
    /// Cleaning up what was not verified.
    NotVerified = "not-verified", Human;
    /// A baseline on a database that has a history.
    BaselineRefused = "baseline-refused", Human;
    /// There is nothing of that kind to repair.
    RepairRefused = "repair-refused", Human;

    /// No connection.
    ConnectFailed = "connect-failed", Unavailable;
    /// Whoever lends AWS credentials does not answer, or the clock is wrong.
    TokenUnavailable = "token-unavailable", Unavailable;
    /// The connection broke while it was used.
    ConnectionLost = "connection-lost", Unavailable;
    /// The database only reads at the moment.
    ReadOnly = "read-only", Unavailable;
    /// A statement waited too long for a lock of another session.
    LockTimeout = "lock-timeout", Unavailable;
    /// Waiting took too long.
    WaitTimeout = "wait-timeout", Unavailable;

    /// Another run holds the lock.
    LockHeld = "lock-held", Locked;
    /// The lock ended by itself, and another run took it.
    LeaseLost = "lease-lost", Locked;

    /// A mistake in this program.
    Internal = "internal", Human;

    /// Stopped by a signal at a safe point.
    Interrupted = "interrupted", Unavailable;
}

/// What went wrong, where, and what to do next.
#[derive(Clone, Debug)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    code: Code,
    message: String,
    help: Option<String>,
    spot: Spot,
    at: Option<At>,
    server: Server,
    edits: Option<String>,
    signal: Option<i32>,
    more: Vec<Error>,
}

impl Error {
    /// Message: lower case, no final stop, says what and where.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            code,
            message: message.into(),
            help: None,
            spot: Spot::default(),
            at: None,
            server: Server::default(),
            edits: None,
            signal: None,
            more: Vec::new(),
        }))
    }

    /// The message goes on.
    pub fn and(mut self, more: &str) -> Error {
        self.0.message = format!("{}; {more}", self.0.message);
        self
    }

    /// The same story in other words: what quotes the statement or its values goes, and so do the
    /// words of the server. Its SQLSTATE, the code and the place stay.
    pub fn reworded(mut self, message: impl Into<String>) -> Error {
        self.0.message = message.into();
        self.0.spot.excerpt = None;
        self.0.edits = None;
        self.0.server.detail = None;
        self.0.server.hint = None;
        self
    }

    /// What to do next.
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.0.help = Some(help.into());
        self
    }

    /// What was edited, as a unified diff.
    pub fn edits(mut self, edits: String) -> Error {
        self.0.edits = Some(edits);
        self
    }

    pub fn server(mut self, server: Server) -> Error {
        self.0.server = server;
        self
    }

    /// The signal that led to it, which the exit status tells.
    pub fn signal(mut self, signal: i32) -> Error {
        self.0.signal = Some(signal);
        self
    }

    pub fn at(mut self, at: At) -> Error {
        self.0.at = Some(at);
        self
    }

    pub fn place(mut self, place: Place) -> Error {
        self.0.spot.place = Some(place);
        self
    }

    pub fn excerpt(mut self, line: impl Into<String>) -> Error {
        self.0.spot.excerpt = Some(line.into());
        self
    }

    pub fn migration(mut self, id: impl Into<String>) -> Error {
        self.0.spot.migration = Some(id.into());
        self
    }

    pub fn target(mut self, name: impl Into<String>) -> Error {
        self.0.spot.target = Some(name.into());
        self
    }

    pub fn statement(mut self, n: usize, of: usize) -> Error {
        self.0.spot.statement = Some((n, of));
        self
    }

    /// Other findings of the same reading, so that a file is mended in one go.
    pub fn also(mut self, more: Vec<Error>) -> Error {
        self.0.more = more;
        self
    }

    /// This one and the others of its reading, each as `change` leaves it.
    pub fn each(mut self, change: &mut dyn FnMut(Error) -> Error) -> Error {
        let more = std::mem::take(&mut self.0.more);
        let first = change(self);
        first.also(more.into_iter().map(change).collect())
    }

    /// The exit status of a run that ends with it.
    pub fn exit(&self) -> i32 {
        match self.0.signal {
            Some(signal) => 128 + signal,
            None => self.code().exit() as i32,
        }
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    pub fn spot(&self) -> &Spot {
        &self.0.spot
    }

    pub fn failed_at(&self) -> Option<At> {
        self.0.at
    }

    pub fn server_said(&self) -> &Server {
        &self.0.server
    }

    pub fn edited(&self) -> Option<&str> {
        self.0.edits.as_deref()
    }

    pub fn others(&self) -> &[Error] {
        &self.0.more
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.0.code.word(), self.0.message)
    }
}

impl std::error::Error for Error {}

impl AsRef<Error> for Error {
    fn as_ref(&self) -> &Error {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let mut words: Vec<_> = Code::ALL.iter().map(|c| c.word()).collect();
        for word in &words {
            assert!(
                word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{word}"
            );
        }
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
