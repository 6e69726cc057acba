//! Random expressions, each beside one that is almost the same: where both count as the same, the
//! server gives the same answer for every row. (Catches the worst mistake: a difference that is not
//! seen.)

use crate::chance::{Chance, amount, seed};
use crate::support::{Database, databases};
use initium_driver::catalog::Column;
use initium_driver::sql::expression::Within;

const COLUMNS: &[(&str, &str)] = &[
    ("a", "integer"),
    ("b", "bigint"),
    ("s", "smallint"),
    ("n", "numeric(10,2)"),
    ("f", "double precision"),
    ("x", "text"),
    ("v", "varchar(20)"),
    ("c", "char(3)"),
    ("d", "date"),
];

struct Maker {
    chance: Chance,
    kind: &'static str,
}

impl Maker {
    fn of(&mut self, all: &[&str]) -> String {
        (*self.chance.of(all)).to_string()
    }

    fn number(&mut self, depth: usize) -> String {
        if depth == 0 || self.chance.one_in(3) {
            return match self.chance.one_in(2) {
                true => self.of(&["a", "b", "s", "n", "f"]),
                false => self.of(&[
                    "0", "1", "2", "-1", "10", "1.5", "0.5", "+ 1", "100", "-1.50",
                ]),
            };
        }
        let (one, other) = (self.number(depth - 1), self.number(depth - 1));
        match self.chance.below(10) {
            0..=3 => format!("{one} {} {other}", self.of(&["+", "-", "*", "-"])),
            4 => format!("({one} {} {other})", self.of(&["+", "-", "*"])),
            5 => format!("{one} / {}", self.of(&["2", "3", "2.0", "(2 - 5)"])),
            6 => format!("- {one}"),
            7 => format!("coalesce({one}, {other})"),
            8 => format!(
                "CASE WHEN {} THEN {one} ELSE {other} END",
                self.truth(depth - 1)
            ),
            _ => match self.kind {
                "sqlite" => format!("abs({one})"),
                "postgres" => format!(
                    "({one})::{}",
                    self.of(&["int", "numeric", "bigint", "float8"])
                ),
                _ => format!(
                    "CAST({one} AS {})",
                    self.of(&["signed", "decimal(10,2)", "char"])
                ),
            },
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 || self.chance.one_in(2) {
            return match self.chance.one_in(2) {
                true => self.of(&["x", "v", "c"]),
                false => self.of(&["'a'", "'A'", "''", "'a '", "'10'", "'2020-01-01'", "'b%'"]),
            };
        }
        let (one, other) = (self.text(depth - 1), self.text(depth - 1));
        match (self.chance.below(4), self.kind) {
            (0, "mysql" | "mariadb") => format!("concat({one}, {other})"),
            (0, _) => format!("{one} || {other}"),
            (1, "postgres") => format!(
                "({one})::{}",
                self.of(&["text", "varchar", "char(2)", "bpchar"])
            ),
            (1, _) => format!("substr({one}, 1, 2)"),
            (2, _) => format!("lower({one})"),
            _ => format!("coalesce({one}, {other})"),
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.chance.below(4) {
                0 => "a IS NULL".into(),
                1 => "x = 'a'".into(),
                2 => "a > 1".into(),
                _ => "b <= s".into(),
            };
        }
        let sign = self.of(&["=", "<>", "<", ">", "<=", ">=", "!="]);
        match self.chance.below(11) {
            0 | 1 => format!(
                "{} {sign} {}",
                self.number(depth - 1),
                self.number(depth - 1)
            ),
            2 => format!("{} {sign} {}", self.text(depth - 1), self.text(depth - 1)),
            3 => format!("{} AND {}", self.truth(depth - 1), self.truth(depth - 1)),
            4 => format!("{} OR {}", self.truth(depth - 1), self.truth(depth - 1)),
            5 => format!("NOT {}", self.truth(depth - 1)),
            6 => format!("({})", self.truth(depth - 1)),
            7 => format!(
                "{} IN ({}, {})",
                self.number(depth - 1),
                self.number(0),
                self.number(0)
            ),
            8 => {
                let (of, from, to) = (self.number(0), self.number(0), self.number(0));
                let not = self.of(&["", "NOT "]);
                format!("{of} {not}BETWEEN {from} AND {to}")
            }
            9 => {
                let not = self.of(&["", "NOT "]);
                format!(
                    "{} {not}LIKE {}",
                    self.text(depth - 1),
                    self.of(&["'a%'", "'_'", "'A'"])
                )
            }
            _ => {
                let not = self.of(&["", "NOT "]);
                format!("{} IS {not}NULL", self.number(depth - 1))
            }
        }
    }

    /// Something that looks like it.
    fn almost(&mut self, text: &str) -> String {
        let mut words: Vec<String> = pieces(text);
        for _ in 0..=self.chance.below(2) {
            let at = self.chance.below(words.len());
            match self.chance.below(9) {
                // Parentheses around a stretch, or none around one.
                0 | 1 => {
                    let end = at + self.chance.below(words.len() - at);
                    words.insert(end + 1, ")".into());
                    words.insert(at, "(".into());
                }
                2..=4 => {
                    let opens: Vec<_> = (0..words.len()).filter(|n| words[*n] == "(").collect();
                    if !opens.is_empty() {
                        let open = *self.chance.of(&opens);
                        if let Some(close) = closing(&words, open) {
                            words.remove(close);
                            words.remove(open);
                        }
                    }
                }
                5 => {
                    let signs = ["=", "<>", "<", ">", "<=", ">=", "AND", "OR", "+", "-", "*"];
                    if signs.contains(&words[at].as_str()) {
                        words[at] = (*self.chance.of(&signs)).into();
                    }
                }
                6 => {
                    let word = words[at].to_ascii_uppercase();
                    words[at] = match word.as_str() {
                        "A" => "a".into(),
                        _ if word.starts_with('\'') => words[at].clone(),
                        _ => word,
                    };
                }
                7 if words.len() > 2 => {
                    words.remove(at);
                }
                _ => {
                    let other = self.chance.below(words.len());
                    words.swap(at, other);
                }
            }
        }
        words.join(" ")
    }
}

fn pieces(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut piece = c.to_string();
        match c {
            ' ' => continue,
            '\'' => {
                for c in chars.by_ref() {
                    piece.push(c);
                    if c == '\'' {
                        break;
                    }
                }
            }
            c if c.is_alphanumeric() => {
                while chars
                    .peek()
                    .is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_'))
                {
                    piece.extend(chars.next());
                }
            }
            '<' | '>' | '!' | ':' | '|' => {
                while chars
                    .peek()
                    .is_some_and(|c| matches!(c, '=' | '>' | ':' | '|'))
                {
                    piece.extend(chars.next());
                }
            }
            _ => {}
        }
        all.push(piece);
    }
    all
}

fn closing(words: &[String], open: usize) -> Option<usize> {
    let mut depth = 0;
    for (n, word) in words.iter().enumerate().skip(open) {
        depth += i32::from(word == "(") - i32::from(word == ")");
        if depth == 0 {
            return Some(n);
        }
    }
    None
}

fn fill(db: &Database) {
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|(name, of)| format!("{name} {of}"))
        .collect();
    db.statement(&format!("CREATE TABLE t ({})", columns.join(", ")));
    let mut chance = Chance(7);
    let mut rows = Vec::new();
    for _ in 0..60 {
        let mut pick = |all: &[&str]| match chance.one_in(6) {
            true => "NULL".to_string(),
            false => (*chance.of(all)).to_string(),
        };
        let whole = ["0", "1", "2", "-1", "3", "10", "11"];
        let parts = ["0", "1", "1.5", "-1.5", "0.5", "10", "100"];
        let texts = ["'a'", "'A'", "''", "'b'", "'a '", "'10'", "'9'", "'ab'"];
        let all = [
            pick(&whole),
            pick(&whole),
            pick(&whole),
            pick(&parts),
            pick(&parts),
            pick(&texts),
            pick(&texts),
            pick(&texts),
            pick(&["'2020-01-01'", "'1999-12-31'"]),
        ];
        rows.push(format!("({})", all.join(", ")));
    }
    db.statement(&format!("INSERT INTO t VALUES {}", rows.join(", ")));
}

#[test]
fn what_counts_as_the_same_gives_the_same() {
    let seed = seed();
    println!("PROPERTY_SEED={seed}");
    for db in databases() {
        fill(&db);
        let mut driver = db.open();
        let columns: Vec<_> = COLUMNS
            .iter()
            .map(|(name, of)| Column {
                name: (*name).into(),
                data_type: (*of).into(),
                ..Column::default()
            })
            .collect();
        let within = Within {
            columns: &columns,
            becomes: None,
        };
        let mut maker = Maker {
            chance: Chance(seed),
            kind: db.kind,
        };
        let distinct = match db.kind {
            "postgres" => "IS DISTINCT FROM",
            "sqlite" => "IS NOT",
            _ => "<=>",
        };
        let (mut asked, mut answered) = (0, 0);
        let wanted = amount(300, 5_000);
        while answered < wanted && asked < wanted * 50 {
            asked += 1;
            let depth = 1 + maker.chance.below(3);
            let one = match maker.chance.one_in(5) {
                true => maker.number(depth),
                false => maker.truth(depth),
            };
            let other = maker.almost(&one);
            let is_same = {
                let dialect = driver.dialect();
                let plain = |text: &str| pieces(text).join(" ").to_ascii_lowercase();
                plain(&one) != plain(&other)
                    && dialect.ddl().unwrap().same_in(&one, &other, &within)
            };
            if !is_same {
                continue;
            }
            let question = match db.kind {
                "mysql" | "mariadb" => {
                    format!("SELECT count(*) FROM t WHERE NOT (({one}) {distinct} ({other}))")
                }
                _ => format!("SELECT count(*) FROM t WHERE ({one}) {distinct} ({other})"),
            };
            // What is no expression for the server has no answer.
            let Ok(rows) = driver.query(&question) else {
                continue;
            };
            answered += 1;
            assert_eq!(
                rows.first(),
                Some("0"),
                "PROPERTY_SEED={seed} on {}:\n{one}\n{other}",
                db.kind
            );
        }
        println!(
            "{}: {answered} pairs that count as the same of {asked}",
            db.kind
        );
        assert!(answered * 2 > wanted, "{answered} of {asked}");
    }
}
