//! Tokens, one small case each.

use super::super::form::normal_form;
use super::*;

const PG: Rules = Rules {
    nested_comments: true,
    dollar_quotes: true,
    escape_strings: true,
    ..ANSI
};
const MY: Rules = Rules {
    hash_comments: true,
    dash_needs_blank: true,
    backslashes: true,
    backticks: true,
    code_comments: true,
    ..ANSI
};

fn kinds(text: &str, rules: &Rules) -> Vec<(Kind, String)> {
    let tokens = tokens(text, rules).expect("finished");
    assert_eq!(
        tokens
            .iter()
            .map(|t| &text[t.range.clone()])
            .collect::<String>(),
        text
    );
    tokens
        .into_iter()
        .filter(|t| t.kind != Kind::Blank)
        .map(|t| (t.kind, text[t.range].to_string()))
        .collect()
}

#[test]
fn a_dollar_in_a_name_does_not_open_a_quote() {
    assert_eq!(kinds("a$$b", &PG), [(Kind::Word, "a$$b".into())]);
    assert_eq!(kinds("$x$;$$;$x$", &PG).len(), 1);
    assert_eq!(kinds("$1", &PG)[0].0, Kind::Sign);
}

#[test]
fn a_continued_escape_string_keeps_its_escapes() {
    let found = kinds("E'a'\n'b\\';c'", &PG);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|(kind, _)| *kind == Kind::Quoted));
}

#[test]
fn comments_are_those_of_the_database() {
    assert_eq!(kinds("/* /* */ */", &PG)[0].1.len(), 11);
    assert_eq!(kinds("5--3", &MY).len(), 4);
    assert_eq!(kinds("# x ; y", &MY)[0].0, Kind::Comment);
    assert_eq!(kinds("/*!50001 SELECT 1; */", &MY)[0].0, Kind::Code);
}

#[test]
fn what_is_never_closed_is_named_with_its_place() {
    assert_eq!(
        tokens("a 'b", &PG).err(),
        Some(Unfinished {
            offset: 2,
            what: "a string"
        })
    );
    assert_eq!(
        tokens("$f$ x", &PG).err().map(|u| u.what),
        Some("a dollar-quoted text")
    );
}

#[test]
fn layout_does_not_count_and_text_does() {
    let form = |text| normal_form(text, &PG);
    assert_eq!(form("\u{feff}SELECT  1;\r\n-- x\n"), form("SELECT 1"));
    assert_eq!(form("a+b"), form("a + b"));
    assert_ne!(form("SELECT 'a  b'"), form("SELECT 'a b'"));
    assert_eq!(form("$$a\r\nb$$"), form("$$a\nb$$"));
}
