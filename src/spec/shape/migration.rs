//! The keys of a migration: its scripts, its checks and its condition.

use super::change::CHANGES;
use super::{
    ANY, Fields, LINE, Needs, SCALAR, Same, Shape, TARGET, VARIABLE, may, must, redis, rule,
};

static TAG: Shape = Shape::Text(&rule::TAG);
static QUERY: Shape = Shape::Any(&[Shape::Text(&rule::ANY), Shape::Databases(&ANY)]);
static ID: Shape = Shape::Text(&rule::ID);

pub(super) static TARGETS: Shape = Shape::Any(&[
    Shape::Text(&rule::TARGET),
    Shape::List {
        of: &TARGET,
        least: 1,
        same: Same::Refused,
    },
]);

pub(super) static MIGRATION: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &LINE),
        may("id", &ID),
        may("target", &TARGETS),
        may(
            "tags",
            &Shape::List {
                of: &TAG,
                least: 0,
                same: Same::Refused,
            },
        ),
        may(
            "metadata",
            &Shape::Named {
                key: &rule::LINE,
                of: &SCALAR,
                least: 0,
            },
        ),
        may("transaction", &Shape::Choice(&["auto", "none"])),
        may("repeat", &Shape::Truth),
        may(
            "replaces",
            &Shape::List {
                of: &ID,
                least: 1,
                same: Same::Refused,
            },
        ),
        may("idempotent", &Shape::Truth),
        may("sensitive", &Shape::Truth),
        may("when", &Shape::Any(&[Shape::Text(&rule::ANY), WHEN])),
        may("up", &SCRIPT),
        may("changes", &CHANGES),
        may("down", &SCRIPT),
        may(
            "verify",
            &Shape::Any(&[Shape::Text(&rule::ANY), CHECKS, Shape::Databases(&CHECKED)]),
        ),
        may("cleanup", &SCRIPT),
    ],
    one_of: &["up", "changes"],
    // Changes are undone by changes, and hold no secrets.
    exclusive: &[
        ("changes", "down"),
        ("changes", "sensitive"),
        ("changes", "repeat"),
        ("repeat", "down"),
        ("repeat", "cleanup"),
        ("repeat", "replaces"),
    ],
    // What removes the old half waits for a proof of the new one.
    needs: &[Needs {
        one: "cleanup",
        other: "verify",
        why: "what it proves decides when 'cleanup' may run",
    }],
    ..Fields::FREE
});

const WHEN: Shape = Shape::Fields(&Fields {
    keys: &[
        may("query", &QUERY),
        may("any", &redis::WHICH),
        may("none", &redis::WHICH),
        may("variable", &VARIABLE),
        may("is", &Shape::Choice(&["set", "unset"])),
        may("reason", &ANY),
    ],
    one_of: &["query", "any", "none", "variable"],
    needs: &[
        Needs {
            one: "variable",
            other: "is",
            why: "set, or unset: where the migration applies",
        },
        Needs {
            one: "is",
            other: "variable",
            why: "the name of the variable of the environment",
        },
    ],
    ..Fields::FREE
});

pub(super) static SCRIPT: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    PARTS,
    Shape::Databases(&TEXT_OR_PARTS),
]);
static TEXT_OR_PARTS: Shape = Shape::Any(&[Shape::Text(&rule::ANY), PARTS]);
const PARTS: Shape = Shape::List {
    of: &PART,
    least: 1,
    same: Same::Allowed,
};
static PART: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::Fields(&Fields {
        keys: &[
            may("sql", &ANY),
            may("file", &ANY),
            may("commands", &redis::COMMANDS),
            may("script", &redis::SCRIPT),
            may("rename", &redis::MOVE),
            may("copy", &redis::MOVE),
            may("delete", &redis::DELETE),
            may("convert", &redis::CONVERT),
            may("hash", &redis::HASH),
            may("expire", &redis::EXPIRE),
            may("json", &redis::JSON),
            may("each", &redis::EACH),
        ],
        one_of: &[
            "sql", "file", "commands", "script", "rename", "copy", "delete", "convert", "hash",
            "expire", "json", "each",
        ],
        ..Fields::FREE
    }),
]);

static CHECKED: Shape = Shape::Any(&[Shape::Text(&rule::ANY), CHECKS]);
const CHECKS: Shape = Shape::List {
    of: &CHECK,
    least: 1,
    same: Same::Allowed,
};
static CHECK: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::Fields(&Fields {
        keys: &[
            may("query", &ANY),
            may("file", &ANY),
            may("expect", &EXPECT),
            may("count", &redis::COUNT),
            may("none", &redis::WHICH),
            may("sample", &redis::SAMPLE),
        ],
        one_of: &["query", "file", "count", "none", "sample"],
        exclusive: &[
            ("expect", "count"),
            ("expect", "none"),
            ("expect", "sample"),
        ],
        ..Fields::FREE
    }),
]);

static EXPECT: Shape = Shape::Any(&[
    Shape::Cell,
    Shape::List {
        of: &ROW,
        least: 0,
        same: Same::Allowed,
    },
]);
static ROW: Shape = Shape::Any(&[
    Shape::Cell,
    Shape::List {
        of: &Shape::Cell,
        least: 1,
        same: Same::Allowed,
    },
]);
