//! The splitter without a server: no byte is lost whatever the text, dumps fall into their
//! statements.

use crate::dialect::{Family, MySql};
use initium_driver::sql::split::Grammar;

fn split(text: &str) -> Vec<String> {
    let pieces = MySql::offline(Family::MariaDb).pieces(text);
    let pieces = pieces.unwrap_or_else(|u| panic!("{u:?}: {text}"));
    let all: String = pieces.iter().map(|p| &text[p.range.clone()]).collect();
    assert_eq!(all, text);
    let statements = pieces.into_iter().filter_map(|p| p.statement);
    statements.map(|range| text[range].to_string()).collect()
}

fn fails(text: &str) -> &'static str {
    match MySql::offline(Family::MariaDb).pieces(text) {
        Ok(found) => panic!("{found:?}"),
        Err(unfinished) => unfinished.what,
    }
}

#[test]
fn any_text_is_cut_without_losing_a_byte() {
    let words = [
        "CREATE",
        "PROCEDURE",
        "TRIGGER",
        "EVENT",
        "p",
        "(",
        ")",
        "BEGIN",
        "END",
        "IF",
        "THEN",
        "ELSE",
        "CASE",
        "LOOP",
        "REPEAT",
        "WHILE",
        "DO",
        "UNTIL",
        "FOR",
        "EACH",
        "ROW",
        ";",
        ";;",
        "//",
        "$$",
        "\n",
        " ",
        "\nDELIMITER ",
        "DELIMITER //\n",
        "delimiter ;\r\n",
        "-- x;'\n",
        "# y\"\n",
        "/* ; */",
        "/*!50003 a; */",
        "'",
        "'a;b'",
        "\"c;\"",
        "`d;`",
        "\\",
        "'it''s \\' ;'",
        "é",
        "\u{1f980}",
        "\u{feff}",
        ".",
        "@",
        ":",
        ":=",
        ",",
        "NOT",
        "ATOMIC",
        "x$$y",
        "HANDLER",
        "DECLARE",
        "\0",
        "--x",
    ];
    let dialect = MySql::offline(Family::MariaDb);
    for seed in 1..4000u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut text = String::new();
        for _ in 0..next() % 60 {
            text.push_str(words[next() as usize % words.len()]);
            if next() % 3 > 0 {
                text.push(' ');
            }
        }
        let Ok(found) = dialect.pieces(&text) else {
            continue;
        };
        let all: String = found.iter().map(|p| &text[p.range.clone()]).collect();
        assert_eq!(all, text, "seed {seed}");
        for piece in found {
            if let Some(s) = piece.statement {
                let inside = piece.range.start <= s.start && s.end <= piece.range.end;
                assert!(inside && !s.is_empty(), "seed {seed}: {text:?}");
            }
        }
    }
}

#[test]
fn a_delimiter_line_is_honoured() {
    for delimiter in ["//", "$$", ";;", "|", "END_OF", "//;"] {
        let text = format!(
            "SELECT 1;\nDELIMITER {delimiter}\nCREATE PROCEDURE p() BEGIN SELECT 1; END{delimiter}\n\
             CREATE FUNCTION f() RETURNS int RETURN 1; {delimiter}\r\n\
             \tdelimiter ;\r\nSELECT 2;SELECT 3"
        );
        let text = text.replace("ENDEND_OF", "END END_OF");
        assert_eq!(
            split(&text),
            [
                "SELECT 1",
                "CREATE PROCEDURE p() BEGIN SELECT 1; END",
                "CREATE FUNCTION f() RETURNS int RETURN 1",
                "SELECT 2",
                "SELECT 3"
            ],
            "{delimiter}"
        );
    }
}

#[test]
fn the_delimiter_of_mysqlbinlog_is_honoured() {
    let text =
        "DELIMITER /*!*/;\nSET TIMESTAMP=1/*!*/;\nBINLOG '\nabc;\n'/*!*/;\nDELIMITER ;\nSELECT 1;";
    assert_eq!(
        split(text),
        ["SET TIMESTAMP=1", "BINLOG '\nabc;\n'", "SELECT 1"]
    );
}

#[test]
fn plain_statements_are_parted_under_another_delimiter_too() {
    let text = "DELIMITER //\nDROP PROCEDURE IF EXISTS p;\nCREATE PROCEDURE p() BEGIN SELECT 1; END;\n//\n";
    assert_eq!(
        split(text),
        [
            "DROP PROCEDURE IF EXISTS p",
            "CREATE PROCEDURE p() BEGIN SELECT 1; END"
        ]
    );
}

#[test]
fn delimiter_is_a_word_like_others_where_it_begins_nothing() {
    assert_eq!(
        split("CREATE TABLE t (\n delimiter int\n); SELECT delimiter;").len(),
        2
    );
    assert_eq!(split("-- DELIMITER //\nSELECT 1; SELECT 2").len(), 2);
    assert_eq!(split("\u{feff}DELIMITER //\nSELECT 1//").len(), 1);
    assert_eq!(
        fails("DELIMITER\nSELECT 1"),
        "a DELIMITER line that names no delimiter"
    );
    assert_eq!(
        fails("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END\nDELIMITER ;\n"),
        "a statement before a DELIMITER line"
    );
}

#[test]
fn comments_and_quotes_hide_their_semicolons() {
    assert_eq!(
        split("SELECT 5--3; SELECT 1 -- ;\n; # ;\nSELECT 'a\\';' ; SELECT `a;`"),
        ["SELECT 5--3", "SELECT 1", "SELECT 'a\\';'", "SELECT `a;`"]
    );
    assert_eq!(
        split("/*!40101 SET a=1; */; /* ; */ SELECT \"a\\\";\""),
        ["/*!40101 SET a=1; */", "SELECT \"a\\\";\""]
    );
    assert_eq!(fails("SELECT 'a"), "a string");
    assert_eq!(fails("SELECT 1 /* x"), "a comment");
}

#[test]
fn a_statement_that_was_cut_out_is_one() {
    for text in [
        include_str!("../../tests/dump.sql"),
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; IF 1 THEN SELECT 2; END IF; END;//\n\
         CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW SET @a = 1;//\nSELECT ';' -- ;\n//",
    ] {
        for statement in split(text) {
            assert!(!several(&statement), "{statement}");
        }
    }
    for text in [
        "INSERT INTO t VALUES (1); DROP TABLE t",
        "/*! SELECT 1; SELECT 2 */",
        "CREATE PROCEDURE p() BEGIN SELECT 1; END; DROP TABLE t",
        "SELECT 1;;# x\n/*!40000 SELECT 2 */",
    ] {
        assert!(several(text), "{text}");
    }
}

fn several(text: &str) -> bool {
    let dialect = MySql::offline(Family::MariaDb);
    dialect.is_several(text, dialect.rules())
}

#[test]
fn a_dump_falls_into_its_statements() {
    let found = split(include_str!("../../tests/dump.sql"));
    let heads: Vec<_> = found
        .iter()
        .map(|s| s.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(found.len(), 35, "{heads:#?}");
    assert!(
        found
            .iter()
            .any(|s| s.contains("TRIGGER") && s.ends_with("END */"))
    );
    assert!(
        found
            .iter()
            .any(|s| s.contains("PROCEDURE") && s.ends_with("END"))
    );
}
