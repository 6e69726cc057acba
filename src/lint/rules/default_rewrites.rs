//! A new column with a default that differs from row to row.

use crate::lint::rule::{About, Found, Rule, SERVERS};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl::{self, Column, Name, Tongue, What};

pub static RULE: Rule = Rule {
    id: "default-rewrites",
    title: "a default that differs from row to row writes the table anew",
    severity: Severity::Error,
    about: About::Wait,
    databases: SERVERS,
    why: "A constant default is kept in the catalog, and no row is touched. One that is volatile (random(), uuid) is worked out for every row: the table is written anew, and others wait.",
    instead: "add the column without a default, set the default in a statement of its own, and fill old rows in batches",
    others: &[
        "atlas:PG302",
        "squawk:adding-field-with-default",
        "strong_migrations:add_column_default",
        "strong_migrations:add_column_default_callable",
    ],
    check,
};

/// Functions whose answer is the same for all rows of a statement; what is not known here may be anything.
const STABLE: &[&str] = &[
    "now",
    "current_timestamp",
    "localtimestamp",
    "transaction_timestamp",
    "statement_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "current_user",
    "session_user",
    "current_setting",
    "timezone",
    "to_timestamp",
    "to_date",
    "to_char",
    "date_trunc",
    "date_part",
    "extract",
    "make_interval",
    "make_date",
    "interval",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "lower",
    "upper",
    "left",
    "right",
    "substring",
    "replace",
    "trim",
    "btrim",
    "length",
    "format",
    "concat",
    "md5",
    "sha256",
    "encode",
    "decode",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "round",
    "abs",
    "floor",
    "ceil",
    "cast",
    "array",
    "row",
    "string_to_array",
    "to_json",
    "to_jsonb",
    "json_build_object",
    "json_build_array",
    "jsonb_build_object",
    "jsonb_build_array",
    "int4range",
    "int8range",
    "numrange",
    "daterange",
    "tstzrange",
    "point",
    "numeric",
    "decimal",
    "varchar",
    "varying",
    "char",
    "character",
    "bit",
    "float",
    "in",
    "any",
    "all",
    "and",
    "or",
    "not",
    "when",
    "then",
    "else",
];

/// Those of MySQL and MariaDB that differ from row to row.
const VOLATILE: &[&str] = &[
    "uuid",
    "rand",
    "uuid_short",
    "random_bytes",
    "sys_guid",
    "uuid_v4",
    "uuid_v7",
];

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let (What::AddColumn(column), Some(table)) = (&sight.act.what, sight.old_table()) else {
        return;
    };
    let Some(default) = column.default else {
        return;
    };
    let called = ddl::calls(default, sight.ground.tongue);
    let Some(call) = called.iter().find(|name| match sight.is(Tongue::Postgres) {
        true => !STABLE.contains(&name.as_str()),
        false => VOLATILE.contains(&name.as_str()),
    }) else {
        return;
    };
    if !sight.is(Tongue::Postgres) {
        let message = match sight.is(Tongue::MySql) {
            true => format!(
                "a server with a binary log refuses {call}() here, any other copies {table}"
            ),
            false => format!("nobody can write to {table} while it is copied for {call}()"),
        };
        if !sight.is_guarded() {
            out.push(sight.found(message));
        }
        return;
    }
    let found = sight.found(format!(
        "nobody gets at {table} while {call}() is worked out for every row"
    ));
    let alone = sight.acts().len() == 1 && !column.not_null && !column.unique;
    out.push(match alone {
        true => found.rewrite([rewrite(sight, table, column, default)]),
        false => found,
    });
}

fn rewrite(sight: &Sight, table: &Name, column: &Column, default: &str) -> String {
    let (table, name) = (sight.path(table), sight.quoted(&column.name));
    let added = format!(
        "ALTER TABLE {table} ADD COLUMN {name} {};",
        column.data_type
    );
    format!("{added}\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default};")
}
