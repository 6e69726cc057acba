//! Expressions as people write them, and as MySQL and MariaDB tell them: what a server stores of the
//! one must count as the same as the other, and what it tells apart must not.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{BOTH, Database, alone};
use initium_driver::Driver;
use initium_driver::sql::expression::{Flavour, Within, form, same};
use initium_mysql::{Family, MySql};
use std::collections::BTreeMap;

const COLUMNS: &str = include_str!("expressions/columns.sql");
const WRITTEN: &str = include_str!("expressions/written.txt");
const DIFFERENT: &str = include_str!("expressions/different.txt");
const NOISE: &str = include_str!("expressions/noise.txt");
const ALIKE: &str = include_str!("expressions/alike.txt");

/// A line of the table: where the expression stands, the type of what gets its value, the text.
#[derive(Clone, Copy)]
struct Line<'a> {
    kind: &'a str,
    of: Option<&'a str>,
    text: &'a str,
}

fn family(driver: &dyn Driver) -> Family {
    match driver.dialect().names()[0] {
        "mariadb" => Family::MariaDb,
        _ => Family::MySql,
    }
}

/// Those of everybody and those of this family.
fn lines(table: &str, family: Family) -> Vec<Line<'_>> {
    let (own, other) = match family {
        Family::MySql => ("mysql ", "mariadb "),
        Family::MariaDb => ("mariadb ", "mysql "),
    };
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.filter(|line| !line.starts_with(other));
    lines
        .map(|l| line(l.strip_prefix(own).unwrap_or(l)))
        .collect()
}

fn line(line: &str) -> Line<'_> {
    let (kind, rest) = line.split_once(' ').unwrap();
    if !matches!(kind, "default" | "generated") {
        return Line {
            kind,
            of: None,
            text: rest,
        };
    }
    // A type has no blank, but for this one.
    let at = match rest.strip_prefix("int unsigned ") {
        Some(_) => "int unsigned".len(),
        None => rest.find(' ').unwrap(),
    };
    Line {
        kind,
        of: Some(&rest[..at]),
        text: &rest[at + 1..],
    }
}

impl Line<'_> {
    fn part(&self, n: usize) -> String {
        let (text, of) = (self.text, self.of.unwrap_or_default());
        match self.kind {
            "check" => format!("CONSTRAINT k{n} CHECK ({text})"),
            "default" => format!("k{n} {of} DEFAULT {text}"),
            "generated" => format!("k{n} {of} GENERATED ALWAYS AS ({text}) STORED"),
            "index" => format!("KEY k{n} ({text})"),
            other => panic!("{other}"),
        }
    }

    fn within(&self) -> Within<'_> {
        Within {
            columns: &[],
            becomes: self.of,
        }
    }
}

/// What SHOW CREATE TABLE has of it.
fn found(line: &str) -> Option<(usize, &str)> {
    let line = line.trim().trim_end_matches(',');
    let name = line.find("`k")?;
    let (number, rest) = line[name + 2..].split_once('`')?;
    let number = number.parse().ok()?;
    let text = if let Some(text) = rest.strip_prefix(" CHECK (") {
        text.strip_suffix(')')?
    } else if line.starts_with("KEY") {
        rest.strip_prefix(" (")?.strip_suffix(')')?
    } else if let Some((_, text)) = rest.split_once(" GENERATED ALWAYS AS (") {
        text.strip_suffix(") STORED")?
    } else {
        let (_, text) = rest.split_once(" DEFAULT ")?;
        // MariaDB checks its columns for JSON.
        text.split(" CHECK (json_valid").next()?
    };
    Some((number, text))
}

fn told(table: &str, then: impl Fn(&Flavour, &[Line], &BTreeMap<usize, String>)) {
    for variable in BOTH {
        let Some(database) = Database::new(variable) else {
            continue;
        };
        let mut driver = database.open();
        let family = family(&*driver);
        let lines = lines(table, family);
        if family == Family::MariaDb {
            alone(&mut *driver, "CREATE SEQUENCE numbers");
        }
        let (head, tail) = COLUMNS.trim().rsplit_once(')').unwrap();
        let all: Vec<_> = lines.iter().enumerate().map(|(n, l)| l.part(n)).collect();
        let mut told = BTreeMap::new();
        // No table takes more than 64 keys.
        for some in all.chunks(50) {
            alone(&mut *driver, "DROP TABLE IF EXISTS t");
            alone(
                &mut *driver,
                &format!("{head}, {}) {tail}", some.join(", ")),
            );
            let rows = driver.query("SHOW CREATE TABLE t").unwrap().rows;
            let create = rows[0][1].clone().unwrap();
            let found = create.lines().filter_map(found);
            told.extend(found.map(|(n, text)| (n, text.to_string())));
        }
        then(&MySql::offline(family).flavour(), &lines, &told);
    }
}

#[test]
fn what_is_told_is_the_same_as_what_was_written() {
    told(WRITTEN, |flavour, lines, told| {
        let mut wrong = String::new();
        for (n, line) in lines.iter().enumerate() {
            let told = told.get(&n).unwrap_or_else(|| panic!("{}", line.text));
            let within = line.within();
            if !same(line.text, told, flavour, &within) {
                wrong += &format!(
                    "{} {}\n    {told}\n      {}\n      {}\n",
                    line.kind,
                    line.text,
                    form(line.text, flavour, &within),
                    form(told, flavour, &within)
                );
            }
        }
        assert!(wrong.is_empty(), "{wrong}{}", wrong.lines().count() / 4);
    });
}

#[test]
fn what_is_noise_still_is() {
    told(NOISE, |flavour, lines, told| {
        for (n, line) in lines.iter().enumerate() {
            let is_same = same(line.text, &told[&n], flavour, &line.within());
            assert!(!is_same, "no longer: move it to written.txt: {}", line.text);
        }
    });
}

/// Whatever the server tells apart is something else, but for what is known to mean the same.
#[test]
fn what_is_told_apart_is_not_the_same() {
    told(WRITTEN, |flavour, lines, told| {
        let mut forms: BTreeMap<(&str, String), BTreeMap<&str, &str>> = BTreeMap::new();
        for (n, line) in lines.iter().enumerate() {
            let form = form(line.text, flavour, &line.within());
            let kind = line.of.unwrap_or(line.kind);
            let known = forms.entry((kind, form)).or_default();
            known.entry(&told[&n]).or_insert(line.text);
        }
        let mut wrong = String::new();
        for ((kind, form), told) in forms.iter().filter(|(_, told)| told.len() > 1) {
            let known = told
                .values()
                .all(|text| ALIKE.lines().any(|line| line == *text));
            if !known {
                wrong += &format!("{kind} {form}\n");
                for (told, text) in told {
                    wrong += &format!("    {text}\n        {told}\n");
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    });
}

#[test]
fn what_means_something_else_is_not_the_same() {
    let mut pairs = 0;
    for family in [Family::MySql, Family::MariaDb] {
        let flavour = MySql::offline(family).flavour();
        for block in DIFFERENT.split("\n\n") {
            let all: Vec<_> = block
                .lines()
                .filter(|line| !line.starts_with('#'))
                .collect();
            for (n, one) in all.iter().enumerate() {
                for other in &all[n + 1..] {
                    pairs += 1;
                    let within = Within::default();
                    let is_same = same(one, other, &flavour, &within);
                    assert!(!is_same, "{one}\n{other}\n{}", form(one, &flavour, &within));
                }
            }
        }
    }
    assert!(pairs > 200, "{pairs}");
}
