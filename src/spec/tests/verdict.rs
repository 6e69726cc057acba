//! The typed reader and the published schema give the same verdict on every case in `tests/spec` and
//! on specs broken at random.

use super::Dice;
use crate::spec::node::Node;
use crate::spec::shape::{Grammar, SCHEMA_FILE, SPEC_FILE};
use crate::spec::text::{Document, Format};
use crate::spec::{SecondJudge, check, engine, parse, seconded, united};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Whether both judges take it; fails the test where they differ.
fn verdict(doc: &Document, tree: &Node) -> bool {
    let typed = check::violations(doc, tree);
    let published = engine::refusals(doc, tree).expect("the schema works");
    assert_eq!(
        typed.is_empty(),
        published.is_empty(),
        "typed reader: {typed:?}\nschema: {published:?}\n{}",
        doc.text
    );
    let missed = engine::missed(doc, tree, &typed).expect("the schema works");
    assert!(
        missed.is_empty(),
        "the schema refuses elsewhere: {missed:?}\n{}",
        doc.text
    );
    typed.is_empty()
}

/// What is judged, and where its cases are.
static KINDS: [(&Grammar, &str); 2] = [(&SPEC_FILE, ""), (&SCHEMA_FILE, "schemas/")];

const ROUNDS: usize = 600;

fn cases(folder: &str) -> Vec<Document> {
    cases_of(&SPEC_FILE, folder)
}

fn cases_of(grammar: &'static Grammar, folder: &str) -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/spec")
        .join(folder);
    let entries = std::fs::read_dir(&folder).expect("the folder of cases");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let document = |path: PathBuf| {
        let format = match path.extension()?.to_str()? {
            "yaml" => Format::Yaml,
            "json" => Format::Json,
            _ => return None,
        };
        let text = std::fs::read_to_string(&path).ok()?;
        let text = text.trim_start_matches('\u{feff}').to_string();
        let name = path.display().to_string();
        Some(Document::new(name, format, folder.clone(), text).of(grammar))
    };
    paths.filter_map(document).collect()
}

#[test]
fn both_judges_agree_on_every_case() {
    let mut judged = 0;
    for (grammar, folder) in KINDS {
        for doc in cases_of(grammar, &format!("{folder}valid")) {
            let tree = parse::parse(&doc).expect("a valid case can be parsed");
            assert!(verdict(&doc, &tree), "{}", doc.file);
            judged += 1;
        }
        for doc in cases_of(grammar, &format!("{folder}invalid")) {
            if let Ok(tree) = parse::parse(&doc) {
                verdict(&doc, &tree);
                judged += 1;
            }
        }
    }
    assert!(judged > 40, "only {judged} cases");
}

#[test]
fn the_schema_is_heard_where_the_typed_reader_is_silent() {
    let text = r#"{"version": 1, "migrations": [{"name": "a", "up": 5}]}"#;
    let doc = Document::new("a".into(), Format::Json, PathBuf::new(), text.into());
    let tree = parse::parse(&doc).expect("JSON");
    let missed = engine::missed(&doc, &tree, &[]).expect("the schema works");
    assert_eq!(missed.len(), 1);
    assert_eq!(missed[0].at, text.find('5').expect("5"));
    assert!(
        missed[0]
            .message
            .starts_with("'up' of migration 'a' is not allowed by the schema: ")
    );
}

/// Everything that a build says of a spec, with code, place, words and help.
fn findings(doc: &Document, second: Option<SecondJudge>) -> Vec<String> {
    let documents = std::slice::from_ref(doc);
    match seconded(
        documents,
        united(documents, &[], super::super::Sums::default(), Vec::new()),
        second,
    ) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(|error| format!("{error:?}")).collect(),
    }
}

#[test]
fn a_build_without_the_schema_says_of_every_case_what_one_with_it_says() {
    let (mut taken, mut refused) = (0, 0);
    for doc in cases("valid").into_iter().chain(cases("invalid")) {
        let alone = findings(&doc, None);
        assert_eq!(alone, findings(&doc, Some(engine::missed)), "{}", doc.file);
        match alone.is_empty() {
            true => taken += 1,
            false => refused += 1,
        }
    }
    assert!(
        taken >= 9 && refused > 100,
        "{taken} taken, {refused} refused"
    );
}

#[test]
fn what_only_the_second_judge_refuses_is_refused() {
    let text = r#"{"version": 1, "migrations": [{"name": "a", "up": "SELECT 1"}]}"#;
    let doc = Document::new("a".into(), Format::Json, PathBuf::new(), text.into());
    let strict: SecondJudge = |_, root, _| {
        Ok(vec![check::Violation {
            path: Vec::new(),
            at: root.at,
            message: "no".into(),
            help: None,
        }])
    };
    assert!(findings(&doc, None).is_empty());
    assert_eq!(findings(&doc, Some(strict)).len(), 1);
}

/// Every place in a value, as pointers.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_string());
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{n}"), found);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{here}/{key}"), found);
            }
        }
        _ => {}
    }
}

fn other(dice: &mut Dice) -> Value {
    let values = json!([
        null, true, 0, 1, 1.0, -3, 1.5, "", " ", "x", "1s", "5s1m", "0", "1d2h", "1h2d", "x y", " x", "é\u{85}", "a,b", "none",
        "postgres", "oracle", "1.", "_A", "a\nb", "\u{7f}", [], {}, [[]], ["x"], ["x", "x"], [null], [["x", null]],
        {"match": "x"}, {"match": "x", "to": "y"}, {"match": "x", "set": {"a": null}}, {"match": "x", "ttl": "1d"}, {"lua": "x"}, {"lua": "x", "match": "y"},
        {"rename": {"match": "x", "to": "y"}}, {"none": {"match": "x"}}, {"count": {"match": "x", "equals": 1}}, {"variable": "X"}, 500, 10001,
        {"sql": "x"}, {"file": "x"}, {"sql": "x", "file": "x"}, {"query": "x"}, {"query": {"mysql": "x"}},
        {"query": "x", "expect": [[]]}, {"query": "x", "expect": [1, [2]]}, {"postgres": "x"},
        {"postgres": ["x"]}, {"oracle": "x"}, {"a b": {}}, {"a": {"url": "x", "url_env": "X"}}, {"path": "x"}, {"path": "x", "keys": {"user": "y"}}, {"path": "x", "keys": {"zzz": "y"}}, "x".repeat(201),
    ]);
    let schemas = json!([
        i64::MAX, i64::MIN, 9_223_372_036_854_775_808u64, 1e300, "a.b", "a.b.c", "\"a", "a\"b\"", "always", {"set_null_of": ["x"]}, {"columns": ["x"]},
        {"expression": "x", "order": "desc"}, {"expression": "x"}, {"mysql": {"x": 1}}, {"x": {"y": 1}}, [{"name": "x", "type": "y"}], {"name": "x", "type": {"sqlite": "y"}},
    ]);
    let lists = [&values, &schemas].map(|list| list.as_array().expect("a list"));
    let all: Vec<_> = lists.into_iter().flatten().collect();
    all[dice.roll(all.len())].clone()
}

fn break_once(spec: &mut Value, dice: &mut Dice) {
    let mut found = Vec::new();
    places(spec, "", &mut found);
    let place = &found[dice.roll(found.len())];
    let names = [
        "name",
        "id",
        "target",
        "up",
        "down",
        "when",
        "verify",
        "database",
        "url",
        "url_env",
        "secret_dir",
        "binding",
        "path",
        "keys",
        "targets",
        "tags",
        "metadata",
        "defaults",
        "sql",
        "file",
        "query",
        "expect",
        "reason",
        "postgres",
        "zzz",
        "transaction",
        "redis",
        "prefix",
        "history",
        "match",
        "unless",
        "to",
        "set",
        "rename",
        "each",
        "hash",
        "expire",
        "commands",
        "any",
        "none",
        "is",
        "count",
        "batch",
        "table",
        "columns",
        "type",
        "only",
        "primary_key",
        "unique",
        "references",
        "expression",
        "definition",
        "order",
        "enum",
        "start",
        "on_delete",
        "identity",
        "default",
    ];
    let name = names[dice.roll(names.len())].to_string();
    let value = other(dice);
    match (spec.pointer_mut(place).expect("a place"), dice.roll(4)) {
        (Value::Object(entries), 0) => {
            let keys: Vec<_> = entries.keys().cloned().collect();
            if let Some(key) = keys.get(dice.roll(keys.len())) {
                entries.remove(key);
            }
        }
        (Value::Object(entries), 1) => {
            let keys: Vec<_> = entries.keys().cloned().collect();
            if let Some(old) = keys
                .get(dice.roll(keys.len()))
                .and_then(|key| entries.remove(key))
            {
                entries.insert(name, old);
            }
        }
        (Value::Object(entries), 2) => {
            entries.insert(name, value);
        }
        (Value::Array(items), 0) => {
            items.pop();
        }
        (Value::Array(items), 1 | 2) => items.push(value),
        (place, _) => *place = value,
    }
}

#[test]
fn both_judges_agree_on_files_broken_at_random() {
    for (grammar, folder) in KINDS {
        agree_on_broken(grammar, folder);
    }
}

fn agree_on_broken(grammar: &'static Grammar, folder: &str) {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let given = std::env::var("INITIUM_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| clock.expect("a clock").as_nanos() as u64 | 1);
    let mut dice = Dice::new(seed);
    let valid: Vec<Value> = cases_of(grammar, &format!("{folder}valid"))
        .iter()
        .map(|doc| parse::parse(doc).expect("a valid case").to_json())
        .collect();
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..ROUNDS {
        let mut spec = valid[dice.roll(valid.len())].clone();
        for _ in 0..=dice.roll(3) {
            break_once(&mut spec, &mut dice);
        }
        let text = format!("{spec:#}");
        let doc = Document::new(
            format!("INITIUM_SEED={seed}"),
            Format::Json,
            PathBuf::new(),
            text,
        )
        .of(grammar);
        let tree =
            parse::parse(&doc).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}", doc.text));
        let agreed = std::panic::catch_unwind(|| verdict(&doc, &tree));
        match agreed
            .unwrap_or_else(|_| panic!("the judges differ; repeat with INITIUM_SEED={seed}"))
        {
            true => taken += 1,
            false => refused += 1,
        }
    }
    assert!(
        taken > 10 && refused > 100,
        "seed {seed}: {taken} taken, {refused} refused"
    );
}
