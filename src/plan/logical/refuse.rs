//! The errors of changes that cannot be made of what is known.

use initium_driver::{Code, Error, Name};

/// It does not fit what is there.
pub fn impossible(message: impl Into<String>) -> Error {
    Error::new(Code::ChangeImpossible, message).help(
        "compare the change with what the database holds now; what was changed by hand has to be undone, or said in the spec",
    )
}

pub fn missing(kind: &str, name: &str) -> Error {
    impossible(format!("there is no {kind} {name}"))
}

pub fn taken(kind: &str, name: &str) -> Error {
    impossible(format!("there is a {kind} {name} already"))
}

/// What SQL in front of it may change.
pub fn unknown(kind: &str, name: &Name) -> Error {
    Error::new(
        Code::ObjectUnknown,
        format!("the change needs to know {kind} {name}, and SQL in front of it, which has not run yet, may change that"),
    )
    .help("apply the migrations in front of it first (--to), then this one; or say in `changes` what that SQL does")
}
