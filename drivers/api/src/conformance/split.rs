//! Scripts into statements, without asking the server.

use super::bench::{reader, split};
use super::{Bench, Sql};
use crate::error::Code;
use crate::source::{Effect, Source};

pub fn a_script_falls_into_its_statements(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let driver = reader(bench);
    let script = "-- a; comment\nCREATE TABLE a (n integer); /* ; */ INSERT INTO a (n)\n VALUES (1);;\n\n  INSERT INTO a (n) VALUES (';'), ('it''s; \u{e9}'); DROP TABLE a";
    let found = split(&*driver, script);
    let seen: Vec<_> = found
        .iter()
        .map(|s| (s.place.line, s.place.column, s.effect))
        .collect();
    assert_eq!(
        seen,
        [
            (2, 1, Effect::Schema),
            (2, 37, Effect::Data),
            (5, 3, Effect::Data),
            (5, 49, Effect::Schema),
        ]
    );
    assert_eq!(found[0].text, "CREATE TABLE a (n integer)");
    assert_eq!(found[1].text, "INSERT INTO a (n)\n VALUES (1)");
    assert!(found[2].text.ends_with("('it''s; \u{e9}')"));
    assert_eq!(found[0].place.file, "conformance.sql");
}

pub fn a_script_of_comments_has_no_statement(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let driver = reader(bench);
    for text in ["", " \n\t", ";", "-- x", "/* x; */ ;\n-- y\n", "\u{feff}"] {
        assert_eq!(split(&*driver, text), [], "{text:?}");
    }
}

pub fn what_begins_or_ends_a_transaction_is_recognised(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let driver = reader(bench);
    for text in ["BEGIN", "commit", "/* x */ ROLLBACK"] {
        let found = split(&*driver, text);
        assert_eq!(found[0].effect, Effect::Control, "{text}");
    }
}

pub fn what_is_never_closed_is_refused_with_its_place(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let driver = reader(bench);
    let source = Source::file("a.sql", "SELECT 1;\nSELECT 'x;\n");
    let error = driver.dialect().split(&source).expect_err("never closed");
    assert_eq!(error.code(), Code::ScriptUnfinished);
    let place = error.spot().place.clone().expect("a place");
    assert_eq!((place.line, place.column), (2, 8));
}

pub fn layout_does_not_count_and_text_does(bench: &dyn Bench) {
    if bench.sql() != Sql::Spoken {
        return;
    }
    let driver = reader(bench);
    let form = |text| driver.dialect().normal_form(text);
    let one = form("CREATE TABLE a (n integer);");
    assert_eq!(
        one,
        form("\u{feff}-- hi\r\nCREATE  TABLE a\r\n(n /* x */ integer)\n")
    );
    assert_ne!(one, form("CREATE TABLE b (n integer);"));
    assert_ne!(form("SELECT 'a  b'"), form("SELECT 'a b'"));
}

pub fn a_script_of_commands_falls_into_its_lines(bench: &dyn Bench) {
    if bench.sql() != Sql::Commands {
        return;
    }
    let driver = reader(bench);
    let script = "# a\nSET a \"b # c\"\r\n\n  DEL a\n";
    let found = split(&*driver, script);
    let seen: Vec<_> = found
        .iter()
        .map(|s| (s.place.line, s.place.column, s.text.as_str()))
        .collect();
    assert_eq!(seen, [(2, 1, "SET a \"b # c\""), (4, 3, "DEL a")]);
    assert!(found.iter().all(|s| s.effect == Effect::Alone));
    for text in ["", " \n\t", "# x", "\u{feff}"] {
        assert_eq!(split(&*driver, text), [], "{text:?}");
    }
}

pub fn a_command_that_cannot_be_taken_back_is_refused_with_its_place(bench: &dyn Bench) {
    if bench.sql() != Sql::Commands {
        return;
    }
    let driver = reader(bench);
    for (text, code, column) in [
        ("SET a 1\n MULTI", Code::TransactionControl, 2),
        ("SET a 1\n flushall", Code::NotSupported, 2),
        ("SET a 1\n KEYS *", Code::NotSupported, 2),
        ("SET a 1\n SET b 'x", Code::ScriptUnfinished, 8),
        ("SET a 1\n initium.nothing", Code::SpecInvalid, 10),
    ] {
        let source = Source::file("a.redis", text);
        let error = driver.dialect().split(&source).expect_err(text);
        assert_eq!(error.code(), code, "{text}");
        let place = error.spot().place.clone().expect("a place");
        assert_eq!((place.line, place.column), (2, column), "{text}");
    }
}
