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
pub(super) static DATA_TYPE: Shape =
    Shape::Any(&[Shape::Text(&rule::FREE), Shape::Databases(&FREE)]);
pub(super) static WORD: Shape = Shape::Any(&[Shape::Text(&rule::LINE), Shape::Databases(&LINE)]);
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
pub(super) const CALLED: Field = may("name", &NAME);
pub(super) const INCLUDE: Field = may("include", &LISTED);
pub(super) const NULLS: Field = may("nulls_not_distinct", &TRUTH);
pub(super) const DEFERRABLE: Field = may("deferrable", &Shape::Choice(&["immediate", "deferred"]));
pub(super) const ON_DELETE: Field = may("on_delete", &ACTION);
pub(super) const ON_UPDATE: Field = may("on_update", &ACTION);
pub(super) const ON_CONFLICT: Field = may(
    "on_conflict",
    &Shape::Choice(&["rollback", "fail", "ignore", "replace"]),
);
pub(super) const MATCH_FULL: Field = may("match_full", &TRUTH);
pub(super) const NOT_VALID: Field = may("not_valid", &TRUTH);
pub(super) const NOT_ENFORCED: Field = may("not_enforced", &TRUTH);

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
        ]
    };
}
pub(super) use of_a_table;

/// What a column says.
macro_rules! of_a_column {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            must("name", &NAME),
            must("type", &DATA_TYPE),
            may("nullable", &TRUTH),
            may("not_null", &NOT_NULL),
            may("default", &VALUE),
            may("identity", &IDENTITY),
            may("generated", &GENERATED),
            may("charset", &WORD),
            may("collation", &WORD),
            may("on_update", &SQL),
            ON_CONFLICT,
            may("invisible", &TRUTH),
            may("primary_key", &TRUTH),
            may("unique", &TRUTH),
            may("references", &REFERENCES),
            may("check", &SQL),
            COMMENT,
        ]
    };
}
pub(super) use of_a_column;

/// A primary key, a unique constraint.
macro_rules! of_a_key {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            CALLED,
            must("columns", &PARTS),
            INCLUDE,
            NULLS,
            DEFERRABLE,
            ON_CONFLICT,
            COMMENT,
        ]
    };
}
pub(super) use of_a_key;

macro_rules! of_a_foreign_key {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            CALLED,
            must("columns", &LISTED),
            must("references", &QUALIFIED),
            may("to", &LISTED),
            ON_DELETE,
            ON_UPDATE,
            MATCH_FULL,
            DEFERRABLE,
            NOT_VALID,
            NOT_ENFORCED,
            COMMENT,
        ]
    };
}
pub(super) use of_a_foreign_key;

macro_rules! of_a_check {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            CALLED,
            must("expression", &SQL),
            may("no_inherit", &TRUTH),
            NOT_VALID,
            NOT_ENFORCED,
            COMMENT,
        ]
    };
}
pub(super) use of_a_check;

macro_rules! of_an_index {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            CALLED,
            must("columns", &PARTS),
            may("unique", &TRUTH),
            may("method", &WORD),
            INCLUDE,
            may("where", &SQL),
            NULLS,
            may("invisible", &TRUTH),
            may("options", &LINES),
            COMMENT,
        ]
    };
}
pub(super) use of_an_index;

const fn list(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        least: 0,
        same: Same::Allowed,
    }
}

pub(super) static TABLE: Shape = Shape::Fields(&Fields {
    keys: of_a_table![
        must("name", &QUALIFIED),
        must("columns", &COLUMNS),
        may("renamed_from", &QUALIFIED),
        ONLY,
    ],
    ..Fields::FREE
});

pub(super) static COLUMNS: Shape = list(&COLUMN);
/// What excludes each other on a column.
pub(super) const EITHER: &[(&str, &str)] = &[
    ("identity", "default"),
    ("identity", "generated"),
    ("default", "generated"),
];
static COLUMN: Shape = Shape::Fields(&Fields {
    keys: of_a_column![may("renamed_from", &NAME), may("primaryKey", &TRUTH), ONLY],
    exclusive: &[
        ("primary_key", "primaryKey"),
        ("identity", "default"),
        ("identity", "generated"),
        ("default", "generated"),
    ],
    ..Fields::FREE
});
pub(super) static NOT_NULL: Shape = Shape::Fields(&Fields {
    keys: &[CALLED, NOT_VALID, may("no_inherit", &TRUTH)],
    ..Fields::FREE
});
pub(super) static IDENTITY: Shape = Shape::Any(&[SERVES, NUMBERED]);
pub(super) static GENERATED: Shape = Shape::Any(&[Shape::Text(&rule::ANY), COMPUTED]);
pub(super) static REFERENCES: Shape = Shape::Any(&[Shape::Text(&rule::REFERENCE), REFERRED]);
pub(super) const SERVES: Shape = Shape::Choice(&["always", "by_default", "serial"]);
pub(super) const NUMBERED: Shape = Shape::Fields(&Fields {
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
pub(super) const COMPUTED: Shape = Shape::Fields(&Fields {
    keys: &[
        must("expression", &SQL),
        may("storage", &Shape::Choice(&["stored", "virtual"])),
    ],
    ..Fields::FREE
});
const REFERRED: Shape = Shape::Fields(&Fields {
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
    keys: of_a_key![ONLY],
    ..Fields::FREE
});
pub(super) const PARTS: Shape = Shape::List {
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
    keys: of_a_foreign_key![ONLY],
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
        keys: of_a_check![ONLY],
        ..Fields::FREE
    }),
]));
pub(super) static EXCLUSIONS: Shape = list(&Shape::Fields(&Fields {
    keys: &[CALLED, must("definition", &SQL), COMMENT, ONLY],
    ..Fields::FREE
}));
pub(super) static INDEXES: Shape = list(&Shape::Fields(&Fields {
    keys: of_an_index![may("invalid", &TRUTH), ONLY],
    ..Fields::FREE
}));
pub(super) static LINES: Shape = list(&LINE);
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
