//! The keys of a targets file. What says where a database is, is what says it in a spec; the rest lies
//! over the connection of the spec.

use super::{
    ANY, BINDING, Field, Fields, KIND, LINE, Need, SCALAR, SECRET, Same, Shape, URL, URL_ENV,
    VARIABLE, may, must, rule,
};

pub(in super::super) static TARGETS: Shape = Shape::Fields(&Fields {
    keys: &[
        may("$schema", &ANY),
        must("version", &Shape::One),
        Field {
            name: "targets",
            need: Need::Required,
            shape: &Shape::List {
                of: &ENTRY,
                least: 1,
                same: Same::Allowed,
            },
        },
    ],
    ..Fields::FREE
});

/// One database of many.
pub(in super::super) static ENTRY: Shape = Shape::Fields(&Fields {
    keys: &[
        must("name", &LINE),
        KIND,
        URL,
        URL_ENV,
        SECRET,
        BINDING,
        may("host", &LINE),
        may(
            "port",
            &Shape::Whole {
                least: 1,
                most: 65535,
            },
        ),
        may("user", &LINE),
        may("password_env", &VARIABLE),
        may("password_file", &ANY),
        may("dbname", &ANY),
        may("schema", &LINE),
        may(
            "options",
            &Shape::Named {
                key: &rule::LINE,
                of: &SCALAR,
                least: 0,
            },
        ),
    ],
    // A password that was given for one server does not go to another.
    exclusive: &[
        ("url", "url_env"),
        ("secret_dir", "binding"),
        ("password_env", "password_file"),
        ("url", "host"),
        ("url", "port"),
        ("url_env", "host"),
        ("url_env", "port"),
        ("secret_dir", "host"),
        ("secret_dir", "port"),
        ("binding", "host"),
        ("binding", "port"),
    ],
    ..Fields::FREE
});
