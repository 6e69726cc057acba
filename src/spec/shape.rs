//! The keys of a spec as the typed reader knows them. Says the same as `schema/migration.schema.json`
//! (a test compares the two key by key) and nothing about how keys depend on each other's values.
//! `migration` beside it holds the keys of a migration, `redis` those of what only Redis understands,
//! `change` those of what is said as changes, `entry` those of a targets file, `schema` and `table` those of a schema file.

mod around;
mod change;
mod entry;
mod migration;
mod redis;
mod schema;
mod table;

use around::{CALLBACKS, SOURCES, VARIABLES};
pub(super) use change::{ALTERABLE, VERBS};
pub(super) use entry::{ENTRY, TARGETS};
pub(super) use redis::{
    CHECKS as REDIS_CHECKS, CONDITIONS as REDIS_CONDITIONS, STEPS as REDIS_STEPS,
};
use schema::SCHEMA;

use super::read::LARGEST_SPEC;
use super::rule::{self, Rule};
use crate::source::Format;

/// A kind of file: what it is called, and what holds it.
#[derive(Debug)]
pub(super) struct Grammar {
    /// "the spec"
    pub called: &'static str,
    /// What an empty one lacks.
    pub begins: &'static str,
    /// "a spec", whose limit is a size.
    pub limit: &'static str,
    /// What to do about one that is too large.
    pub smaller: &'static str,
    /// In MiB.
    pub largest: u64,
    pub shape: &'static Shape,
    /// The same as published.
    #[cfg_attr(not(any(feature = "json-schema", test)), allow(dead_code))]
    pub schema: fn() -> &'static str,
}

pub(super) static SPEC_FILE: Grammar = Grammar {
    called: "the spec",
    begins: "it begins with `version: 1` and a list of `migrations:`",
    limit: "a spec",
    smaller: "move scripts into files of their own (`- file: name.sql`) or split the spec",
    largest: LARGEST_SPEC >> 20,
    shape: &SPEC,
    schema: super::schema_text,
};

/// A row that a query answers: an entry without a file around it.
pub(super) static ANSWER: Grammar = Grammar {
    called: "the answer",
    begins: "",
    limit: "",
    smaller: "",
    largest: 0,
    shape: &ENTRY,
    schema: super::targets_schema_text,
};

pub(super) static TARGETS_FILE: Grammar = Grammar {
    called: "the targets file",
    begins: "it begins with `version: 1` and a list of `targets:`, each with a `name:`",
    limit: "a targets file",
    smaller: "split it, or name the databases with `targets_query` in the spec",
    largest: LARGEST_SPEC >> 20,
    shape: &TARGETS,
    schema: super::targets_schema_text,
};

pub(super) static SCHEMA_FILE: Grammar = Grammar {
    called: "the schema file",
    begins: "it begins with `tables:`, or with `table:` and its `columns:`",
    limit: "a schema file",
    smaller: "split it: a folder may hold one file for each table",
    // A thousand tables of twenty columns are one.
    largest: 4,
    shape: &SCHEMA,
    schema: super::schemas_schema_text,
};

/// What may stand at a place. Alternatives differ by the kind of value, so there is never a doubt
/// which one was meant.
#[derive(Debug)]
pub(super) enum Shape {
    /// The number 1.
    One,
    Text(&'static Rule),
    Choice(&'static [&'static str]),
    /// True or false.
    Truth,
    /// A whole number within these limits.
    Whole {
        least: u64,
        most: u64,
    },
    /// A whole number of 64 bits with a sign.
    Signed,
    /// What takes something away.
    Null,
    /// Text, number or boolean, and null where `Cell`.
    Scalar,
    Cell,
    List {
        of: &'static Shape,
        least: usize,
        same: Same,
    },
    Fields(&'static Fields),
    /// A map with free keys, at least one where `least` says so.
    Named {
        key: &'static Rule,
        of: &'static Shape,
        least: usize,
    },
    /// A map with a database's name as key, at least one.
    Databases(&'static Shape),
    Any(&'static [Shape]),
}

/// Whether a list may hold the same item twice.
#[derive(Debug, PartialEq)]
pub(super) enum Same {
    Allowed,
    Refused,
}

/// A map with known keys.
#[derive(Debug)]
pub(super) struct Fields {
    pub keys: &'static [Field],
    /// Exactly one of these.
    pub one_of: &'static [&'static str],
    /// At least one of these.
    pub some_of: &'static [&'static str],
    /// Pairs that exclude each other.
    pub exclusive: &'static [(&'static str, &'static str)],
    pub needs: &'static [Needs],
}

impl Fields {
    /// Keys that do not depend on each other.
    pub const FREE: Fields = Fields {
        keys: &[],
        one_of: &[],
        some_of: &[],
        exclusive: &[],
        needs: &[],
    };
}

/// One key makes no sense without another.
#[derive(Debug)]
pub(super) struct Needs {
    pub one: &'static str,
    pub other: &'static str,
    /// What the help says of it.
    pub why: &'static str,
}

#[derive(Debug)]
pub(super) struct Field {
    pub name: &'static str,
    pub need: Need,
    pub shape: &'static Shape,
}

#[derive(Debug, PartialEq)]
pub(super) enum Need {
    Required,
    Optional,
}

const fn must(name: &'static str, shape: &'static Shape) -> Field {
    Field {
        name,
        need: Need::Required,
        shape,
    }
}

const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field {
        name,
        need: Need::Optional,
        shape,
    }
}

pub static DATABASES: &[&str] = &["postgres", "mysql", "mariadb", "sqlite", "redis"];

/// Keys of an item of a list of scripts or checks, for those who put one where a database's name
/// belongs.
pub(super) fn is_of_a_list(key: &str) -> bool {
    ["sql", "file", "query"].contains(&key)
        || REDIS_STEPS.contains(&key)
        || REDIS_CHECKS.contains(&key)
}

static LINE: Shape = Shape::Text(&rule::LINE);
static ANY: Shape = Shape::Text(&rule::ANY);
static DURATION: Shape = Shape::Text(&rule::DURATION);
static TARGET: Shape = Shape::Text(&rule::TARGET);
static VARIABLE: Shape = Shape::Text(&rule::VARIABLE);
static LEDGER: Shape = Shape::Text(&rule::PREFIX);
static DATABASE: Shape = Shape::Choice(DATABASES);
static SCALAR: Shape = Shape::Scalar;
static TRUTH: Shape = Shape::Truth;

/// What says where a database is, wherever it is said.
const KIND: Field = may("database", &DATABASE);
const URL: Field = may("url", &ANY);
const URL_ENV: Field = may("url_env", &VARIABLE);
const SECRET: Field = may("secret_dir", &SECRET_DIR);
const BINDING: Field = may("binding", &LINE);
/// Where its ledger is, in Redis.
const PREFIX: Field = may("prefix", &LEDGER);

pub(super) static SPEC: Shape = Shape::Fields(&Fields {
    keys: &[
        // JSON has no comments, so its editors look for the schema here.
        may("$schema", &ANY),
        must("version", &Shape::One),
        KIND,
        URL,
        URL_ENV,
        SECRET,
        BINDING,
        PREFIX,
        may(
            "targets",
            &Shape::Named {
                key: &rule::TARGET,
                of: &TARGET_FIELDS,
                least: 1,
            },
        ),
        may("targets_query", &TARGETS_QUERY),
        may("defaults", &DEFAULTS),
        may(
            "variables",
            &Shape::Named {
                key: &rule::DECLARED,
                of: &VARIABLES,
                least: 1,
            },
        ),
        may(
            "schemas",
            &Shape::List {
                of: &SCHEMA_FILES,
                least: 1,
                same: Same::Refused,
            },
        ),
        may(
            "sources",
            &Shape::List {
                of: &SOURCES,
                least: 1,
                same: Same::Refused,
            },
        ),
        may("callbacks", &CALLBACKS),
        may("strategy", &Shape::Choice(STRATEGIES)),
        may("on_breaking_change", &Shape::Choice(POLICIES)),
        may(
            "ignore",
            &Shape::List {
                of: &ANY,
                least: 1,
                same: Same::Refused,
            },
        ),
        may("lint", &LINT),
        may(
            "migrations",
            &Shape::List {
                of: &migration::MIGRATION,
                least: 0,
                same: Same::Allowed,
            },
        ),
    ],
    some_of: &["migrations", "schemas", "sources"],
    exclusive: &[
        ("targets", "database"),
        ("targets", "url"),
        ("targets", "url_env"),
        ("targets", "secret_dir"),
        ("targets", "binding"),
        ("targets", "prefix"),
        ("url", "url_env"),
        ("secret_dir", "binding"),
    ],
    ..Fields::FREE
});

static STRATEGIES: &[&str] = &["scripted", "declarative", "both"];
pub static POLICIES: &[&str] = &["block", "warn", "expand", "blue_green"];

static SCHEMA_FILES: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::Fields(&Fields {
        keys: &[must("path", &ANY), may("target", &TARGET)],
        ..Fields::FREE
    }),
]);

static TARGET_FIELDS: Shape = Shape::Fields(&Fields {
    keys: &[
        KIND,
        URL,
        URL_ENV,
        SECRET,
        BINDING,
        PREFIX,
        may("history", &TARGET),
    ],
    exclusive: &[("url", "url_env"), ("secret_dir", "binding")],
    ..Fields::FREE
});

/// What names the databases that the migrations act on, and where it is asked.
static TARGETS_QUERY: Shape = Shape::Fields(&Fields {
    keys: &[
        must("query", &ANY),
        may("target", &TARGET),
        KIND,
        URL,
        URL_ENV,
        SECRET,
        BINDING,
    ],
    exclusive: &[("url", "url_env"), ("secret_dir", "binding")],
    ..Fields::FREE
});

static SECRET_DIR: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::Fields(&Fields {
        keys: &[must("path", &ANY), may("keys", &SECRET_KEYS)],
        ..Fields::FREE
    }),
]);

/// Which key of the secret holds what.
static SECRET_KEYS: Shape = Shape::Fields(&Fields {
    keys: &[
        may("host", &LINE),
        may("port", &LINE),
        may("user", &LINE),
        may("password", &LINE),
        may("name", &LINE),
        may("url", &LINE),
        may("ca", &LINE),
    ],
    ..Fields::FREE
});

static DEFAULTS: Shape = Shape::Fields(&Fields {
    keys: &[
        may("lock_timeout", &DURATION),
        may("statement_timeout", &DURATION),
    ],
    ..Fields::FREE
});

/// How statements are judged.
static LINT: Shape = Shape::Fields(&Fields {
    keys: &[
        may(
            "max_severity",
            &Shape::Choice(&["none", "notice", "warning", "error"]),
        ),
        may(
            "rules",
            &Shape::Named {
                key: &rule::LINT,
                of: &Shape::Choice(&["off", "notice", "warning", "error"]),
                least: 1,
            },
        ),
        may("since", &Shape::Text(&rule::ID)),
    ],
    ..Fields::FREE
});
