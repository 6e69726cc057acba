//! The keys of what stands beside migrations: folders of them, what runs with them, what is put into them.

use super::{ANY, Fields, Format, SCALAR, Shape, TRUTH, VARIABLE, may, migration, must, rule};

/// Folders of migrations.
pub(super) static SOURCES: Shape = Shape::Any(&[
    Shape::Text(&rule::ANY),
    Shape::Fields(&Fields {
        keys: &[
            must("dir", &ANY),
            may("format", &Shape::Choice(Format::WORDS)),
            may("target", &migration::TARGETS),
        ],
        ..Fields::FREE
    }),
]);

/// What runs with migrations and is none.
pub(super) static CALLBACKS: Shape = Shape::Fields(&Fields {
    keys: &[
        may("before_all", &migration::SCRIPT),
        may("after_all", &migration::SCRIPT),
        may("before_each", &migration::SCRIPT),
        may("after_each", &migration::SCRIPT),
        may("on_error", &migration::SCRIPT),
    ],
    ..Fields::FREE
});

pub(super) static VARIABLES: Shape = Shape::Fields(&Fields {
    keys: &[
        may(
            "type",
            &Shape::Choice(&["text", "identifier", "number", "raw"]),
        ),
        may("default", &SCALAR),
        may("env", &VARIABLE),
        may("secret", &TRUTH),
    ],
    // A secret does not stand in a file.
    exclusive: &[("secret", "default")],
    ..Fields::FREE
});
