//! Each rule against its own cases, without a server.

use super::{Case, cases, cases_of, databases, find, rules, spec};
use initium::spec::Severity;
use serde_json::json;
use std::collections::BTreeSet;

#[test]
fn every_rule_has_a_firing_and_a_silent_case_on_each_of_its_databases() {
    for rule in rules() {
        let all = cases_of(rule);
        for kind in databases(rule) {
            for fires in [true, false] {
                let mine = |case: &&Case| case.fires == fires && case.on.contains(&kind);
                assert!(
                    all.iter().any(|case| mine(&case)),
                    "{} on {kind}: fires {fires}",
                    rule.id
                );
            }
        }
        for case in &all {
            assert!(
                case.on.iter().all(|kind| databases(rule).contains(kind)),
                "{case:?}"
            );
        }
    }
}

#[test]
fn no_file_of_cases_is_of_no_rule() {
    let known: BTreeSet<_> = rules().map(|rule| format!("{}.yml", rule.id)).collect();
    let folder = super::root().join("tests/lint");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name}");
    }
}

#[test]
fn a_rule_finds_what_it_is_for_and_nothing_else() {
    let mut wrong = Vec::new();
    for case in cases() {
        for kind in &case.on {
            let found = case.find(kind);
            let mine = found.iter().filter(|one| one.phase == case.phase()).count();
            if (mine > 0) != case.fires {
                wrong.push(format!(
                    "{} on {kind}: {mine} findings in {}",
                    case.rule,
                    case.sql()
                ));
            }
            for one in &found {
                let text = case.sql();
                assert!(
                    !one.message.is_empty() && one.message.len() < 300,
                    "{one:?}"
                );
                assert!(
                    one.place.line == 1 && (one.place.column as usize) < text.len() + 200,
                    "{one:?}"
                );
                if let Some(severity) = case.text("severity") {
                    assert_eq!(one.severity.word(), severity, "{case:?}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_safe_form_has_nothing_of_what_it_is_the_safe_form_of() {
    let mut seen = BTreeSet::new();
    for case in cases().into_iter().filter(|case| case.fires) {
        for kind in &case.on {
            for found in case.find(kind) {
                let migration =
                    |(n, text): (usize, &String)| json!({"name": format!("m{n}"), "up": text});
                let scripts: Vec<_> = found.rewrite.iter().enumerate().map(migration).collect();
                if scripts.is_empty() {
                    continue;
                }
                seen.insert(case.rule);
                let again = find(kind, None, &scripts, &[case.rule.to_string()]);
                let place = found.message.clone();
                let same: Vec<_> = again.iter().filter(|one| one.message == place).collect();
                assert!(same.is_empty(), "{case:?}\n{:?}\n{same:?}", found.rewrite);
            }
        }
    }
    assert!(seen.len() >= 20, "{seen:?}");
}

#[test]
fn a_rule_that_a_spec_calls_off_is_off_and_one_it_raises_is_raised() {
    let mut one = spec("postgres", &[json!({"name": "one", "up": "DROP TABLE t"})]);
    let word = |severity| {
        let place = one.migrations[0].place.clone();
        let what = ("drop-table".to_string(), severity);
        initium::spec::Placed { what, place }
    };
    for (severity, expected) in [
        (Severity::Off, None),
        (Severity::Notice, Some(Severity::Notice)),
        (Severity::Error, Some(Severity::Error)),
    ] {
        let said = word(severity);
        let mut spec = one.clone();
        spec.lint.rules = vec![said];
        let settings = initium::lint::Settings::new(&spec, &[], None).unwrap();
        let found = super::judged("postgres", None, &spec, &settings);
        let mine = found.iter().find(|one| one.rule.id == "drop-table");
        assert_eq!(mine.map(|one| one.severity), expected);
    }
    one.lint.rules = vec![initium::spec::Placed {
        what: ("drop-tabel".into(), Severity::Off),
        place: one.migrations[0].place.clone(),
    }];
    let error = initium::lint::Settings::new(&one, &[], None).unwrap_err();
    assert_eq!(error.code().word(), "setting-invalid");
    assert_eq!(error.help_text(), Some("did you mean 'drop-table'?"));
}
