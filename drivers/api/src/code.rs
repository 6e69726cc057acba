//! The names of errors: a code is a word with a page in `docs/errors/`, and decides the exit status.

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
    /// A folder of migrations is not as `migrations.sum` says.
    SumMismatch = "sum-mismatch", Usage;
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
    /// What is asked for is of another tool, and this build knows none.
    SourcesMissing = "sources-missing", Usage;
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
    /// One migration in the place of several would build something else.
    SquashDiffers = "squash-differs", Human;
    /// Some of what a migration replaces is applied, and some is not.
    ReplacedPartly = "replaced-partly", Human;
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
    /// Another tool's ledger is here, and none of ours.
    ForeignLedger = "foreign-ledger", Human;
    /// There are tables that no migration of ours made.
    DatabaseNotEmpty = "database-not-empty", Human;
    /// What another tool's ledger says cannot be taken over.
    ImportRefused = "import-refused", Human;
    /// Another tool's ledger says something else than ours.
    ExportRefused = "export-refused", Human;
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
