//! The keys of a schema file: one table, or lists of everything a catalog holds.

use super::table::{
    CACHE, CHECKS, COLUMNS, COMMENT, CYCLE, EXCLUSIONS, FOREIGN_KEYS, FREE, INCREMENT, INDEXES,
    INHERITS, MAX, MIN, NAME, ONLY, OPTIONS, PARTITION, PRIMARY_KEY, QUALIFIED, SQL, START, TABLE,
    TRIGGERS, UNIQUE, VALUE, of_a_table,
};
use super::{ANY, Fields, LINE, Needs, Same, Shape, TRUTH, may, must, rule};

const fn list(of: &'static Shape) -> Shape {
    Shape::List {
        of,
        least: 0,
        same: Same::Allowed,
    }
}

/// What only says something of the table of the file.
const fn of_the_table(one: &'static str) -> Needs {
    Needs {
        one,
        other: "table",
        why: "the name of the table that it is about",
    }
}

pub(super) static SCHEMA: Shape = Shape::Fields(&Fields {
    keys: of_a_table![
        may("$schema", &ANY),
        may("version", &Shape::One),
        may("table", &QUALIFIED),
        may("columns", &COLUMNS),
        may("schemas", &list(&SCHEMAS)),
        may("extensions", &list(&EXTENSIONS)),
        may("types", &list(&TYPES)),
        may("sequences", &list(&SEQUENCES)),
        may("tables", &list(&TABLE)),
        may("views", &list(&VIEWS)),
        may("routines", &list(&ROUTINES)),
        may("ignore", &list(&LINE)),
        may("renamed_from", &QUALIFIED),
        ONLY,
    ],
    exclusive: &[("table", "tables")],
    needs: &[
        Needs {
            one: "table",
            other: "columns",
            why: "the columns of the table, in order",
        },
        of_the_table("columns"),
        of_the_table("renamed_from"),
        of_the_table("comment"),
        of_the_table("primary_key"),
        of_the_table("unique"),
        of_the_table("foreign_keys"),
        of_the_table("checks"),
        of_the_table("exclusions"),
        of_the_table("indexes"),
        of_the_table("triggers"),
        of_the_table("partition_by"),
        of_the_table("partition_of"),
        of_the_table("inherits"),
        of_the_table("options"),
        of_the_table("only"),
    ],
    some_of: &[
        "table",
        "tables",
        "schemas",
        "extensions",
        "types",
        "sequences",
        "views",
        "routines",
        "ignore",
    ],
    ..Fields::FREE
});

static SCHEMAS: Shape = Shape::Any(&[
    Shape::Text(&rule::NAME),
    Shape::Fields(&Fields {
        keys: &[must("name", &NAME), COMMENT, ONLY],
        ..Fields::FREE
    }),
]);

static EXTENSIONS: Shape = Shape::Any(&[
    Shape::Text(&rule::NAME),
    Shape::Fields(&Fields {
        keys: &[
            must("name", &NAME),
            may("schema", &NAME),
            may("version", &FREE),
            ONLY,
        ],
        ..Fields::FREE
    }),
]);

static TYPES: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &QUALIFIED),
        COMMENT,
        may("enum", &list(&FREE)),
        may("domain", &DOMAIN),
        may("composite", &list(&ATTRIBUTE)),
        may("other", &ANY),
        ONLY,
    ],
    one_of: &["enum", "domain", "composite", "other"],
    ..Fields::FREE
});
static DOMAIN: Shape = Shape::Fields(&Fields {
    keys: &[
        must("type", &ANY),
        may("not_null", &TRUTH),
        may("default", &VALUE),
        may("collation", &LINE),
        may("checks", &CHECKS),
    ],
    ..Fields::FREE
});
static ATTRIBUTE: Shape = Shape::Fields(&Fields {
    keys: &[must("name", &NAME), must("type", &FREE)],
    ..Fields::FREE
});

static SEQUENCES: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &QUALIFIED),
        may("type", &ANY),
        START,
        INCREMENT,
        MIN,
        MAX,
        CACHE,
        CYCLE,
        may("owned_by", &OWNER),
        COMMENT,
        ONLY,
    ],
    ..Fields::FREE
});

static OWNER: Shape = Shape::Fields(&Fields {
    keys: &[must("table", &QUALIFIED), must("column", &NAME)],
    ..Fields::FREE
});

static VIEWS: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &QUALIFIED),
        may("materialized", &TRUTH),
        must("definition", &SQL),
        may("columns", &list(&ATTRIBUTE)),
        may("indexes", &INDEXES),
        may("triggers", &TRIGGERS),
        may("options", &OPTIONS),
        may(
            "column_comments",
            &Shape::Named {
                key: &rule::NAME,
                of: &FREE,
                least: 0,
            },
        ),
        COMMENT,
        ONLY,
    ],
    ..Fields::FREE
});

static ROUTINES: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &QUALIFIED),
        may("arguments", &FREE),
        must(
            "kind",
            &Shape::Choice(&["function", "procedure", "aggregate"]),
        ),
        must("definition", &SQL),
        COMMENT,
        ONLY,
    ],
    ..Fields::FREE
});
