//! Functions: other names, what they take, what they give.

use super::choice::{Typed, all_to, common, is_text, rank, unify};
use super::literal::{TEXT, UNKNOWN};
use initium_driver::sql::expression::Node;

pub const SYNONYMS: &[(&str, &str)] = &[
    ("btrim", "trim"),
    ("current_role", "current_user"),
    ("current_timestamp", "now"),
    ("transaction_timestamp", "now"),
    ("user", "current_user"),
];

pub const BARE: &[&str] = &[
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

/// What a function takes, a letter each (the last one for all that follow), and what it gives. `t`
/// text, `d` double precision, `z` a moment, `c` the configuration of a search where something
/// follows, `r` a relation, `p` a path in JSON, `q` one byte; `.` whatever is given. `=` gives the
/// type of the first.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("abs", ".", "="),
    ("age", ".", "interval"),
    ("array_length", ".", "integer"),
    ("array_to_string", ".t", "text"),
    ("ascii", "t", "integer"),
    ("cardinality", ".", "integer"),
    ("char_length", "l", "integer"),
    ("character_length", "l", "integer"),
    ("clock_timestamp", "", "timestamp with time zone"),
    ("concat", ".", "text"),
    ("current_date", "", "date"),
    ("currval", "r", "bigint"),
    ("date_part", "t.", "double precision"),
    ("date_trunc", "tz", "="),
    ("decode", "t", "bytea"),
    ("encode", ".t", "text"),
    ("exp", "d", "double precision"),
    ("gen_random_uuid", "", "uuid"),
    ("initcap", "t", "text"),
    ("isfinite", ".", "boolean"),
    ("json_typeof", ".", "text"),
    ("jsonb_array_length", ".", "integer"),
    ("jsonb_path_exists", ".p.", "boolean"),
    ("jsonb_path_query_first", ".p.", "jsonb"),
    ("jsonb_typeof", ".", "text"),
    ("left", "t.", "text"),
    ("length", "l", "integer"),
    ("like_escape", "t", "text"),
    ("localtimestamp", "", "timestamp without time zone"),
    ("lower", "t", "text"),
    ("lpad", "t.t", "text"),
    ("ltrim", "t", "text"),
    ("md5", "t", "text"),
    ("nextval", "r", "bigint"),
    ("now", "", "timestamp with time zone"),
    ("num_nonnulls", ".", "integer"),
    ("num_nulls", ".", "integer"),
    ("octet_length", "l", "integer"),
    ("overlay", "tt.", "text"),
    ("phraseto_tsquery", "ct", "tsquery"),
    ("plainto_tsquery", "ct", "tsquery"),
    ("position", "t", "integer"),
    ("power", "d", "double precision"),
    ("random", "", "double precision"),
    ("regexp_replace", "t", "text"),
    ("repeat", "t.", "text"),
    ("replace", "t", "text"),
    ("reverse", "t", "text"),
    ("right", "t.", "text"),
    ("round", ".", "="),
    ("rpad", "t.t", "text"),
    ("rtrim", "t", "text"),
    ("setval", "r.", "bigint"),
    ("setweight", ".q", "tsvector"),
    ("similar_to_escape", "t", "text"),
    ("split_part", "tt.", "text"),
    ("sqrt", "d", "double precision"),
    ("starts_with", "t", "boolean"),
    ("statement_timestamp", "", "timestamp with time zone"),
    ("string_to_array", "t", "text[]"),
    ("strpos", "t", "integer"),
    ("substr", "t.", "text"),
    ("substring", "tu", "text"),
    ("to_char", ".t", "text"),
    ("to_date", "t", "date"),
    ("to_number", "t", "numeric"),
    ("to_tsquery", "ct", "tsquery"),
    ("to_tsvector", "ct", "tsvector"),
    ("translate", "t", "text"),
    ("trim", "t", "text"),
    ("upper", "t", "text"),
    ("websearch_to_tsquery", "ct", "tsquery"),
];

pub fn function(name: &str, of: Vec<Typed>) -> Typed {
    match (name, of.len()) {
        ("coalesce" | "greatest" | "least", _) => {
            let to = common(&of);
            return Typed::new(Node::function(name, all_to(of, &to)), &to);
        }
        ("nullif", 2) => return nullif(of),
        ("timezone", 2) => return zoned(of),
        ("to_timestamp", 1) => return called(name, of, "d", "timestamp with time zone"),
        ("floor" | "ceil" | "ceiling", 1) if of[0].of != "numeric" => {
            return called(name, of, "d", "double precision");
        }
        ("floor" | "ceil" | "ceiling", 1) => return called(name, of, ".", "numeric"),
        ("power" | "sqrt" | "exp", _) if of.iter().any(|of| of.of == "numeric") => {
            let all = of.into_iter().map(|typed| match rank(&typed.of) {
                Some(0..3) => typed.to("numeric"),
                _ => typed,
            });
            return called(name, all.collect(), ".", "numeric");
        }
        _ => {}
    }
    match FUNCTIONS.binary_search_by_key(&name, |(own, _, _)| own) {
        Ok(at) => {
            let (_, takes, gives) = FUNCTIONS[at];
            called(name, of, takes, gives)
        }
        // A text fits every function that takes a literal of no type.
        Err(_) => called(name, of, "u", ""),
    }
}

fn called(name: &str, of: Vec<Typed>, takes: &str, gives: &str) -> Typed {
    let count = of.len();
    let letter = |n: usize| takes.chars().nth(n).or(takes.chars().last()).unwrap_or('.');
    let mut is_known = true;
    let of: Vec<_> = of
        .into_iter()
        .enumerate()
        .map(|(n, typed)| {
            is_known &=
                !matches!(letter(n), 't' | 'l') || is_text(&typed.of) || typed.of == UNKNOWN;
            argument(typed, letter(n), count)
        })
        .collect();
    let gives = match gives {
        "=" => of.first().map_or("", |typed| typed.of.as_str()),
        gives => gives,
    };
    // `lower` is of ranges as well.
    let gives = if is_known {
        gives.to_string()
    } else {
        String::new()
    };
    let of = of.into_iter().map(|typed| typed.node).collect();
    Typed {
        node: Node::function(name, of),
        of: gives,
    }
}

fn argument(typed: Typed, takes: char, count: usize) -> Typed {
    let to = match (takes, typed.of.as_str()) {
        ('c', UNKNOWN) if count > 1 => "regconfig",
        ('r', UNKNOWN) => "regclass",
        ('p', UNKNOWN) => "jsonpath",
        ('q', UNKNOWN) => "\"char\"",
        ('z', "date") => "timestamp with time zone",
        ('d', of) if rank(of).is_some_and(|rank| rank < 4) => "double precision",
        ('t', "character") => TEXT,
        ('t' | 'l' | 'u' | 'c', UNKNOWN | "character varying") => TEXT,
        _ => return typed,
    };
    typed.to(to)
}

fn nullif(mut of: Vec<Typed>) -> Typed {
    let (Some(other), Some(one)) = (of.pop(), of.pop()) else {
        return Typed::new(Node::function("nullif", Vec::new()), "");
    };
    let (one, other) = unify(one, other);
    let of = one.of.clone();
    Typed::new(Node::function("nullif", vec![one.node, other.node]), &of)
}

/// With a zone a moment becomes a clock's time, and the other way round.
fn zoned(of: Vec<Typed>) -> Typed {
    let gives = match of[1].of.as_str() {
        "timestamp with time zone" => "timestamp without time zone",
        "timestamp without time zone" => "timestamp with time zone",
        _ => "",
    };
    called("timezone", of, "t.", gives)
}

#[cfg(test)]
mod tests {
    #[test]
    fn functions_can_be_searched() {
        assert!(super::FUNCTIONS.is_sorted_by_key(|(name, _, _)| name));
    }
}
