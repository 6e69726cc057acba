//! The keys of `changes`: what is done to tables, columns, keys and the rest, in the words in which
//! schema files say what they are.

use super::table::{
    CALLED, CHECKS, COLUMNS, COMMENT, COMPUTED, DATA_TYPE, DEFERRABLE, EITHER, EXCLUSIONS,
    FOREIGN_KEYS, FREE, GENERATED, IDENTITY, INCLUDE, INDEXES, INHERITS, LINES, LISTED, MATCH_FULL,
    NAME, NOT_ENFORCED, NOT_NULL, NOT_VALID, NULLS, NUMBERED, ON_CONFLICT, ON_DELETE, ON_UPDATE,
    ONLY, OPTIONS, PARTITION, PARTS, PRIMARY_KEY, QUALIFIED, REFERENCES, SERVES, SQL, TRIGGERS,
    UNIQUE, VALUE, WORD, of_a_check, of_a_column, of_a_foreign_key, of_a_key, of_a_table,
    of_an_index,
};
use super::{ANY, Field, Fields, LINE, SCALAR, Same, Shape, TRUTH, may, must, rule};

/// What an item does; it does one thing.
pub(in super::super) static VERBS: &[&str] = &[
    "create_table",
    "drop_table",
    "rename_table",
    "add_column",
    "drop_column",
    "rename_column",
    "alter_column",
    "add_primary_key",
    "drop_primary_key",
    "add_unique",
    "drop_unique",
    "add_foreign_key",
    "drop_foreign_key",
    "add_check",
    "drop_check",
    "add_index",
    "drop_index",
    "create_view",
    "replace_view",
    "drop_view",
    "create_enum",
    "add_enum_value",
    "drop_enum",
    "comment",
    "sql",
];

pub(super) static CHANGES: Shape = Shape::List {
    of: &CHANGE,
    least: 1,
    same: Same::Allowed,
};

static CHANGE: Shape = Shape::Fields(&Fields {
    keys: &[
        may("create_table", &TABLE),
        may("drop_table", &QUALIFIED),
        may("rename_table", &RENAMED_TABLE),
        may("add_column", &COLUMN),
        may("drop_column", &NAMED),
        may("rename_column", &RENAMED_COLUMN),
        may("alter_column", &ALTERED),
        may("add_primary_key", &KEY),
        may("drop_primary_key", &OF_TABLE),
        may("add_unique", &KEY),
        may("drop_unique", &GONE_KEY),
        may("add_foreign_key", &FOREIGN_KEY),
        may("drop_foreign_key", &GONE_KEY),
        may("add_check", &CHECK),
        may("drop_check", &GONE_CHECK),
        may("add_index", &INDEX),
        may("drop_index", &GONE_INDEX),
        may("create_view", &VIEW),
        may("replace_view", &VIEW),
        may("drop_view", &QUALIFIED),
        may("create_enum", &ENUM),
        may("add_enum_value", &MORE),
        may("drop_enum", &QUALIFIED),
        may("comment", &REMARK),
        may("sql", &RAW),
        ONLY,
    ],
    one_of: VERBS,
    ..Fields::FREE
});

const OF: Field = must("table", &QUALIFIED);
/// How columns tell which one is meant.
const COLUMNS_OF: Field = may("columns", &LISTED);
const ONLINE: Field = may("concurrently", &TRUTH);

static TABLE: Shape = Shape::Fields(&Fields {
    keys: of_a_table![must("name", &QUALIFIED), must("columns", &COLUMNS)],
    ..Fields::FREE
});

static RENAMED_TABLE: Shape = Shape::Fields(&Fields {
    keys: &[must("from", &QUALIFIED), must("to", &QUALIFIED)],
    ..Fields::FREE
});

static COLUMN: Shape = Shape::Fields(&Fields {
    keys: of_a_column![OF],
    exclusive: EITHER,
    ..Fields::FREE
});

static NAMED: Shape = Shape::Fields(&Fields {
    keys: &[OF, must("name", &NAME)],
    ..Fields::FREE
});

static RENAMED_COLUMN: Shape = Shape::Fields(&Fields {
    keys: &[OF, must("from", &NAME), must("to", &NAME)],
    ..Fields::FREE
});

/// What is said becomes so, null takes it away, and what is not said stays.
static ALTERED: Shape = Shape::Fields(&Fields {
    keys: &[
        OF,
        must("name", &NAME),
        may("type", &SQL),
        may("nullable", &TRUTH),
        may(
            "default",
            &Shape::Any(&[Shape::Cell, Shape::Databases(&SCALAR)]),
        ),
        may("identity", &Shape::Any(&[Shape::Null, SERVES, NUMBERED])),
        may(
            "generated",
            &Shape::Any(&[Shape::Null, Shape::Text(&rule::ANY), COMPUTED]),
        ),
        may("charset", &MAYBE_WORD),
        may("collation", &MAYBE_WORD),
        may(
            "on_update",
            &Shape::Any(&[Shape::Null, Shape::Text(&rule::ANY), Shape::Databases(&ANY)]),
        ),
        may("invisible", &TRUTH),
        may("comment", &MAYBE_FREE),
    ],
    some_of: ALTERABLE,
    exclusive: EITHER,
    ..Fields::FREE
});

/// What of a column can become another.
pub(in super::super) static ALTERABLE: &[&str] = &[
    "type",
    "nullable",
    "default",
    "identity",
    "generated",
    "charset",
    "collation",
    "on_update",
    "invisible",
    "comment",
];

static MAYBE_WORD: Shape = Shape::Any(&[
    Shape::Null,
    Shape::Text(&rule::LINE),
    Shape::Databases(&LINE),
]);
static MAYBE_FREE: Shape = Shape::Any(&[Shape::Null, Shape::Text(&rule::FREE)]);

static KEY: Shape = Shape::Fields(&Fields {
    keys: of_a_key![OF],
    ..Fields::FREE
});

static OF_TABLE: Shape = Shape::Fields(&Fields {
    keys: &[OF],
    ..Fields::FREE
});

static GONE_KEY: Shape = Shape::Fields(&Fields {
    keys: &[OF, CALLED, COLUMNS_OF],
    one_of: &["name", "columns"],
    ..Fields::FREE
});

static FOREIGN_KEY: Shape = Shape::Fields(&Fields {
    keys: of_a_foreign_key![OF],
    ..Fields::FREE
});

static CHECK: Shape = Shape::Fields(&Fields {
    keys: of_a_check![OF],
    ..Fields::FREE
});

static GONE_CHECK: Shape = Shape::Fields(&Fields {
    keys: &[OF, CALLED, may("expression", &SQL)],
    one_of: &["name", "expression"],
    ..Fields::FREE
});

static INDEX: Shape = Shape::Fields(&Fields {
    keys: of_an_index![OF, ONLINE],
    ..Fields::FREE
});

static GONE_INDEX: Shape = Shape::Fields(&Fields {
    keys: &[OF, CALLED, COLUMNS_OF, ONLINE],
    one_of: &["name", "columns"],
    ..Fields::FREE
});

static VIEW: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &QUALIFIED),
        must("definition", &SQL),
        may("materialized", &TRUTH),
        may("options", &OPTIONS),
        COMMENT,
    ],
    ..Fields::FREE
});

static ENUM: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &QUALIFIED),
        must(
            "values",
            &Shape::List {
                of: &FREE,
                least: 1,
                same: Same::Refused,
            },
        ),
    ],
    ..Fields::FREE
});

static MORE: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &QUALIFIED),
        must("value", &FREE),
        may("before", &FREE),
        may("after", &FREE),
    ],
    exclusive: &[("before", "after")],
    ..Fields::FREE
});

static REMARK: Shape = Shape::Fields(&Fields {
    keys: &[OF, may("column", &NAME), must("text", &MAYBE_FREE)],
    ..Fields::FREE
});

static RAW: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::Fields(&Fields {
        keys: &[must("up", &SQL), may("down", &SQL)],
        ..Fields::FREE
    }),
]);
