//! The manifests of `examples/kubernetes` and the rendered chart: their plans and arguments go through the
//! binary, in the order in which a pod runs them, on every database. (Catches a manifest that the
//! program does not understand, a README that is not the file, a table of exit statuses that lies.)

use super::support::{Database, databases, initium, of, root};
use initium_driver::Code;
use serde_yaml::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn manifests() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in ["examples/kubernetes", "tests/kubernetes/snapshots"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "yaml") {
                all.push(path);
            }
        }
    }
    all.sort();
    assert!(all.len() >= 13, "{all:?}");
    all
}

fn objects(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let documents = text.split("\n---\n").map(|one| {
        serde_yaml::from_str::<Value>(one).unwrap_or_else(|e| panic!("{path:?}: {e}\n{one}"))
    });
    documents.filter(|one| !one.is_null()).collect()
}

/// All containers of ours in what stands below, init containers first.
fn containers(value: &Value, found: &mut Vec<Value>) {
    let Value::Mapping(map) = value else { return };
    for key in ["initContainers", "containers"] {
        let list = map.get(key).and_then(Value::as_sequence);
        found.extend(list.into_iter().flatten().cloned());
    }
    for (_, below) in map.iter() {
        containers(below, found);
    }
}

fn words(container: &Value) -> Vec<String> {
    let args = container["args"].as_sequence().into_iter().flatten();
    args.map(|word| word.as_str().unwrap().to_string())
        .collect()
}

/// What the pods of a manifest run, one after the other: `apply` before those that wait for it.
struct Runs {
    plans: BTreeMap<String, String>,
    lines: Vec<Vec<String>>,
}

fn runs(path: &Path) -> Runs {
    let (mut plans, mut found) = (BTreeMap::new(), Vec::new());
    for one in objects(path) {
        if one["kind"].as_str() == Some("ConfigMap") {
            for (name, text) in one["data"].as_mapping().unwrap().iter() {
                plans.insert(name.as_str().unwrap().into(), text.as_str().unwrap().into());
            }
        }
        containers(&one, &mut found);
    }
    let ours = |one: &&Value| one["image"].as_str().unwrap().contains("initium");
    let mut lines: Vec<_> = found.iter().filter(ours).map(words).collect();
    lines.sort_by_key(|line| {
        ["baseline", "apply"]
            .iter()
            .position(|v| line[1] == **v)
            .unwrap_or(2)
    });
    Runs { plans, lines }
}

fn help(verb: &str) -> String {
    initium(&["migrate", verb, "--help"]).exits(0).out
}

#[test]
fn every_manifest_says_only_what_the_program_understands() {
    let mut seen = BTreeSet::new();
    for path in manifests() {
        for line in runs(&path).lines {
            assert_eq!(line[0], "migrate", "{path:?}");
            let help = help(&line[1]);
            for flag in line.iter().filter(|word| word.starts_with("--")) {
                let flag = flag.split('=').next().unwrap();
                assert!(help.contains(&format!("  {flag} ")), "{path:?}: {flag}");
                seen.insert(flag.to_string());
            }
            seen.insert(line[1].clone());
        }
    }
    for word in [
        "apply",
        "wait",
        "verify",
        "baseline",
        "--if-table",
        "--allow-ahead",
    ] {
        assert!(seen.contains(word), "{word} is in no manifest");
    }
}

/// Runs the lines with the plan where the pod would have it.
fn through(db: &Database, path: &Path, runs: &Runs) {
    for (name, text) in &runs.plans {
        db.folder.write(name, text);
    }
    for line in &runs.lines {
        let plan = db.folder.path("plan.yaml");
        let line: Vec<_> = line
            .iter()
            .map(|word| word.replace("/plan/plan.yaml", &plan))
            .collect();
        let line: Vec<_> = line.iter().map(String::as_str).collect();
        let ran = db.initium(&line).run();
        assert_eq!(
            ran.status, 0,
            "{path:?} on {}: {line:?}\n{}",
            db.kind, ran.err
        );
    }
    let plan = db.folder.path("plan.yaml");
    db.initium(&["migrate", "check", "--spec", &plan]).exits(0);
    assert_eq!(db.ask("SELECT count(*) FROM orders"), "0", "{path:?}");
}

#[test]
fn every_manifest_migrates_a_new_database_of_each_kind() {
    let mut ran = 0;
    for path in manifests() {
        let mut runs = runs(&path);
        runs.lines
            .retain(|line| !line.iter().any(|w| w.starts_with("--targets")));
        // The plan of the CronJob is applied by something else.
        if runs.lines.iter().all(|line| line[1] == "verify") && !runs.lines.is_empty() {
            let apply = ["migrate", "apply", "--spec", "/plan/plan.yaml"];
            runs.lines.insert(0, apply.map(String::from).to_vec());
        }
        if runs.lines.is_empty() || !runs.plans.contains_key("plan.yaml") {
            continue;
        }
        ran += 1;
        for db in databases() {
            through(&db, &path, &runs);
        }
    }
    assert!(ran >= 10, "{ran} manifests");
}

#[test]
fn the_chart_adopts_a_database_that_has_its_tables_already() {
    for name in ["init-container-baseline.yaml", "hook-job-baseline.yaml"] {
        let path = root().join("tests/kubernetes/snapshots").join(name);
        for db in databases() {
            db.statement("CREATE TABLE orders (id integer PRIMARY KEY)");
            let runs = runs(&path);
            // The second release, and the second pod, find it done.
            through(&db, &path, &runs);
            through(&db, &path, &runs);
            let ledger = "SELECT state FROM initium_migrate WHERE id = 'create-orders'";
            assert_eq!(db.ask(ledger), "baseline");
        }
    }
}

#[test]
fn an_indexed_job_reaches_every_target() {
    let path = root().join("examples/kubernetes/indexed-job.yaml");
    let runs = runs(&path);
    let count = runs.lines[0]
        .iter()
        .find_map(|w| w.strip_prefix("--shard-count="));
    let job = objects(&path).pop().unwrap();
    let completions = job["spec"]["completions"].as_u64().unwrap();
    assert_eq!(count, Some(completions.to_string().as_str()));
    for db in of("postgres") {
        let (plan, targets) = (db.folder.path("plan.yaml"), db.folder.path("targets.yaml"));
        for (name, text) in &runs.plans {
            db.folder.write(name, text);
        }
        for schema in ["tenant_a", "tenant_b"] {
            db.statement(&format!("CREATE SCHEMA {schema}"));
        }
        let line: Vec<_> = runs.lines[0]
            .iter()
            .map(|word| word.replace("/plan/plan.yaml", &plan))
            .map(|word| word.replace("/targets/targets.yaml", &targets))
            .collect();
        let line: Vec<_> = line.iter().map(String::as_str).collect();
        for index in 0..completions {
            let run = db.initium(&line);
            run.env("JOB_COMPLETION_INDEX", &index.to_string()).exits(0);
        }
        for schema in ["tenant_a", "tenant_b"] {
            assert_eq!(
                db.ask(&format!("SELECT count(*) FROM {schema}.orders")),
                "0"
            );
        }
    }
}

#[test]
fn the_readme_holds_the_manifest_itself() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let block = readme.split_once("<<'YAML'\n").unwrap().1;
    let block = block.split_once("YAML\n").unwrap().0;
    let path = root().join("examples/kubernetes/init-container.yaml");
    let text = std::fs::read_to_string(path).unwrap();
    let (comment, manifest) = text.split_at(text.find("apiVersion:").unwrap());
    assert!(comment.lines().all(|line| line.starts_with('#')));
    assert_eq!(
        block, manifest,
        "the README is not examples/kubernetes/init-container.yaml"
    );
}

#[test]
fn the_page_tells_the_exit_statuses_that_errors_have() {
    let table = |page: &str| -> Vec<String> {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let rows = text.split("| code | means | trying again helps |").nth(1);
        let rows = rows.unwrap_or_else(|| panic!("{page} has no table"));
        let rows = rows
            .lines()
            .skip(1)
            .take_while(|line| line.starts_with('|'));
        rows.map(String::from).collect()
    };
    let rows = table("docs/kubernetes.md");
    assert_eq!(rows, table("docs/migrations.md"));
    let told: BTreeSet<i32> = rows
        .iter()
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split(','))
        .filter_map(|number| number.trim().parse().ok())
        .collect();
    let mut real: BTreeSet<i32> = Code::ALL.iter().map(|code| code.exit() as i32).collect();
    // An interrupted run exits with its signal.
    real.extend([0, 130, 143]);
    assert_eq!(told, real);
}

#[test]
fn manifests_and_chart_are_of_this_version() {
    let image = concat!("ghcr.io/initium/initium:", env!("CARGO_PKG_VERSION"));
    let mut found = 0;
    for path in manifests() {
        let mut all = Vec::new();
        objects(&path)
            .iter()
            .for_each(|one| containers(one, &mut all));
        for container in all {
            let of = container["image"].as_str().unwrap();
            if of.starts_with("ghcr.io/initium/") {
                assert_eq!(of, image, "{path:?}");
                found += 1;
            }
        }
    }
    assert!(found >= 8, "{found}");
    let chart = std::fs::read_to_string(root().join("examples/kubernetes/chart/Chart.yaml"));
    let version = concat!("\nappVersion: ", env!("CARGO_PKG_VERSION"), "\n");
    assert!(chart.unwrap().contains(version));
}
