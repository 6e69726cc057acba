//! The lints: every rule by the cases of its file in `tests/lint`, and what the cases claim on real
//! servers. (Catches a rule that never fires, one that fires on what is safe, a claim about a lock
//! that the server does not keep, and a safe form that leaves another catalog behind.)

mod allow;
mod cases;
mod pages;
mod proof;
mod random;
mod verb;

use super::support::root;
use initium::connect;
use initium::lint::{Finding, Ground, RULES, Rule, Settings, Version, lint};
use initium::plan::{Facts, Plan, Rules, plan_apply, plan_cleanups, wanted};
use initium::spec::{Input, Spec, load};
use initium_driver::sql::ddl::Tongue;
use initium_driver::{History, Phase};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A script and what is to be found in it.
#[derive(Clone, Debug)]
pub struct Case {
    pub rule: &'static str,
    pub fires: bool,
    /// Kinds of database.
    pub on: Vec<String>,
    pub said: Value,
}

impl Case {
    pub fn text(&self, key: &str) -> Option<&str> {
        self.said[key].as_str()
    }

    pub fn sql(&self) -> &str {
        self.text("sql").unwrap()
    }

    pub fn phase(&self) -> Phase {
        match self.text("phase") {
            Some("cleanup") => Phase::Cleanup,
            _ => Phase::Up,
        }
    }

    pub fn find(&self, kind: &str) -> Vec<Finding> {
        let transaction = self.text("transaction").unwrap_or("auto");
        let mut migration = json!({"name": "one", "up": self.sql(), "transaction": transaction});
        if self.phase() == Phase::Cleanup {
            migration = json!({"name": "one", "up": "SELECT 1", "verify": "SELECT 1", "cleanup": self.sql()});
        }
        let version = self
            .text("version")
            .map(|text| Version::parse(text).unwrap());
        find(kind, version, &[migration], &[self.rule.to_string()])
    }
}

/// What the rules say of migrations; of these rules, or of all.
pub fn find(
    kind: &str,
    version: Option<Version>,
    migrations: &[Value],
    rules: &[String],
) -> Vec<Finding> {
    let spec = spec(kind, migrations);
    let settings = Settings::new(&spec, rules, None).unwrap();
    judged(kind, version, &spec, &settings)
}

pub fn spec(kind: &str, migrations: &[Value]) -> Spec {
    let text = json!({"version": 1, "database": kind, "migrations": migrations}).to_string();
    load(&[Input::Stdin(text.into_bytes())]).unwrap_or_else(|error| panic!("{error:?}"))
}

pub fn judged(
    kind: &str,
    version: Option<Version>,
    spec: &Spec,
    settings: &Settings,
) -> Vec<Finding> {
    let mut ground = Ground::oldest(Tongue::of(kind).unwrap());
    ground.version = version.unwrap_or(ground.version);
    let grounds = BTreeMap::from([("default".to_string(), ground)]);
    lint(&planned(kind, spec), spec, &grounds, settings)
}

pub fn planned(kind: &str, spec: &Spec) -> Plan {
    let dialect = connect::dialect(kind).unwrap();
    let facts = Facts {
        target: "default",
        dialect: dialect.as_ref(),
        history: &History::default(),
        verdicts: &[],
        wanted: wanted(spec, "default", dialect.as_ref()).unwrap(),
        difference: None,
        seen: initium::plan::Seen::default(),
    };
    let mut plan = plan_apply(&facts, &Rules::default()).unwrap();
    plan.migrations
        .extend(plan_cleanups(&facts).unwrap().migrations);
    plan
}

/// The rules that a statement can break.
pub fn rules() -> impl Iterator<Item = &'static &'static Rule> {
    let told = ["unused-allow", "script-not-read"];
    RULES.iter().filter(move |rule| !told.contains(&rule.id))
}

pub fn databases(rule: &Rule) -> Vec<String> {
    rule.databases
        .iter()
        .map(|tongue| tongue.word().to_string())
        .collect()
}

/// The cases of a rule, in the order of their file.
pub fn cases_of(rule: &'static Rule) -> Vec<Case> {
    let path = root().join(format!("tests/lint/{}.yml", rule.id));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    let file: Value = serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    let mut all = Vec::new();
    for (key, fires) in [("fires", true), ("silent", false)] {
        for said in file[key]
            .as_array()
            .unwrap_or_else(|| panic!("{path:?}: no {key}"))
        {
            let on = match said["on"].as_array() {
                Some(on) => on
                    .iter()
                    .map(|kind| kind.as_str().unwrap().into())
                    .collect(),
                None => databases(rule),
            };
            all.push(Case {
                rule: rule.id,
                fires,
                on,
                said: said.clone(),
            });
        }
    }
    all
}

/// All cases of all rules.
pub fn cases() -> Vec<Case> {
    rules().flat_map(|rule| cases_of(rule)).collect()
}
