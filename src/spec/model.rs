//! What the files say, checked: the only form of a spec that leaves this room.

use super::declared::Schemas;
use super::logical::Logical;
use super::sum::Sum;
use crate::source::{Moment, Origin, Turn};
use initium_driver::ddl::SCHEMAS;
use initium_driver::sql::variables::Bound;
use initium_driver::{Place, Source};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The name of the target of a spec that names none.
pub const DEFAULT_TARGET: &str = "default";

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spec {
    /// At least one; `default` where the spec names none.
    pub targets: Vec<Target>,
    /// In order of application.
    pub migrations: Vec<Migration>,
    pub defaults: Defaults,
    /// Names the databases, where the plan is for many.
    pub targets_query: Option<TargetsQuery>,
    /// What databases should hold.
    pub declares: Vec<Declares>,
    pub strategy: Strategy,
    pub on_breaking_change: Option<Policy>,
    /// Names that a comparison leaves out.
    pub ignore: Vec<String>,
    pub lint: Lint,
    pub callbacks: Vec<Callback>,
    /// Folders of migrations that were read.
    pub folders: Vec<PathBuf>,
    /// What their sums should be, where that was asked.
    pub sums: Vec<Sum>,
}

/// What takes the place of `${NAME}` in the migrations of one file.
pub type Variables = BTreeMap<String, Variable>;

#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    pub bound: Bound,
    pub default: Option<String>,
    /// Name of the variable of the environment that holds the value.
    pub env: Option<String>,
    /// What holds a secret makes the migrations that say it sensitive.
    pub secrecy: Secrecy,
}

/// The id under which a ledger remembers which declared schema its database has.
pub const DECLARED: &str = "declared-schema";

/// Schema files and the target they are for.
#[derive(Clone, Debug, PartialEq)]
pub struct Declares {
    /// As which it is recorded; it has no scripts of its own.
    pub migration: Migration,
    /// Read once, asked for each database.
    pub schemas: Arc<Schemas>,
}

/// What makes a database like its declared schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The migrations do; the schema is there to compare with.
    #[default]
    Scripted,
    /// The changes that lie between them.
    Declarative,
    /// First the migrations, then what is left.
    Both,
}

/// What is done about changes that lose data or break running programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    #[default]
    Block,
    Warn,
    Expand,
}

impl Policy {
    /// Another tool calls the last one `blue_green`.
    pub fn parse(word: &str) -> Option<Policy> {
        match word {
            "block" => Some(Policy::Block),
            "warn" => Some(Policy::Warn),
            "expand" | "blue_green" => Some(Policy::Expand),
            _ => None,
        }
    }
}

/// How statements are judged before they run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lint {
    /// The worst finding with which an apply goes on.
    pub max_severity: Option<Severity>,
    /// By the id of a rule; whether there is such a rule only the rules know.
    pub rules: Vec<Placed<(String, Severity)>>,
    /// Migrations before this one are not judged.
    pub since: Option<Placed<String>>,
}

/// Something with where it is said. The same said in two places is the same.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    pub what: T,
    pub place: Place,
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Placed<T>) -> bool {
        self.what == other.what
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Not looked for. As a limit: nothing is let through.
    Off,
    Notice,
    Warning,
    Error,
}

impl Severity {
    pub const ALL: [Severity; 4] = [
        Severity::Off,
        Severity::Notice,
        Severity::Warning,
        Severity::Error,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Severity::Off => "off",
            Severity::Notice => "notice",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    pub fn parse(word: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|one| one.word() == word)
    }

    /// As a limit, where the lowest has a word of its own.
    pub fn limit(word: &str) -> Option<Severity> {
        match word {
            "none" => Some(Severity::Off),
            "off" => None,
            word => Severity::parse(word),
        }
    }

    /// Where a table is so small that nobody waits long.
    pub fn less(self) -> Severity {
        match self {
            Severity::Error => Severity::Warning,
            Severity::Warning => Severity::Notice,
            low => low,
        }
    }
}

/// A question whose answer is a list of databases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetsQuery {
    pub query: String,
    /// The target whose connection it is, and over which the answers lie.
    pub target: Option<String>,
    /// Where it is asked instead, if it says so.
    pub connection: Option<Target>,
}

impl Spec {
    /// What the schema files say of a target.
    pub fn declares(&self, target: &str) -> Option<&Declares> {
        if !SCHEMAS {
            return None;
        }
        let mine = |it: &&Declares| it.migration.targets.iter().any(|name| name == target);
        self.declares.iter().find(mine)
    }

    /// Where each migration stands, by its id.
    pub fn order(&self) -> HashMap<&str, usize> {
        let ids = self.migrations.iter().map(|one| one.id.as_str());
        ids.zip(0..).collect()
    }
}

/// One database that migrations act on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Target {
    pub name: String,
    /// `postgres`, `mysql`, `mariadb`, `sqlite`; absent where the URL decides.
    pub database: Option<String>,
    /// Only without a password, for files and throw-away servers.
    pub url: Option<String>,
    /// Name of the variable that holds the URL.
    pub url_env: Option<String>,
    /// A secret mounted as a folder, for what a URL leaves open.
    pub secret_dir: Option<SecretDir>,
    /// Name of a Service Binding.
    pub binding: Option<String>,
    /// What the names of the ledger's keys begin with, in Redis.
    pub prefix: Option<String>,
    /// The target where its ledger is kept, if not in itself.
    pub history: Option<String>,
}

/// One file for each key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecretDir {
    pub path: String,
    /// Our names (`user`) to those of the secret (`role`).
    pub keys: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    pub id: String,
    pub name: String,
    /// Names of the targets it acts on, at least one.
    pub targets: Vec<String>,
    pub tags: Vec<String>,
    pub metadata: BTreeMap<String, String>,
    pub transaction: Transaction,
    /// The same of `down`.
    pub undo: Transaction,
    pub again: Again,
    pub secrecy: Secrecy,
    pub when: Option<When>,
    /// Nothing where the migration says `changes`.
    pub up: Scripts,
    /// What runs with each migration, before and behind it. No part of its checksum.
    pub before: Vec<Callback>,
    pub after: Vec<Callback>,
    pub changes: Option<Changes>,
    pub down: Option<Scripts>,
    pub verify: PerDatabase<Vec<Check>>,
    pub cleanup: Option<Scripts>,
    pub turn: Turn,
    /// Ids of those that it was made of, and stands for where they are applied.
    pub replaces: Vec<String>,
    /// Its order is judged among those with the same number: 0 is the spec itself, the others its
    /// folders.
    pub series: usize,
    /// Where it comes from another tool's folder.
    pub origin: Option<Origin>,
    /// Where it stands in its file.
    pub place: Place,
    /// Those that its texts may name; nothing where its file declares none, and once they are replaced.
    pub variables: Option<Arc<Variables>>,
    /// `up` as it stands in the file, where variables were replaced in it.
    pub written: Option<Scripts>,
}

/// A text that runs with migrations and is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Callback {
    pub moment: Moment,
    pub targets: Vec<String>,
    pub script: Scripts,
    /// Whether its text may be shown.
    pub secrecy: Secrecy,
    /// Those of the file that says it.
    pub variables: Option<Arc<Variables>>,
}

/// The same for every database, or one for each.
#[derive(Clone, Debug, PartialEq)]
pub enum PerDatabase<T> {
    Same(T),
    Each(Vec<(String, T)>),
}

pub type Scripts = PerDatabase<Vec<Source>>;

/// For each kind of database that has tables.
pub type Changes = PerDatabase<Vec<Logical>>;

impl<T> PerDatabase<T> {
    /// What is meant for a database of these names, the most exact first.
    pub fn of(&self, names: &[&str]) -> Option<&T> {
        match self {
            PerDatabase::Same(it) => Some(it),
            PerDatabase::Each(all) => {
                let named = |name| all.iter().find(|(key, _)| key == name);
                names.iter().find_map(named).map(|(_, it)| it)
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transaction {
    #[default]
    Auto,
    None,
}

/// Whether a statement outside a transaction may run twice where nobody can tell whether it ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Again {
    #[default]
    Unknown,
    /// `idempotent: true`
    Harmless,
}

/// Whether the texts of a migration may be shown and kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Secrecy {
    #[default]
    Open,
    /// `sensitive: true`: neither its statements nor what a server says of them.
    Sensitive,
}

/// A migration applies only where this holds.
#[derive(Clone, Debug, PartialEq)]
pub struct When {
    pub ask: Ask,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// It answers true.
    Query(PerDatabase<Source>),
    /// A variable of the environment has a value, or has none.
    Variable { name: String, is: Is },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Set,
    /// Or empty.
    Unset,
}

/// A query whose answer must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub query: Source,
    /// Rows of cells as text (`None` is NULL); absent: the first cell must be true.
    pub expect: Option<Vec<Vec<Option<String>>>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    pub lock_timeout: Option<Duration>,
    pub statement_timeout: Option<Duration>,
}
