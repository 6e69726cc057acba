//! What no one database is needed for: bodies, what is not understood, depth. The rest is learned
//! from the servers, in the tests of the drivers.

use super::*;
use crate::sql::lexer::{ANSI, Rules};

const POSTGRES: Flavour = Flavour {
    rules: Rules {
        nested_comments: true,
        dollar_quotes: true,
        escape_strings: true,
        ..ANSI
    },
    names: Names::Exact,
    tables: Names::Exact,
    double_quotes: Quoted::Name,
    grammar: Grammar::Common,
    levels: Levels {
        or: 1,
        xor: 0,
        and: 2,
        not: 3,
        is: 4,
        predicate: 6,
        other: 7,
        zone: 11,
        collate: 12,
        sign: 13,
        bang: 0,
    },
    operators: &[("<=", 5), ("=", 5), ("<", 5), ("+", 8), ("-", 8), ("*", 9)],
    synonyms: &[],
    bare: &[],
    types: |text| text.into(),
    settle: |tree, _| tree,
};

const MYSQL: Flavour = Flavour {
    rules: Rules {
        hash_comments: true,
        backslashes: true,
        name_backslashes: true,
        backticks: true,
        ..ANSI
    },
    names: Names::Alike,
    double_quotes: Quoted::Text,
    ..POSTGRES
};

fn is_same(one: &str, other: &str) -> bool {
    same(one, other, &POSTGRES, &Within::default())
}

#[test]
fn layout_and_capitals_of_keywords_do_not_count_in_a_body() {
    for (one, other) in [
        ("SELECT a FROM t", "select  a\nfrom /* x */ t -- y\n;"),
        ("SELECT \"a\" FROM \"t\"", "SELECT a FROM t"),
        ("SELECT E'it\\'s'", "SELECT 'it''s'"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
            "create function f() returns int language sql as $body$select 1 -- one\n$body$;",
        ),
    ] {
        assert!(same_body(one, other, &POSTGRES), "{one}\n{other}");
        assert!(is_same(one, other), "{one}\n{other}");
    }
    let (one, other) = (
        "SELECT `a` FROM Users WHERE a = \"x\"",
        "select a from `Users` where a = 'x'",
    );
    assert!(same_body(one, other, &MYSQL));
}

#[test]
fn what_a_body_says_counts() {
    for (one, other) in [
        ("SELECT 'a  b'", "SELECT 'a b'"),
        ("SELECT 'A'", "SELECT 'a'"),
        ("SELECT \"A\" FROM t", "SELECT a FROM t"),
        ("SELECT a b", "SELECT ab"),
        ("SELECT $$a  b$$", "SELECT $$a b$$"),
        // Words that are something else without quotes.
        ("SELECT \"current_user\"", "SELECT current_user"),
        ("SELECT \"user\" FROM t", "SELECT user FROM t"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ a\n  b $$",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ a\nb $$",
        ),
    ] {
        assert!(!same_body(one, other, &POSTGRES), "{one}\n{other}");
        assert!(!is_same(one, other), "{one}\n{other}");
    }
    // There the names of tables differ by their capitals.
    for (one, other) in [
        ("SELECT a FROM Users", "SELECT a FROM users"),
        ("SELECT 'a\\nb'", "SELECT 'anb'"),
        ("SELECT \"a\"", "SELECT `a`"),
    ] {
        assert!(!same_body(one, other, &MYSQL), "{one}\n{other}");
    }
}

#[test]
fn what_is_not_understood_is_compared_by_its_tokens() {
    let exists = "EXISTS (SELECT 1 FROM t WHERE a = b)";
    assert!(is_same(exists, "exists (select 1 from t where a=b)"));
    assert!(!is_same(exists, "EXISTS (SELECT 1 FROM t WHERE (a = b))"));
    assert!(!is_same(
        "count(*) OVER (ORDER BY a)",
        "count(*) OVER (ORDER BY b)"
    ));
    assert!(is_same("a = 'open", "a = 'open"));
    assert!(!is_same("a = 'open", "a =  'open"));
}

#[test]
fn signs_are_read_as_the_server_reads_them() {
    for (one, other) in [
        ("a*-b", "a * (-b)"),
        ("a<-1", "a < -1"),
        ("a@-b", "a @- b"),
        ("a<=-1", "a <= (-1)"),
        ("a--b\n", "a"),
        ("a+/* b */1", "a + 1"),
        ("a-1", "a - 1"),
        ("-a*b", "(-a) * b"),
        ("a.b", "(b)"),
        ("1.50", "01.50"),
        ("1e+3", "1E3"),
        ("$$x$$", "'x'"),
    ] {
        assert!(
            is_same(one, other),
            "{one}\n{other}\n{}",
            form(one, &POSTGRES, &Within::default())
        );
    }
    for (one, other) in [("a @- b", "a @ (-b)"), ("a - 1", "a, -1"), ("1.5", "1.50")] {
        assert!(!is_same(one, other), "{one}\n{other}");
    }
}

#[test]
fn a_form_cannot_be_mistaken_for_another() {
    let forms = [
        "a",
        "\"A\"",
        "'a'",
        "f(a)",
        "f('a')",
        "f(a, b)",
        "f('a, b')",
        "\"f(a)\"",
        "(a, b)",
        "ARRAY[a, b]",
        "ARRAY[ARRAY[a], b]",
        "CASE a WHEN b THEN c END",
        "CASE WHEN a THEN b END",
        "a[1]",
        "(a).b",
        "CAST(a AS b)",
        "a = ANY (b)",
        "a = ALL (b)",
        "a IN (b)",
        "a IN (b, c)",
        "NOT a",
        "-a",
        "a - b",
    ];
    let all: std::collections::BTreeSet<_> = forms
        .iter()
        .map(|text| form(text, &POSTGRES, &Within::default()))
        .collect();
    assert_eq!(all.len(), forms.len(), "{all:#?}");
}
