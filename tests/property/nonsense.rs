//! Texts that are no expressions, or far too long ones: they are compared all the same. (Catches a
//! panic, a stack that ends, a cost that grows with the square.)

use crate::chance::{Chance, amount, seed};
use initium::connect::dialect;
use std::hint::black_box;
use std::time::Instant;

const DATABASES: [&str; 4] = ["postgres", "mysql", "mariadb", "sqlite"];

const PIECES: &[&str] = &[
    "a",
    "b",
    "1",
    "1.5",
    "'x'",
    "\"q\"",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "::",
    ":",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "<>",
    "<",
    ">=",
    "||",
    "&&",
    "!",
    "~",
    "->",
    "->>",
    "AND",
    "OR",
    "NOT",
    "IS",
    "NULL",
    "IN",
    "BETWEEN",
    "LIKE",
    "ESCAPE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST",
    "AS",
    "int",
    "numeric(10,2)",
    "timestamp",
    "with",
    "time",
    "zone",
    "AT",
    "ARRAY",
    "ROW",
    "ANY",
    "ALL",
    "interval",
    "day",
    "COLLATE",
    "DISTINCT",
    "FROM",
    "TRUE",
    "extract",
    "trim",
    "both",
    "for",
    "substring",
    "position",
    "coalesce",
    "lower",
    "now",
    "E'\\n'",
    "x'ff'",
    "b'1'",
    "_utf8mb4",
    "0x1f",
    "1e9",
    "1e",
    "$$a$$",
    "`b`",
    "--c\n",
    "/*c*/",
    ";",
    "é",
    "\u{1f}",
    "?",
    "@",
    "#",
    "|/",
    "exists",
    "select",
    "*",
    "mod",
    "div",
    "xor",
    "regexp",
    "binary",
    "similar",
    "to",
    "convert",
    "using",
    "1e-99",
    "99999999999999999999",
    "'2020-1-1'",
    "date",
    "'1 day'",
    "'{}'",
    "jsonb",
    "text[]",
];

fn compared(database: &str, text: &str) -> bool {
    let dialect = dialect(database).unwrap();
    let ddl = dialect.ddl().unwrap();
    // Something that differs, or it would not be read.
    ddl.same(text, &format!("{text} "))
}

#[test]
fn any_text_can_be_compared() {
    let seed = seed();
    println!("PROPERTY_SEED={seed}");
    let mut chance = Chance(seed);
    for _ in 0..amount(20_000, 1_000_000) {
        let count = chance.below(24);
        let glue = if chance.one_in(4) { "" } else { " " };
        let words: Vec<_> = (0..count).map(|_| *chance.of(PIECES)).collect();
        let text = words.join(glue);
        for database in DATABASES {
            let is_finished = !["/*", "--", "["].iter().any(|open| text.contains(open));
            assert!(
                compared(database, &text) || !is_finished,
                "{database}: {text}"
            );
        }
    }
}

#[test]
fn any_bytes_can_be_compared() {
    let seed = seed();
    println!("PROPERTY_SEED={seed}");
    let mut chance = Chance(seed);
    for _ in 0..amount(20_000, 1_000_000) {
        let count = chance.below(40);
        let bytes: Vec<u8> = (0..count).map(|_| chance.below(256) as u8 & 0x7f).collect();
        let text = String::from_utf8(bytes).unwrap();
        for database in DATABASES {
            black_box(compared(database, &text));
        }
    }
}

/// What is repeated, and what stands before and behind it.
const SHAPES: &[(&str, &str, &str)] = &[
    ("", "(", ""),
    ("", "(", "a"),
    ("a", " + 1", ""),
    ("a", " || 'x'", ""),
    ("a = 1", " AND a = 1", ""),
    ("a = 1", " OR b = 2 AND a = 1", ""),
    ("a = 1", " AND a >= 1 AND a <= 2", ""),
    ("a IN (1", ", 2", ")"),
    ("a IN (b", ", c", ")"),
    ("(a, b) IN ((1, 2)", ", (3, 4)", ")"),
    ("coalesce(a", ", b", ")"),
    ("ARRAY[1", ", 2", "]"),
    ("CASE", " WHEN a = 1 THEN 2", " END"),
    ("", "NOT ", "a"),
    ("", "- ", "a"),
    ("", "f(", "a"),
    ("a", "::int", ""),
    ("a", "[1]", ""),
    ("a", ".b", ""),
    ("", "'a' ", ""),
    ("a", " IS NULL", ""),
    ("a", " BETWEEN 1 AND 2", ""),
    ("a", " IN (b, c)", ""),
    ("a", " COLLATE b", ""),
    ("", "CASE ", ""),
    ("", "a ", ""),
    ("", "'", ""),
    ("", "$a$", ""),
    ("'", "x", "'"),
    ("", "interval ", "1 day"),
    ("", "\"a\".", "b"),
    ("", "language sql as $$ ", ""),
    ("1", "0", ""),
    ("1.", "0", ""),
    ("SELECT a FROM t WHERE a", " = b", ";"),
];

fn cost(database: &str, text: &str) -> f64 {
    let runs = (0..3).map(|_| {
        let start = Instant::now();
        black_box(compared(database, text));
        start.elapsed().as_secs_f64()
    });
    runs.fold(f64::MAX, f64::min)
}

#[test]
fn a_long_expression_costs_what_its_length_says() {
    for (before, part, behind) in SHAPES {
        let text = |n: usize| format!("{before}{}{behind}", part.repeat(n));
        for database in DATABASES {
            let (one, many) = (text(400), text(6_400));
            let ratio = cost(database, &many) / cost(database, &one).max(2e-5);
            assert!(
                ratio < 90.0,
                "{database}: {before}{part}..{behind}: {ratio:.0} times"
            );
        }
    }
}

/// What stands in itself, as deep as somebody likes.
#[test]
fn a_deep_expression_ends() {
    for (before, behind) in [
        ("(a IN (b, c) AND ", ")"),
        ("((", ", b) IN ((1, a), (b, 2)))"),
        ("(", " BETWEEN 1 AND 2)"),
        ("NOT (", " AND b)"),
        ("(", " IN (b, c))"),
        ("CASE WHEN a THEN ", " ELSE b END"),
        ("coalesce(", ", b)"),
        ("ARRAY[", "]"),
        ("CAST(", " AS text)"),
        ("-(", ")"),
        ("interval (", ") day"),
    ] {
        for depth in [1, 20, 40, 47, 60, 90, 95, 96, 97, 200, 20_000] {
            let text = format!("{}a{}", before.repeat(depth), behind.repeat(depth));
            for database in DATABASES {
                assert!(
                    compared(database, &text),
                    "{database}: {depth} times {before}"
                );
            }
        }
    }
}
