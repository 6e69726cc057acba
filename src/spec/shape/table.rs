//! The keys of a table and of everything in it. They are the words that a catalog is told in, and
//! shorter forms of some.

use super::{
    ANY, DATABASE, DATABASES, Field, Fields, LINE, SCALAR, Same, Shape, TRUTH, may, must, rule,
};

pub(super) static NAME: Shape = Shape::Text(&rule::NAME);
pub(super) static FREE: Shape = Shape::Text(&rule::FREE);
pub(super) static QUALIFIED: Shape = Shape::Text(&rule::QUALIFIED);
static SIGNED: Shape = Shape::Signed;

/// SQL, the same for all or one for each database.
pub(super) static SQL: Shape = Shape::Any(&[Shape::Text(&rule::ANY), Shape::Databases(&ANY)]);
/// SQLite has columns without one.
static TYPE: Shape = Shape::Any(&[Shape::Text(&rule::FREE), Shape::Databases(&FREE)]);
static WORD: Shape = Shape::Any(&[Shape::Text(&rule::LINE), Shape::Databases(&LINE)]);
pub(super) static VALUE: Shape = Shape::Any(&[Shape::Scalar, Shape::Databases(&SCALAR)]);

const NAMES: Shape = Shape::List {
    of: &NAME,
    least: 1,
    same: Same::Refused,
};
pub(super) static LISTED: Shape = NAMES;

static FOR: Shape = Shape::Any(&[
    Shape::Choice(DATABASES),
    Shape::List {
        of: &DATABASE,
        least: 1,
        same: Same::Refused,
    },
]);
pub(super) const ONLY: Field = may("only", &FOR);
pub(super) const COMMENT: Field = may("comment", &FREE);
const CALLED: Field = may("name", &NAME);
const INCLUDE: Field = may("include", &LISTED);
const NULLS: Field = may("nulls_not_distinct", &TRUTH);
const DEFERRABLE: Field = may("deferrable", &Shape::Choice(&["immediate", "deferred"]));
const ON_DELETE: Field = may("on_delete", &ACTION);
const ON_UPDATE: Field = may("on_update", &ACTION);
const ON_CONFLICT: Field = may(
    "on_conflict",
    &Shape::Choice(&["rollback", "fail", "ignore", "replace"]),
);
const MATCH_FULL: Field = may("match_full", &TRUTH);
const NOT_VALID: Field = may("not_valid", &TRUTH);
const NOT_ENFORCED: Field = may("not_enforced", &TRUTH);

pub(super) const START: Field = may("start", &SIGNED);
pub(super) const INCREMENT: Field = may("increment", &SIGNED);
pub(super) const MIN: Field = may("min", &SIGNED);
pub(super) const MAX: Field = may("max", &SIGNED);
pub(super) const CACHE: Field = may("cache", &SIGNED);
pub(super) const CYCLE: Field = may("cycle", &TRUTH);

/// What a table has, and a file that is about one table.
macro_rules! of_a_table {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            may("renamed_from", &QUALIFIED),
            COMMENT,
            may("primary_key", &PRIMARY_KEY),
            may("unique", &UNIQUE),
            may("foreign_keys", &FOREIGN_KEYS),
            may("checks", &CHECKS),
            may("exclusions", &EXCLUSIONS),
            may("indexes", &INDEXES),
            may("triggers", &TRIGGERS),
            may("partition_by", &SQL),
            may("partition_of", &PARTITION),
            may("inherits", &INHERITS),
            may("options", &OPTIONS),
            ONLY,
        ]
    };
}
pub(super) use of_a_table;

const fn list(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        least: 0,
        same: Same::Allowed,
    }
}

pub(super) static TABLE: Shape = Shape::Fields(&Fields {
    keys: of_a_table![must("name", &QUALIFIED), must("columns", &COLUMNS)],
    ..Fields::FREE
});

pub(super) static COLUMNS: Shape = list(&COLUMN);
static COLUMN: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &NAME),
        may("renamed_from", &NAME),
        must("type", &TYPE),
        may("nullable", &TRUTH),
        may("not_null", &NOT_NULL),
        may("default", &VALUE),
        may("identity", &Shape::Any(&[SERVES, IDENTITY])),
        may(
            "generated",
            &Shape::Any(&[Shape::Text(&rule::ANY), GENERATED]),
        ),
        may("charset", &WORD),
        may("collation", &WORD),
        may("on_update", &SQL),
        ON_CONFLICT,
        may("invisible", &TRUTH),
        may("primary_key", &TRUTH),
        may("primaryKey", &TRUTH),
        may("unique", &TRUTH),
        may(
            "references",
            &Shape::Any(&[Shape::Text(&rule::REFERENCE), REFERENCES]),
        ),
        may("check", &SQL),
        COMMENT,
        ONLY,
    ],
    exclusive: &[
        ("primary_key", "primaryKey"),
        ("identity", "default"),
        ("identity", "generated"),
        ("default", "generated"),
    ],
    ..Fields::FREE
});
static NOT_NULL: Shape = Shape::Fields(&Fields {
    keys: &[CALLED, NOT_VALID, may("no_inherit", &TRUTH)],
    ..Fields::FREE
});
const SERVES: Shape = Shape::Choice(&["always", "by_default", "serial"]);
const IDENTITY: Shape = Shape::Fields(&Fields {
    keys: &[
        must("serves", &SERVES),
        may("sequence", &NAME),
        START,
        INCREMENT,
        MIN,
        MAX,
        CACHE,
        CYCLE,
    ],
    ..Fields::FREE
});
const GENERATED: Shape = Shape::Fields(&Fields {
    keys: &[
        must("expression", &SQL),
        may("storage", &Shape::Choice(&["stored", "virtual"])),
    ],
    ..Fields::FREE
});
const REFERENCES: Shape = Shape::Fields(&Fields {
    keys: &[
        must("table", &QUALIFIED),
        may("column", &NAME),
        CALLED,
        ON_DELETE,
        ON_UPDATE,
        DEFERRABLE,
    ],
    ..Fields::FREE
});

pub(super) static PRIMARY_KEY: Shape = Shape::Any(&[Shape::Text(&rule::NAME), PARTS, KEY]);
/// No word alone: `[a, b]` would be two constraints here and one key above.
pub(super) static UNIQUE: Shape = list(&Shape::Any(&[PARTS, KEY]));
const KEY: Shape = Shape::Fields(&Fields {
    keys: &[
        CALLED,
        must("columns", &PARTS),
        INCLUDE,
        NULLS,
        DEFERRABLE,
        ON_CONFLICT,
        COMMENT,
        ONLY,
    ],
    ..Fields::FREE
});
const PARTS: Shape = Shape::List {
    of: &PART,
    least: 1,
    same: Same::Allowed,
};
static PART: Shape = Shape::Any(&[
    Shape::Text(&rule::NAME),
    Shape::Fields(&Fields {
        keys: &[
            may("column", &NAME),
            may("expression", &SQL),
            may("order", &Shape::Choice(&["asc", "desc"])),
            may("nulls", &Shape::Choice(&["first", "last"])),
            may(
                "length",
                &Shape::Whole {
                    least: 1,
                    most: u32::MAX as u64,
                },
            ),
            may("collation", &WORD),
            may("class", &WORD),
        ],
        one_of: &["column", "expression"],
        ..Fields::FREE
    }),
]);

pub(super) static FOREIGN_KEYS: Shape = list(&Shape::Fields(&Fields {
    keys: &[
        CALLED,
        must("columns", &NAMES),
        must("references", &QUALIFIED),
        may("to", &NAMES),
        ON_DELETE,
        ON_UPDATE,
        MATCH_FULL,
        DEFERRABLE,
        NOT_VALID,
        NOT_ENFORCED,
        COMMENT,
        ONLY,
    ],
    ..Fields::FREE
}));
static ACTION: Shape = Shape::Any(&[
    Shape::Choice(&[
        "no_action",
        "restrict",
        "cascade",
        "set_null",
        "set_default",
    ]),
    Shape::Fields(&Fields {
        keys: &[may("set_null_of", &NAMES), may("set_default_of", &NAMES)],
        one_of: &["set_null_of", "set_default_of"],
        ..Fields::FREE
    }),
]);

pub(super) static CHECKS: Shape = list(&Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::Fields(&Fields {
        keys: &[
            CALLED,
            must("expression", &SQL),
            may("no_inherit", &TRUTH),
            NOT_VALID,
            NOT_ENFORCED,
            COMMENT,
            ONLY,
        ],
        ..Fields::FREE
    }),
]));
pub(super) static EXCLUSIONS: Shape = list(&Shape::Fields(&Fields {
    keys: &[CALLED, must("definition", &SQL), COMMENT, ONLY],
    ..Fields::FREE
}));
pub(super) static INDEXES: Shape = list(&Shape::Fields(&Fields {
    keys: &[
        CALLED,
        must("columns", &PARTS),
        may("unique", &TRUTH),
        may("method", &WORD),
        INCLUDE,
        may("where", &SQL),
        NULLS,
        may("invisible", &TRUTH),
        may("invalid", &TRUTH),
        may("options", &list(&LINE)),
        COMMENT,
        ONLY,
    ],
    ..Fields::FREE
}));
pub(super) static TRIGGERS: Shape = list(&Shape::Fields(&Fields {
    keys: &[
        must("name", &NAME),
        must("definition", &SQL),
        may("disabled", &TRUTH),
        COMMENT,
        ONLY,
    ],
    ..Fields::FREE
}));
pub(super) static PARTITION: Shape = Shape::Fields(&Fields {
    keys: &[must("parent", &QUALIFIED), must("bound", &ANY)],
    ..Fields::FREE
});
pub(super) static INHERITS: Shape = Shape::List {
    of: &QUALIFIED,
    least: 1,
    same: Same::Refused,
};
/// A value, or the options of one database below its name.
pub(super) static OPTIONS: Shape = Shape::Named {
    key: &rule::LINE,
    of: &Shape::Any(&[
        Shape::Scalar,
        Shape::Named {
            key: &rule::LINE,
            of: &SCALAR,
            least: 0,
        },
    ]),
    least: 0,
};
