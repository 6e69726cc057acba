//! Several specs as one.

use super::{bad, good, room, stdin, told, write};
use std::fs;
use std::time::Duration;

#[test]
fn several_specs_are_one() {
    let one = "version: 1\ntargets: {a: {database: mysql}}\ndefaults: {lock_timeout: 60s}\nmigrations: [{name: x, target: a, up: s}]";
    let two = "version: 1\ntargets: {b: {}, a: {database: mysql}}\ndefaults: {lock_timeout: 1m, statement_timeout: 1s}\nmigrations: [{name: y, target: b, up: s}]";
    let three = "version: 1\nmigrations: [{name: z, target: [a, b], up: s}]";
    let spec = good(&[stdin(one), stdin(two), stdin(three)]);
    let ids: Vec<_> = spec.migrations.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(ids, ["x", "y", "z"]);
    assert_eq!(spec.targets.len(), 2);
    assert_eq!(spec.defaults.lock_timeout, Some(Duration::from_secs(60)));
    assert_eq!(
        spec.defaults.statement_timeout,
        Some(Duration::from_secs(1))
    );
}

#[test]
fn specs_that_contradict_each_other_are_refused_with_both_places() {
    let folder = room("contradict");
    let file = |name: &str, text: &str| write(&folder.join(name), text);
    let a = file(
        "a.yaml",
        "version: 1\ntargets: {a: {database: mysql}}\nmigrations: [{name: x, target: a, up: s}]",
    );
    let b = file(
        "b.yaml",
        "version: 1\ntargets:\n  a: {database: sqlite}\nmigrations: []",
    );
    let error = told(&bad(&[a.clone(), b]));
    assert!(
        error.starts_with("spec-invalid 3:3 target 'a' is defined differently"),
        "{error}"
    );
    assert!(
        error.contains("a.yaml:2:11") && error.contains("b.yaml:3:3"),
        "{error}"
    );

    let c = file(
        "c.yaml",
        "version: 1\ndatabase: sqlite\nmigrations: [{name: y, target: default, up: s}, {name: x, target: a, up: s}]",
    );
    let error = told(&bad(&[a.clone(), c]));
    assert!(
        error.starts_with("duplicate-id 3:56 two migrations have the id 'x'"),
        "{error}"
    );
    assert!(
        error.contains("a.yaml:3:21") && error.contains("c.yaml:3:56"),
        "{error}"
    );

    let d = file(
        "d.yaml",
        "version: 1\ndefaults: {lock_timeout: 1s}\nmigrations: []",
    );
    let e = file(
        "e.yaml",
        "version: 1\ndefaults: {lock_timeout: 2s}\nmigrations: []",
    );
    let error = told(&bad(&[d, e]));
    assert!(
        error.contains("'lock_timeout' is defined differently"),
        "{error}"
    );

    let f = file(
        "f.yaml",
        "version: 1\ndatabase: sqlite\nmigrations: [{name: z, up: s}]",
    );
    let error = told(&bad(&[a, f]));
    assert!(
        error.starts_with("spec-invalid 3:21 missing key 'target'"),
        "{error}"
    );
    fs::remove_dir_all(folder).expect("cleaned up");
}

#[test]
fn what_is_wrong_in_several_files_is_told_at_once() {
    let error = bad(&[
        stdin("version: 2\nmigrations: {}"),
        stdin("version: 1\nx: 1\nmigrations: []"),
        stdin("a: ["),
    ]);
    assert_eq!(error.others().len(), 3, "{}", told(&error));
}
