//! Expressions as people write them, and as the server tells them: what it stores of the one must
//! count as the same as the other, and what it tells apart must not.

#![allow(clippy::unwrap_used)]

mod servers;

use initium_driver::catalog::Column;
use initium_driver::sql::expression::{Within, form, same};
use initium_postgres::FLAVOUR;
use servers::{alone, each};
use std::collections::BTreeMap;

const COLUMNS: &str = include_str!("expressions/columns.sql");
const WRITTEN: &str = include_str!("expressions/written.txt");
const DIFFERENT: &str = include_str!("expressions/different.txt");
const NOISE: &str = include_str!("expressions/noise.txt");
const ALIKE: &str = include_str!("expressions/alike.txt");

/// A line of the table: where the expression stands, the type of what gets its value, the text.
struct Line<'a> {
    kind: &'a str,
    of: Option<&'a str>,
    text: &'a str,
}

fn lines(table: &str) -> Vec<Line<'_>> {
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(line).collect()
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
    let (of, text) = match rest.strip_prefix("double precision ") {
        Some(text) => ("double precision", text),
        None => rest.split_once(' ').unwrap(),
    };
    Line {
        kind,
        of: Some(of),
        text,
    }
}

impl Line<'_> {
    fn statement(&self, n: usize) -> String {
        let (text, of) = (self.text, self.of.unwrap_or_default());
        match self.kind {
            "check" => format!("ALTER TABLE t ADD CONSTRAINT k{n} CHECK ({text})"),
            "default" => format!("ALTER TABLE t ADD k{n} {of} DEFAULT {text}"),
            "generated" => {
                format!("ALTER TABLE t ADD k{n} {of} GENERATED ALWAYS AS ({text}) STORED")
            }
            "where" => format!("CREATE INDEX k{n} ON t (id) WHERE {text}"),
            "index" => format!("CREATE INDEX k{n} ON t ({text})"),
            other => panic!("{other}"),
        }
    }

    fn within<'s>(&'s self, columns: &'s [Column]) -> Within<'s> {
        Within {
            columns,
            becomes: self.of,
        }
    }
}

const TOLD: &str = "SELECT conname, pg_get_expr(conbin, conrelid) FROM pg_constraint \
     WHERE conrelid = 't'::regclass AND conbin IS NOT NULL \
     UNION ALL SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef \
     JOIN pg_attribute a ON a.attrelid = adrelid AND attnum = adnum WHERE adrelid = 't'::regclass \
     UNION ALL SELECT c.relname, coalesce(pg_get_expr(indpred, indrelid), \
     pg_get_indexdef(indexrelid, 1, false)) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid \
     WHERE indrelid = 't'::regclass";

const TYPES: &str = "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute \
     WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped";

/// What each server tells of the table's lines.
fn told(lines: &[Line], then: impl Fn(&[Column], &BTreeMap<usize, String>)) {
    each(|database| {
        let mut driver = database.open();
        for statement in COLUMNS.split_inclusive(";\n") {
            alone(&mut *driver, statement).unwrap();
        }
        let rows = driver.query(TYPES).unwrap().rows;
        let columns: Vec<_> = rows
            .into_iter()
            .map(|row| Column {
                name: row[0].clone().unwrap(),
                data_type: row[1].clone().unwrap(),
                ..Column::default()
            })
            .collect();
        let all: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(n, l)| l.statement(n))
            .collect();
        for some in all.chunks(100) {
            alone(&mut *driver, &some.join(";\n")).unwrap();
        }
        let rows = driver.query(TOLD).unwrap().rows;
        let told = rows.into_iter().map(|mut row| {
            let text = row[1].take().unwrap();
            (row[0].as_ref().unwrap()[1..].parse().unwrap(), text)
        });
        then(&columns, &told.collect());
    });
}

#[test]
fn what_is_told_is_the_same_as_what_was_written() {
    let lines = lines(WRITTEN);
    told(&lines, |columns, told| {
        let mut wrong = String::new();
        for (n, line) in lines.iter().enumerate() {
            let Some(told) = told.get(&n) else {
                // No default at all is what this one becomes.
                assert!(
                    line.text.to_lowercase().starts_with("null"),
                    "{}",
                    line.text
                );
                continue;
            };
            let within = line.within(columns);
            if !same(line.text, told, &FLAVOUR, &within) {
                wrong += &format!(
                    "{} {}\n    {told}\n      {}\n      {}\n",
                    line.kind,
                    line.text,
                    form(line.text, &FLAVOUR, &within),
                    form(told, &FLAVOUR, &within)
                );
            }
        }
        assert!(wrong.is_empty(), "{wrong}{}", wrong.lines().count() / 4);
    });
}

#[test]
fn what_is_noise_still_is() {
    let lines = lines(NOISE);
    told(&lines, |columns, told| {
        for (n, line) in lines.iter().enumerate() {
            let is_same = same(line.text, &told[&n], &FLAVOUR, &line.within(columns));
            assert!(!is_same, "no longer: move it to written.txt: {}", line.text);
        }
    });
}

/// Whatever the server tells apart is something else, but for what is known to mean the same.
#[test]
fn what_is_told_apart_is_not_the_same() {
    let lines = lines(WRITTEN);
    told(&lines, |columns, told| {
        let mut forms: BTreeMap<(&str, String), BTreeMap<&str, &str>> = BTreeMap::new();
        for (n, line) in lines.iter().enumerate() {
            if let Some(told) = told.get(&n) {
                let form = form(line.text, &FLAVOUR, &line.within(columns));
                let kind = line.of.unwrap_or(line.kind);
                let known = forms.entry((kind, form)).or_default();
                known.entry(told).or_insert(line.text);
            }
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
    told(&[], |columns, _| {
        let within = Within {
            columns,
            becomes: None,
        };
        let mut pairs = 0;
        for pair in DIFFERENT.split("\n\n") {
            let all: Vec<_> = pair.lines().filter(|line| !line.starts_with('#')).collect();
            for (n, one) in all.iter().enumerate() {
                for other in &all[n + 1..] {
                    pairs += 1;
                    for within in [&within, &Within::default()] {
                        let is_same = same(one, other, &FLAVOUR, within);
                        assert!(!is_same, "{one}\n{other}\n{}", form(one, &FLAVOUR, within));
                    }
                }
            }
        }
        assert!(pairs > 100, "{pairs}");
    });
}
