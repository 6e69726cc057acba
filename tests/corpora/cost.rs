//! What a text costs grows with its length and no faster. No time is expected, only
//! that sixteen times the text costs much less than the 256 times of a square.

use initium::connect::dialect;
use initium_driver::Source;
use initium_driver::sql::ddl::{self, Tongue};
use std::hint::black_box;
use std::time::Instant;

/// The least of several runs: what else the machine does only adds to it.
fn cost(database: &str, text: &str) -> f64 {
    let dialect = dialect(database).expect("in this build");
    let source = Source::file("a.sql", text);
    let runs = (0..2).map(|_| {
        let start = Instant::now();
        let _ = black_box(dialect.split(&source));
        let _ = black_box(dialect.normal_form(text));
        let _ = black_box(Tongue::of(database).map(|tongue| ddl::read(text, tongue)));
        start.elapsed().as_secs_f64()
    });
    runs.fold(f64::MAX, f64::min)
}

/// What is repeated, and what stands before and behind it.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    ("semicolons", "", ";", ""),
    ("statements", "", "SELECT 1;\n", ""),
    ("statements on one line", "", "SELECT 1;", ""),
    ("dashes", "", "-", ""),
    ("comments of one line", "", "--\n", ""),
    ("comments and words", "", "a /* b */ ", ""),
    ("a row of comments", "SELECT ", "/**/", "1"),
    ("comments opened inside comments", "", "/*", ""),
    ("nested comments, closed", "", "/* */", ""),
    ("a string that never ends", "'", "x", ""),
    ("quotes that never end", "", "''", "'"),
    ("backslashes", "E'", "\\", ""),
    ("continued strings", "SELECT E'a'", "\n'b\\''", ";"),
    ("parentheses", "", "(", ""),
    ("parentheses, closed too often", "", ")", ";"),
    ("dollar bodies", "", "$a$$a$", ""),
    ("dollars", "", "$", ""),
    ("dollars that open nothing", "", "$1 ", ""),
    ("dollars far from each other", "", " $a b", ""),
    ("a tag that never closes", "$a$", "$b$", ""),
    ("words", "SELECT ", "x ", ";"),
    ("one word", "SELECT ", "x", ";"),
    ("letters", "SELECT '", "é", "';"),
    ("brackets", "", "[a]", ""),
    ("backticks", "", "`a`", ""),
    ("code", "", "/*!1 a */ ", ""),
    ("code and semicolons", "", "/*! ; */;", ""),
    (
        "a body",
        "CREATE PROCEDURE p() BEGIN ",
        "SELECT 1; ",
        "END;",
    ),
    (
        "bodies in a body",
        "CREATE PROCEDURE p() BEGIN ",
        "BEGIN ",
        "",
    ),
    (
        "an atomic body",
        "CREATE FUNCTION f() BEGIN ATOMIC ",
        "SELECT CASE 1 WHEN 1 THEN 2 END; ",
        "END;",
    ),
    (
        "a trigger",
        "CREATE TRIGGER t AFTER INSERT ON t BEGIN ",
        "SELECT 1; ",
        "END;",
    ),
    (
        "a trigger with a long head",
        "CREATE TRIGGER t ",
        "x ",
        "BEGIN SELECT 1; SELECT 2; END;",
    ),
    ("delimiters in a statement", "SELECT 1 ", "delimiter ", ""),
    (
        "delimiters on lines of their own",
        "SELECT 1",
        "\ndelimiter x",
        "",
    ),
    ("delimiter lines", "", "DELIMITER //\nDELIMITER ;\n", ""),
    (
        "statements before a delimiter",
        "DELIMITER //\n",
        "SELECT 1; ",
        "//",
    ),
    (
        "held semicolons",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN END",
        ";",
        "//",
    ),
    (
        "columns of a table",
        "CREATE TABLE t (",
        "a int NOT NULL DEFAULT (1), ",
        "b int)",
    ),
    (
        "clauses of a table",
        "ALTER TABLE t ADD a int",
        ", ADD b int",
        "",
    ),
    ("tables that go", "DROP TABLE a", ", b", ""),
    (
        "parentheses in a table",
        "CREATE TABLE t (a int DEFAULT ",
        "(",
        "",
    ),
    (
        "common table expressions",
        "WITH a AS (SELECT 1)",
        ", b AS (SELECT 1)",
        " DELETE FROM t",
    ),
    ("byte order marks", "", "\u{feff}", ""),
    ("carriage returns", "", "\r", ""),
];

/// The long text is so many short ones. Its cost may be four times as far from that as from its
/// square, because other work on the machine is in the figures too.
const TIMES: usize = 16;
const LENGTH: usize = 1 << 12;

#[test]
fn no_shape_of_text_costs_more_than_its_length() {
    let mut wrong = Vec::new();
    for (name, before, unit, behind) in SHAPES {
        let text = |length: usize| format!("{before}{}{behind}", unit.repeat(length / unit.len()));
        let (short, long) = (text(LENGTH), text(LENGTH * TIMES));
        for database in ["postgres", "mysql", "sqlite"] {
            // Noise is not a square: it goes away when it is looked at again.
            let mut ratio = f64::MAX;
            for _ in 0..4 {
                ratio = ratio.min(cost(database, &long) / cost(database, &short));
                if ratio < 4.0 * TIMES as f64 {
                    break;
                }
            }
            if ratio >= 4.0 * TIMES as f64 {
                wrong.push(format!(
                    "{name} for {database}: {ratio:.0} times for {TIMES} times the text"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
