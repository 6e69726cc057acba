//! The keys of what only Redis understands: steps, checks over keys, conditions. They are the keys of
//! the text that `step` makes of them. What a pattern or a template means is the driver's to judge.

use super::{ANY, DURATION, Field, Fields, SCALAR, Same, Shape, may, must, rule};

/// What a list of scripts may hold beside SQL and files.
pub(in super::super) static STEPS: &[&str] = &[
    "commands", "script", "rename", "copy", "delete", "convert", "hash", "expire", "json", "each",
];

/// What a list of checks may hold beside queries and files.
pub(in super::super) static CHECKS: &[&str] = &["count", "none", "sample"];

/// What may decide whether a migration applies.
pub(in super::super) static CONDITIONS: &[&str] = &["any", "none"];

static TYPES: Shape = Shape::Choice(&["string", "hash", "list", "set", "zset", "stream"]);
/// What can be made of one another.
static CONVERTED: Shape = Shape::Choice(&["string", "hash", "list", "set", "zset"]);
static CONFLICT: Shape = Shape::Choice(&["fail", "skip", "overwrite"]);
/// Names of keys or fields, patterns.
static NAMES: Shape = Shape::List {
    of: &ANY,
    least: 1,
    same: Same::Refused,
};
static UNLESS_ANY: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::List {
        of: &ANY,
        least: 1,
        same: Same::Refused,
    },
]);
static WORDS: Shape = Shape::List {
    of: &SCALAR,
    least: 1,
    same: Same::Allowed,
};
static BATCHES: Shape = Shape::Whole {
    least: 1,
    most: 10_000,
};
static PER_SECOND: Shape = Shape::Whole {
    least: 1,
    most: 1_000_000_000,
};
/// More keys than any server holds, and exact in every reader of JSON.
static HOW_MANY: Shape = Shape::Whole {
    least: 0,
    most: 1_000_000_000_000_000,
};
static VALUES: Shape = Shape::Named {
    key: &rule::ANY,
    of: &SCALAR,
    least: 1,
};
static MEMBERS: Shape = Shape::Named {
    key: &rule::ANY,
    of: &Shape::Cell,
    least: 1,
};
static NEW_NAMES: Shape = Shape::Named {
    key: &rule::ANY,
    of: &ANY,
    least: 1,
};

const MATCH: Field = must("match", &ANY);
const UNLESS: Field = may("unless", &UNLESS_ANY);
const TYPE: Field = may("type", &TYPES);
const BATCH: Field = may("batch", &BATCHES);
const RATE: Field = may("rate", &PER_SECOND);
const UNSET: Field = may("unset", &NAMES);
const RENAMED: Field = may("rename", &NEW_NAMES);
const CHANGES: &[&str] = &["set", "unset", "rename"];
const LUA: Field = may("lua", &ANY);
const FILE: Field = may("file", &ANY);
const ARGS: Field = may("args", &WORDS);

/// The keys of every step over many keys, and its own.
macro_rules! bulk {
    ($($own:expr),*) => { &[MATCH, UNLESS, TYPE, BATCH, RATE, $($own),*] };
}

pub(super) static COMMANDS: Shape = Shape::List {
    of: &COMMAND,
    least: 1,
    same: Same::Allowed,
};
static COMMAND: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::List {
        of: &SCALAR,
        least: 1,
        same: Same::Allowed,
    },
]);

pub(super) static SCRIPT: Shape = Shape::Fields(&Fields {
    keys: &[LUA, FILE, may("keys", &WORDS), ARGS],
    one_of: &["lua", "file"],
    ..Fields::FREE
});

/// `rename` and `copy`.
pub(super) static MOVE: Shape = Shape::Fields(&Fields {
    keys: bulk![must("to", &ANY), may("on_conflict", &CONFLICT)],
    ..Fields::FREE
});

pub(super) static DELETE: Shape = Shape::Fields(&Fields {
    keys: bulk![],
    ..Fields::FREE
});

pub(super) static CONVERT: Shape = Shape::Fields(&Fields {
    keys: bulk![must("from", &CONVERTED), must("to", &CONVERTED)],
    ..Fields::FREE
});

pub(super) static HASH: Shape = Shape::Fields(&Fields {
    keys: bulk![may("set", &VALUES), UNSET, RENAMED],
    some_of: CHANGES,
    ..Fields::FREE
});

pub(super) static JSON: Shape = Shape::Fields(&Fields {
    keys: bulk![may("set", &MEMBERS), UNSET, RENAMED],
    some_of: CHANGES,
    ..Fields::FREE
});

pub(super) static EXPIRE: Shape = Shape::Fields(&Fields {
    keys: bulk![
        may("ttl", &DURATION),
        may("persist", &Shape::Truth),
        may("replace", &Shape::Truth)
    ],
    one_of: &["ttl", "persist"],
    // Without a TTL to set there is none to replace.
    exclusive: &[("persist", "replace")],
    ..Fields::FREE
});

pub(super) static EACH: Shape = Shape::Fields(&Fields {
    keys: bulk![LUA, FILE, ARGS],
    one_of: &["lua", "file"],
    ..Fields::FREE
});

/// `any` and `none`.
pub(super) static WHICH: Shape = Shape::Fields(&Fields {
    keys: &[MATCH, UNLESS, TYPE],
    ..Fields::FREE
});

pub(super) static COUNT: Shape = Shape::Fields(&Fields {
    keys: &[
        MATCH,
        UNLESS,
        TYPE,
        may("equals", &HOW_MANY),
        may("at_least", &HOW_MANY),
        may("at_most", &HOW_MANY),
    ],
    some_of: &["equals", "at_least", "at_most"],
    exclusive: &[("equals", "at_least"), ("equals", "at_most")],
    ..Fields::FREE
});

pub(super) static SAMPLE: Shape = Shape::Fields(&Fields {
    keys: &[
        MATCH,
        UNLESS,
        must("to", &ANY),
        may("size", &BATCHES),
        may("compare", &Shape::Choice(&["value", "type"])),
    ],
    ..Fields::FREE
});
