//! Statements nobody wrote: those of the cases, cut and mixed at random. No rule may panic, and each
//! finding stands where its statement does. A failure tells its seed.

use super::{cases, planned};
use initium::lint::{Ground, Settings, lint};
use initium::spec::{Input, load_alone};
use initium_driver::sql::ddl::Tongue;
use serde_json::json;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

fn mixed(dice: &mut Dice, all: &[String]) -> String {
    let mut text = all[dice.below(all.len())].clone();
    for _ in 0..=dice.below(3) {
        let (a, b) = (dice.place(&text), dice.place(&text));
        let (from, to) = (a.min(b), a.max(b));
        match dice.below(4) {
            0 => text.replace_range(from..to, ""),
            1 => text.truncate(from),
            2 => {
                let other = &all[dice.below(all.len())];
                let at = dice.place(other);
                text.insert_str(from, &other[at..]);
            }
            _ => {
                let signs = [
                    "(",
                    ")",
                    ",",
                    ";",
                    "'",
                    "\"",
                    "`",
                    "/*!1 ",
                    "*/",
                    "\u{e9}",
                    " NOT NULL ",
                    ".",
                ];
                text.insert_str(from, signs[dice.below(signs.len())]);
            }
        }
    }
    text
}

fn judge(tongue: Tongue, text: &str) {
    let one = json!({"name": "one", "up": text, "transaction": "none"});
    let spec = json!({"version": 1, "database": tongue.word(), "migrations": [one]}).to_string();
    let Ok(spec) = load_alone(&[Input::Stdin(spec.into_bytes())]) else {
        return;
    };
    // What no splitter takes is no statement.
    let dialect = initium::connect::dialect(tongue.word()).unwrap();
    let sources = spec.migrations[0].up.of(dialect.names()).unwrap();
    if dialect.split(&sources[0]).unwrap_or_default().is_empty() {
        return;
    }
    let settings = Settings::new(&spec, &all_rules(), None).unwrap();
    let grounds = BTreeMap::from([("default".to_string(), Ground::oldest(tongue))]);
    for found in lint(&planned(tongue.word(), &spec), &spec, &grounds, &settings) {
        assert!(
            found.place.line >= 1 && !found.message.is_empty(),
            "{found:?}"
        );
    }
}

/// Statements about rows are many; each is judged beside those before it.
#[test]
fn a_script_costs_what_it_is_long() {
    for unit in [
        "UPDATE t SET a = 1 WHERE id = 2;",
        "INSERT INTO t (a) VALUES ('fine');",
        "DELETE FROM t WHERE id = 1;",
    ] {
        let cost = |times: usize| {
            let text = format!(
                "ALTER TYPE m ADD VALUE 'x'; ALTER TABLE t ADD c int;{}",
                unit.repeat(times)
            );
            let spec = super::spec("postgres", &[json!({"name": "one", "up": text})]);
            let settings = Settings::new(&spec, &[], None).unwrap();
            let plan = planned("postgres", &spec);
            let grounds =
                BTreeMap::from([("default".to_string(), Ground::oldest(Tongue::Postgres))]);
            let runs = (0..3).map(|_| {
                let start = std::time::Instant::now();
                lint(&plan, &spec, &grounds, &settings);
                start.elapsed().as_secs_f64()
            });
            runs.fold(f64::MAX, f64::min)
        };
        // Sixteen times the text, and a square would be 256 times the work.
        // Noise goes away when it is looked at again.
        let mut ratio = f64::MAX;
        for _ in 0..4 {
            ratio = ratio.min(cost(8_000) / cost(500));
            if ratio < 64.0 {
                break;
            }
        }
        assert!(ratio < 64.0, "{unit}: {ratio:.0} times");
    }
}

fn all_rules() -> Vec<String> {
    initium::lint::RULES
        .iter()
        .map(|rule| rule.id.to_string())
        .collect()
}

#[test]
fn no_rule_panics_whatever_a_statement_says() {
    let seed = std::env::var("INITIUM_TEST_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let mut dice = Dice(seed);
    let all: Vec<String> = cases().iter().map(|case| case.sql().to_string()).collect();
    for n in 0..4_000 {
        let text = mixed(&mut dice, &all);
        let tongue = Tongue::ALL[dice.below(4)];
        let ran = catch_unwind(AssertUnwindSafe(|| judge(tongue, &text)));
        assert!(
            ran.is_ok(),
            "seed {seed}, text {n} for {tongue:?}: {text:?}"
        );
    }
}
