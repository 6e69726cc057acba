//! A file read in windows falls into the same statements as the same text held as a whole, wherever
//! the windows end, and has the same normal form.

use super::super::form::{Sink, normal_form, stream};
use super::super::lexer::{ANSI, Rules};
use super::*;
use crate::error::Code;
use crate::long::Reopen;
use std::io::{Cursor, Read};
use std::sync::Mutex;

struct Sql;

const RULES: Rules = Rules {
    nested_comments: true,
    dollar_quotes: true,
    escape_strings: true,
    copy_rows: true,
    ..ANSI
};

impl Grammar for Sql {
    fn rules(&self) -> &Rules {
        &RULES
    }
    fn opens(&self, head: &[String], word: &str, _: usize) -> bool {
        word == "ATOMIC" && head.last().is_some_and(|w| w == "BEGIN")
    }
    fn effect(&self, words: &[String]) -> Effect {
        match words.first().map(String::as_str) {
            Some("CREATE") => Effect::Schema,
            _ => Effect::Data,
        }
    }
    fn lock(&self, _: &[String]) -> Option<&'static str> {
        None
    }
    fn passes(&self, line: &str) -> bool {
        line.starts_with("\\restrict ")
    }
}

/// A file that a test may change.
#[derive(Clone)]
struct File(Arc<Mutex<Vec<u8>>>);

impl File {
    fn new(text: &str) -> File {
        File(Arc::new(Mutex::new(text.as_bytes().to_vec())))
    }

    fn long(&self) -> Long {
        let length = self.0.lock().unwrap_or_else(|e| e.into_inner()).len() as u64;
        Long::new("a.sql", length, self.clone())
    }

    fn source(&self) -> Source {
        Source::file("a.sql", Text::Long(self.long()))
    }
}

impl Reopen for File {
    fn open(&self, from: u64) -> std::io::Result<Box<dyn Read>> {
        let bytes = self.0.lock().unwrap_or_else(|e| e.into_inner()).clone();
        let mut cursor = Cursor::new(bytes);
        cursor.set_position(from);
        Ok(Box::new(cursor))
    }
}

#[derive(Default)]
struct Form(String);

impl Sink for Form {
    fn add(&mut self, text: &str) {
        self.0.push_str(text);
    }
    fn again(&mut self) {
        self.0.clear();
    }
}

fn seed() -> u64 {
    let given = std::env::var("INITIUM_TEST_SEED").ok();
    let given = given.and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        use std::hash::{BuildHasher, RandomState};
        RandomState::new().hash_one(7u8)
    })
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// What is hard to cut: each may be the one at the end of a window.
const HARD: &[&str] = &[
    "INSERT INTO t VALUES ('a;''b');",
    "SELECT $x$ ; $y$ ' $x$, $1;",
    "SELECT E'a\\';b'\n'c\\';d';",
    "/* ; /* ' */ ; */ ;",
    "-- ' ; \n",
    "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2; END;",
    "COPY t (a, b) FROM stdin;\n1\ta;'b\n\\N\t\\\\.\n\\.\n",
    "COPY t FROM stdin;\n\\.\r\n",
    "\\restrict abc\n",
    "CREATE TABLE \"a;b\" (é int);\r\n",
    "SELECT '🦀', \"ü\"\n;",
    " \n\t\r\n",
    "SELECT 5--3;\n;",
];

#[test]
fn windows_split_as_the_whole_text_does_wherever_they_end() {
    let seed = seed();
    let mut random = Random(seed | 1);
    for round in 0..60 {
        let mut text = String::new();
        // Around the first ends of windows something hard stands at a random place.
        while text.len() < 700_000 {
            text.push_str(HARD[random.below(HARD.len())]);
            if random.below(40) == 0 {
                let long = random.below(9000);
                text.push_str(&format!("SELECT '{}';", "x;\n".repeat(long)));
            }
        }
        let file = File::new(&text);
        let whole = statements(&Sql, &[Source::file("a.sql", text.as_str())], Runs::Parted);
        let whole = whole.unwrap_or_else(|e| panic!("seed {seed}, round {round}: {e:?}"));
        let paged = statements(&Sql, &[file.source()], Runs::Parted);
        let paged = paged.unwrap_or_else(|e| panic!("seed {seed}, round {round}: {e:?}"));
        assert_eq!(whole.len(), paged.len(), "seed {seed}, round {round}");
        for (a, b) in whole.iter().zip(&paged) {
            assert_eq!((&a.place, a.effect), (&b.place, b.effect), "seed {seed}");
            // The rows of a COPY stay in the file.
            let same = a.text == b.text || b.more.is_some() && a.text.starts_with(&b.text);
            assert!(same, "seed {seed}: {} / {}", a.text, b.text);
        }
        let mut form = Form::default();
        stream(&file.long().whole(), &RULES, &mut form).expect("read");
        assert!(
            form.0 == normal_form(&text, &RULES),
            "seed {seed}, round {round}"
        );
    }
}

#[test]
fn a_run_of_statements_is_one_and_can_be_read_again() {
    let mut text = String::from("CREATE TABLE t (a int);\n");
    for n in 0..20_000 {
        text.push_str(&format!("INSERT INTO t VALUES ({n});\n"));
        if n % 1000 == 0 {
            text.push_str("COPY t FROM stdin;\n7\n8\n\\.\n");
        }
    }
    let file = File::new(&text);
    let found = statements(&Sql, &[file.source()], Runs::Joined).expect("split");
    let counts: Vec<_> = found.iter().map(Statement::count).collect();
    assert_eq!(counts, [1, 20_020]);
    let stretch = found[1].more.as_ref().expect("a stretch");
    assert_eq!(found[1].text, "INSERT INTO t VALUES (0)");
    assert_eq!(stretch.last_line as usize, text.lines().count());
    let mut pages = Pages::again(&Sql, stretch).expect("again");
    let (mut count, mut rows, mut last) = (0, 0, 0);
    while let Some(statement) = pages.statement().expect("the same") {
        count += 1;
        last = statement.place.line;
        while let Some(range) = pages.rows().expect("rows") {
            rows += pages.text(&range).lines().count();
        }
    }
    assert_eq!(
        (count, rows, last as usize),
        (20_020, 60, text.lines().count())
    );
}

#[test]
fn a_file_that_changed_since_is_noticed_before_the_end() {
    let text = "INSERT INTO t VALUES (1);\n".repeat(20_000);
    for change in [
        text.replacen("(1)", "(2)", 1),
        text[..text.len() - 5].to_string(),
        format!("{}'", &text[..text.len() - 1]),
    ] {
        let file = File::new(&text);
        let found = statements(&Sql, &[file.source()], Runs::Joined).expect("split");
        *file.0.lock().unwrap_or_else(|e| e.into_inner()) = change.into_bytes();
        let stretch = found[0].more.as_ref().expect("a stretch");
        let mut pages = Pages::again(&Sql, stretch).expect("again");
        let error = loop {
            match pages.statement() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("nobody noticed"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), Code::FileChanged);
    }
}

#[test]
fn a_file_is_the_same_each_time_it_is_read_as_a_whole() {
    let file = File::new("SELECT 1; SELECT 'a");
    let long = file.long();
    let mut form = Form::default();
    stream(&long.whole(), &RULES, &mut form).expect("read");
    assert_eq!(form.0, "SELECT 1; SELECT 'a");
    *file.0.lock().unwrap_or_else(|e| e.into_inner()) = b"SELECT 1; SELECT 'b".to_vec();
    let error = stream(&long.whole(), &RULES, &mut form).expect_err("changed");
    assert_eq!(error.code(), Code::FileChanged);
}

#[test]
fn what_is_wrong_in_a_long_file_has_its_place() {
    let lines = "INSERT INTO t VALUES (1);\n".repeat(20_000);
    for (wrong, column, message) in [
        (
            "  SELECT 'a",
            10,
            "a string is opened here and never closed",
        ),
        ("COPY t FROM stdin;\n1\n", 0, "COPY"),
        ("SELECT\u{a0}1;", 7, "a no-break space (U+00A0)"),
    ] {
        let file = File::new(&format!("{lines}{wrong}"));
        let error = statements(&Sql, &[file.source()], Runs::Joined).expect_err(wrong);
        assert!(error.message().contains(message), "{}", error.message());
        let place = error.spot().place.clone().expect("a place");
        assert!(place.line > 20_000, "{place:?}");
        assert!(column == 0 || place.column == column, "{place:?}");
    }
}

#[test]
fn a_character_that_cannot_be_seen_is_refused_only_where_it_matters() {
    let split = |text: &str| statements(&Sql, &[Source::file("a.sql", text)], Runs::Parted);
    for (text, name) in [
        ("SELECT\u{a0}1", "U+00A0"),
        ("SELECT 1;\nSELECT \u{200b}1", "U+200B"),
        ("SELECT a\u{202e}b", "U+202E"),
        ("SELECT 1; \u{feff}SELECT 2", "U+FEFF"),
    ] {
        let error = split(text).expect_err(name);
        assert!(error.message().contains(name), "{}", error.message());
    }
    for text in [
        "\u{feff}SELECT 1",
        "SELECT '\u{a0}', \"\u{200b}\" -- \u{202e}\n/* \u{feff} */",
        "SELECT é",
    ] {
        assert!(split(text).is_ok(), "{text}");
    }
}
