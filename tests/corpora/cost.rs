//! What a text costs grows with its length and no faster. Counted is the time this thread ran, and
//! only four times the text is compared with the text: a square would cost sixteen times as much.

use initium::connect::dialect;
use initium_driver::Source;

/// Nanoseconds that this thread was running.
fn ran() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split(' ').next().and_then(|n| n.parse().ok());
    first.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.expect("a clock").as_nanos() as u64
    })
}

fn cost(database: &str, text: &str) -> u64 {
    let dialect = dialect(database).expect("in this build");
    let source = Source::file("a.sql", text);
    let tries = (0..3).map(|_| {
        let before = ran();
        let _ = std::hint::black_box(dialect.split(&source));
        let _ = std::hint::black_box(dialect.normal_form(text));
        ran() - before
    });
    tries.min().unwrap_or_default().max(1)
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
    ("byte order marks", "", "\u{feff}", ""),
    ("carriage returns", "", "\r", ""),
];

/// Which shapes cost more, and why. What does no longer has to leave the list.
const KNOWN: &[(&str, &str, &str)] = &[];

const LENGTH: usize = 1 << 16;

#[test]
fn no_shape_of_text_costs_more_than_its_length() {
    let mut wrong = Vec::new();
    for (name, before, unit, behind) in SHAPES {
        let text = |length: usize| format!("{before}{}{behind}", unit.repeat(length / unit.len()));
        let (short, long) = (text(LENGTH), text(LENGTH * 4));
        for database in ["postgres", "mysql", "sqlite"] {
            let known = KNOWN
                .iter()
                .find(|(shape, of, _)| shape == name && *of == database);
            // Noise is not a square: it goes away when it is looked at again.
            let mut ratio = f64::MAX;
            for _ in 0..3 {
                ratio = ratio.min(cost(database, &long) as f64 / cost(database, &short) as f64);
                if ratio < 6.8 {
                    break;
                }
            }
            match known {
                None if ratio >= 6.8 => {
                    wrong.push(format!("{name} for {database}: {ratio:.1} times"))
                }
                Some((_, _, reason)) if ratio < 5.0 => {
                    wrong.push(format!("{name} for {database} is linear now: {reason}"));
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
