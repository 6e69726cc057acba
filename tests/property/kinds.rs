//! What each database has: its types with values that fit, and what only it can hold.

/// A type, what may stand in it, and what it may be by itself.
pub struct Kind {
    pub of: &'static str,
    pub family: Family,
    pub values: &'static [&'static str],
    pub defaults: &'static [&'static str],
    pub keyed: Keyed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Number,
    Text,
    Other,
}

/// Whether an index can be made of it as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    Yes,
    No,
}

const fn number(
    of: &'static str,
    values: &'static [&'static str],
    defaults: &'static [&'static str],
) -> Kind {
    Kind {
        of,
        family: Family::Number,
        values,
        defaults,
        keyed: Keyed::Yes,
    }
}

const fn text(of: &'static str) -> Kind {
    Kind {
        of,
        family: Family::Text,
        values: &["'a'", "'B'", "'it''s'", "'ünï'", "''", "'10'"],
        defaults: &["'a'", "''", "'it''s'"],
        keyed: Keyed::Yes,
    }
}

const fn other(
    of: &'static str,
    values: &'static [&'static str],
    defaults: &'static [&'static str],
) -> Kind {
    Kind {
        of,
        family: Family::Other,
        values,
        defaults,
        keyed: Keyed::Yes,
    }
}

const fn unkeyed(kind: Kind) -> Kind {
    Kind {
        keyed: Keyed::No,
        ..kind
    }
}

const fn bare(kind: Kind) -> Kind {
    Kind {
        defaults: &[],
        ..kind
    }
}

const SMALL: &[&str] = &["0", "1", "2", "-1", "100"];
const WHOLE: &[&str] = &["0", "1", "2", "-1", "100", "32768", "2147483647"];
const LARGE: &[&str] = &["0", "1", "-1", "9007199254740993", "-9223372036854775808"];
const PARTS: &[&str] = &["0", "1.5", "-1.25", "12345.67", "0.1"];
const DATES: &[&str] = &["'2020-01-01'", "'1999-12-31'", "'2024-02-29'"];
const MOMENTS: &[&str] = &["'2020-01-01 00:00:00'", "'1999-12-31 23:59:59'"];

pub const POSTGRES: &[Kind] = &[
    number("smallint", SMALL, &["0", "-1"]),
    number("integer", WHOLE, &["0", "1", "-1", "1 + 1"]),
    number("bigint", LARGE, &["0", "10000000000"]),
    number("numeric(10,2)", PARTS, &["0", "1.5", "0.00"]),
    number("numeric", PARTS, &["0", "0.5"]),
    number("real", PARTS, &["0.5"]),
    number("double precision", PARTS, &["0", "1.5"]),
    text("varchar(20)"),
    text("varchar(50)"),
    text("varchar"),
    text("text"),
    text("char(5)"),
    other("boolean", &["true", "false"], &["true", "false"]),
    other("date", DATES, &["CURRENT_DATE", "'2020-01-01'"]),
    other("timestamp", MOMENTS, &["now()", "'2020-01-01 00:00:00'"]),
    other("timestamp(3)", MOMENTS, &["CURRENT_TIMESTAMP"]),
    other(
        "timestamptz",
        MOMENTS,
        &["now()", "CURRENT_TIMESTAMP", "now() + interval '1 day'"],
    ),
    other("time", &["'12:00:00'"], &["'12:00:00'"]),
    other("interval", &["'1 day'", "'02:00:00'"], &["'1 day'"]),
    other(
        "uuid",
        &["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
        &["gen_random_uuid()"],
    ),
    other("jsonb", &["'{\"a\": 1}'", "'[]'"], &["'{}'", "'[]'::jsonb"]),
    unkeyed(other("json", &["'{\"a\": 1}'"], &["'{}'"])),
    other("integer[]", &["'{1,2}'", "'{}'"], &["'{}'", "ARRAY[1, 2]"]),
    other(
        "text[]",
        &["'{a,b}'", "'{}'"],
        &["'{}'::text[]", "ARRAY['a', 'b']"],
    ),
    other("bytea", &["'\\x01'"], &["'\\x00'"]),
    other("inet", &["'10.0.0.1'"], &["'127.0.0.1'"]),
    other("int4range", &["'[1,5)'"], &["'[1,5)'"]),
];

pub const MYSQL: &[Kind] = &[
    number("tinyint(1)", &["0", "1"], &["0", "1", "true"]),
    number("smallint", SMALL, &["0", "-1"]),
    number("int", WHOLE, &["0", "1", "-1"]),
    number("int unsigned", &["0", "1", "100"], &["0", "7"]),
    number("bigint", LARGE, &["0", "10000000000"]),
    number("decimal(10,2)", PARTS, &["0", "1.5", "0.00"]),
    number("decimal(12,4)", PARTS, &["0"]),
    number("double", PARTS, &["0", "1.5"]),
    number("float", &["0", "1.5"], &["0.5"]),
    text("varchar(20)"),
    text("varchar(50)"),
    text("varchar(300)"),
    text("char(5)"),
    unkeyed(bare(text("text"))),
    unkeyed(bare(text("mediumtext"))),
    other("date", DATES, &["'2020-01-01'", "(curdate())"]),
    other(
        "datetime",
        MOMENTS,
        &["CURRENT_TIMESTAMP", "now()", "'2020-01-01 00:00:00'"],
    ),
    other("datetime(3)", MOMENTS, &["CURRENT_TIMESTAMP(3)"]),
    other("timestamp", MOMENTS, &["CURRENT_TIMESTAMP"]),
    other("time", &["'12:00:00'"], &["'12:00:00'"]),
    other("year", &["2020"], &["2020"]),
    unkeyed(bare(other("json", &["'{\"a\": 1}'", "'[]'"], &[]))),
    other("enum('a','b')", &["'a'", "'b'"], &["'a'"]),
    other("enum('a','b','c')", &["'a'", "'c'"], &["'c'"]),
    other("set('x','y')", &["'x'", "'x,y'"], &["'x'"]),
    other("varbinary(20)", &["'ab'"], &[]),
    unkeyed(bare(other("blob", &["'ab'"], &[]))),
    other("bit(8)", &["b'101'"], &["b'101'"]),
];

pub const SQLITE: &[Kind] = &[
    number("INTEGER", WHOLE, &["0", "1", "-1", "(1 + 1)"]),
    number("BIGINT", LARGE, &["0"]),
    number("REAL", PARTS, &["0.5", "0"]),
    number("NUMERIC", PARTS, &["0"]),
    number("DECIMAL(10,2)", PARTS, &["0.00"]),
    number("BOOLEAN", &["0", "1"], &["0", "TRUE"]),
    text("TEXT"),
    text("VARCHAR(20)"),
    text("VARCHAR(50)"),
    other("DATE", DATES, &["CURRENT_DATE"]),
    other("DATETIME", MOMENTS, &["CURRENT_TIMESTAMP"]),
    other("BLOB", &["x'00ff'", "'a'"], &["x'00'"]),
    other("JSON", &["'{}'"], &["'{}'"]),
];

pub fn of(kind: &str) -> &'static [Kind] {
    match kind {
        "postgres" => POSTGRES,
        "sqlite" => SQLITE,
        _ => MYSQL,
    }
}

/// A name as this database quotes it.
pub fn quoted(kind: &str, name: &str) -> String {
    match kind {
        "mysql" | "mariadb" => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}
