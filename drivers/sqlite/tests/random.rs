//! Random schemas with rows, led to other random ones and back. What comes out is what was wanted, a
//! change that nothing was said against is never refused, and a value whose change is not called a
//! loss is the same afterwards. `INITIUM_TEST_SEED` repeats one, `INITIUM_TEST_ROUNDS` asks for more.
#![allow(clippy::print_stderr)]

mod changing;
mod folder;

use changing::{Place, acts, found, impacts, told};
use initium_driver::Catalog;
use initium_driver::change::{Change, Threat};
use std::collections::BTreeSet;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    fn often(&mut self, times: usize, of: usize) -> bool {
        self.roll(of) < times
    }
}

const TABLES: &[&str] = &["alpha", "beta", "gamma", "\"delta table\"", "\"order\""];
const COLUMNS: &[&str] = &["a", "b", "c", "\"d e\"", "\"group\"", "rowid"];
const TYPES: &[&str] = &[
    "INTEGER",
    "TEXT",
    "REAL",
    "BLOB",
    "NUMERIC",
    "VARCHAR(9)",
    "INT",
    "",
];
const STRICT: &[&str] = &["INTEGER", "TEXT", "REAL", "BLOB", "ANY", "INT"];
const DEFAULTS: &[&str] = &[
    "0",
    "'x'",
    "-1.5",
    "NULL",
    "CURRENT_DATE",
    "(1 + 1)",
    "x'00'",
    "TRUE",
];

fn column(dice: &mut Dice, name: &str, types: &[&str], others: &[&str]) -> String {
    let mut text = format!("{name} {}", dice.one(types));
    if !others.is_empty() && dice.often(1, 10) {
        let storage = dice.one(&["STORED", "VIRTUAL"]);
        return text + &format!(" AS (coalesce({}, 1)) {storage}", dice.one(others));
    }
    if dice.often(1, 4) {
        let conflict = dice.one(&["", "", "", " ON CONFLICT REPLACE", " ON CONFLICT IGNORE"]);
        let name = dice.one(&["", "", " CONSTRAINT there"]);
        text += &format!("{name} NOT NULL{conflict}");
    }
    if dice.often(1, 3) {
        text += &format!(" DEFAULT {}", dice.one(DEFAULTS));
    }
    if dice.often(1, 8) {
        text += " COLLATE NOCASE";
    }
    if dice.often(1, 10) {
        text += dice.one(&[
            " UNIQUE",
            " UNIQUE ON CONFLICT REPLACE",
            " CONSTRAINT u UNIQUE",
        ]);
    }
    if dice.often(1, 8) {
        let name = dice.one(&["", "CONSTRAINT k "]);
        text += &format!(
            " {name}CHECK (typeof({}) <> 'never')",
            text.split(' ').next().unwrap_or("a")
        );
    }
    text
}

fn table(dice: &mut Dice, name: &str, key: usize, keyed: &[&str]) -> String {
    let types = match dice.roll(5) {
        0 => STRICT,
        _ => TYPES,
    };
    let columns: Vec<&str> = COLUMNS
        .iter()
        .copied()
        .filter(|_| dice.often(3, 5))
        .collect();
    let mut lines = Vec::new();
    match key {
        0 | 1 => lines.push("id INTEGER PRIMARY KEY".into()),
        2 => lines.push("id INTEGER PRIMARY KEY AUTOINCREMENT".into()),
        3 => lines.push(
            if types == STRICT {
                "id TEXT PRIMARY KEY"
            } else {
                "id VARCHAR(20) PRIMARY KEY"
            }
            .into(),
        ),
        _ => lines.push(if types == STRICT { "id ANY" } else { "id" }.to_string()),
    }
    let mut names: Vec<&str> = Vec::new();
    for one in &columns {
        // "d e" has a blank, which the check above would cut.
        let mut text = column(dice, one, types, &names);
        if one.contains(' ') {
            text = text.replace("typeof(\"d)", "typeof(\"d e\")");
        }
        lines.push(text);
        names.push(one);
    }
    if dice.often(1, 3) && !keyed.is_empty() {
        let (other, action) = (
            dice.one(keyed),
            dice.one(&["", " ON DELETE CASCADE", " ON DELETE SET NULL"]),
        );
        let name = dice.one(&["", "CONSTRAINT fk "]);
        let line = format!("p INTEGER, {name}FOREIGN KEY (p) REFERENCES {other} (id){action}");
        lines.push(if types == STRICT {
            line.replace("p INTEGER", "p ANY")
        } else {
            line
        });
    }
    let mut options = Vec::new();
    if types == STRICT {
        options.push("STRICT");
    }
    if matches!(key, 0 | 3) && dice.often(1, 4) && !names.contains(&"rowid") {
        options.push("WITHOUT ROWID");
    }
    // Columns first.
    lines.sort_by_key(|line| line.contains("FOREIGN"));
    let mut text = format!(
        "CREATE TABLE {name} ({}) {};\n",
        lines.join(", "),
        options.join(", ")
    );
    let bare = name.trim_matches('"');
    for (n, column) in names.iter().enumerate() {
        if dice.often(1, 4) {
            let part = match dice.roll(4) {
                0 => format!("{column} DESC"),
                1 => format!("lower({column})"),
                2 => format!("{column} COLLATE NOCASE, id"),
                _ => column.to_string(),
            };
            let rows = dice.one(&["", "", " WHERE id IS NOT NULL"]);
            text += &format!("CREATE INDEX \"{bare} {n}\" ON {name} ({part}){rows};\n");
        }
    }
    if dice.often(1, 4) {
        let what = dice.one(&["INSERT", "DELETE", "UPDATE"]);
        text += &format!(
            "CREATE TRIGGER \"t {bare}\" AFTER {what} ON {name} BEGIN DELETE FROM {name} WHERE id = 'never'; END;\n"
        );
    }
    if dice.often(1, 4) {
        text += &format!(
            "CREATE VIEW \"v {bare}\" AS SELECT id FROM {name} AS x WHERE x.id IS NOT NULL;\n"
        );
    }
    text
}

fn schema(dice: &mut Dice) -> String {
    let all: Vec<(&str, usize)> = TABLES
        .iter()
        .map(|name| (*name, dice.roll(6) * 2 + dice.roll(2)))
        .filter(|(_, key)| key % 2 == 0)
        .map(|(name, key)| (name, key / 2))
        .collect();
    // What others refer to has a key.
    let keyed = all.iter().filter(|(_, key)| *key < 4);
    let keyed: Vec<&str> = keyed.map(|(name, _)| *name).collect();
    all.iter()
        .map(|(name, key)| table(dice, name, *key, &keyed))
        .collect()
}

fn fill(dice: &mut Dice, place: &mut Place) {
    let values = [
        "NULL",
        "1",
        "2.5",
        "'a'",
        "'B'",
        "'007'",
        "x'41'",
        "9007199254740993",
        "1e300",
        "''",
    ];
    place.run("PRAGMA foreign_keys = OFF").expect("off");
    for table in place.seen().tables {
        for n in 0..dice.roll(6) {
            let columns = table.columns.iter().filter(|c| c.generated.is_none());
            let one = |dice: &mut Dice, name: &str| match name {
                "id" => format!("{n}"),
                "p" => "NULL".into(),
                _ => dice.one(&values).to_string(),
            };
            let (names, row): (Vec<_>, Vec<_>) = columns
                .map(|c| (format!("\"{}\"", c.name), one(dice, &c.name)))
                .unzip();
            let name = &table.name.name;
            // What a row may not be is not ours to know.
            let _ = place.run(&format!(
                "INSERT INTO \"{name}\" ({}) VALUES ({})",
                names.join(", "),
                row.join(", ")
            ));
        }
    }
}

/// The values of these columns, row by row.
fn values(place: &mut Place, table: &str, columns: &BTreeSet<String>) -> Vec<Vec<Option<String>>> {
    let columns: Vec<_> = columns
        .iter()
        .map(|c| format!("typeof(\"{c}\") || quote(\"{c}\")"))
        .collect();
    if columns.is_empty() {
        return place.rows(&format!("SELECT count(*) FROM \"{table}\""));
    }
    let mut rows = place.rows(&format!("SELECT {} FROM \"{table}\"", columns.join(", ")));
    rows.sort();
    rows
}

/// Tables that stay, with the columns of which no loss is said.
fn kept(from: &Catalog, to: &Catalog) -> Vec<(String, BTreeSet<String>)> {
    let impacts = impacts(from, to);
    let stays = from
        .tables
        .iter()
        .filter(|table| to.table(&table.name.name).is_some());
    stays
        .map(|table| {
            let lossy = |name: &str| {
                impacts.iter().any(|(change, impact)| match change {
                    Change::Table(_) => impact.loses() && change.table() == Some(&table.name),
                    Change::Column(of) => {
                        of.table == table.name
                            && impact.loses()
                            && of.edit.from().is_some_and(|c| c.name == name)
                    }
                    _ => false,
                })
            };
            let new = to.table(&table.name.name).expect("it stays");
            let columns = table.columns.iter().map(|c| &c.name);
            // What is computed follows what it is computed from.
            let is_told = |name: &&String| {
                new.column(name).is_some_and(|c| c.generated.is_none()) && !lossy(name)
            };
            (
                table.name.name.clone(),
                columns.filter(is_told).cloned().collect(),
            )
        })
        .collect()
}

/// Whether it was done; the reason why not.
fn lead(place: &mut Place, to: &Catalog) -> Result<(), String> {
    let from = place.seen();
    let kept = kept(&from, to);
    let before: Vec<_> = kept
        .iter()
        .map(|(table, columns)| values(place, table, columns))
        .collect();
    let texts = place.texts();
    let all = told(&acts(&from, to).map_err(|e| format!("not rendered: {e}"))?);
    if let Err(error) = place.run(&all) {
        let refused = impacts(&from, to)
            .iter()
            .any(|(_, impact)| impact.risks.iter().any(|risk| risk.kind == Threat::Refusal));
        assert!(
            refused,
            "nobody said that it may be refused: {error}\n{all}"
        );
        assert_eq!(place.texts(), texts, "{all}");
        return Err(error.to_string());
    }
    let seen = place.seen();
    let left = found(&seen, to);
    // Where a column stands does not count.
    assert!(left.is_empty(), "{left:#?}\n{all}");
    let after: Vec<_> = kept
        .iter()
        .map(|(table, columns)| values(place, table, columns))
        .collect();
    assert_eq!(after, before, "{kept:?}\n{all}");
    assert_eq!(place.first("PRAGMA integrity_check"), "ok");
    assert_eq!(place.first("PRAGMA legacy_alter_table"), "0");
    Ok(())
}

#[test]
fn any_schema_becomes_any_other_and_is_what_it_was_again() {
    let read = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let rounds = read("INITIUM_TEST_ROUNDS").unwrap_or(300);
    let start =
        read("INITIUM_TEST_SEED").unwrap_or_else(|| u64::from(std::process::id()) * 1_000_003);
    let (mut done, mut back) = (0, 0);
    for round in 0..rounds {
        let seed = start + round;
        eprintln!("INITIUM_TEST_SEED={seed}");
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (one, other) = (schema(&mut dice), schema(&mut dice));
        let mut place = Place::memory(&one);
        let to = Place::memory(&other).seen();
        let from = place.seen();
        fill(&mut dice, &mut place);
        if lead(&mut place, &to).is_ok() {
            done += 1;
            back += u64::from(lead(&mut place, &from).is_ok());
        }
    }
    eprintln!("{rounds} rounds, {done} done, {back} taken back");
    assert!(
        done * 3 > rounds && back * 2 > done,
        "{done} of {rounds}, {back} back"
    );
}
