//! What becomes of a pending migration that stands before an applied one.

use crate::support::{Database, databases};

fn spec(db: &Database, names: &[&str]) -> String {
    let one = |name: &&str| {
        format!("  - {{name: {name}, up: CREATE TABLE {name} (n integer), tags: [all, {name}]}}\n")
    };
    let text: String = names.iter().map(one).collect();
    db.folder
        .write("a.yaml", &format!("version: 1\nmigrations:\n{text}"))
}

#[test]
fn a_migration_before_an_applied_one_is_refused_left_out_or_applied() {
    for db in databases() {
        let path = spec(&db, &["a", "c"]);
        let run = |words: &[&str], status: i32| {
            db.initium(&[&["migrate"], words, &["--spec", &path]].concat())
                .exits(status)
        };
        run(&["apply"], 0);
        spec(&db, &["a", "b", "c", "d"]);
        for verb in ["apply", "plan"] {
            for order in [&[][..], &["--order", "linear"]] {
                let refused = run(&[&[verb], order].concat(), 4);
                assert_eq!(refused.code(), "out-of-order");
                let both = "migration 'b' is pending, but 'c' behind it is applied";
                assert!(refused.err.contains(both), "{}", refused.err);
            }
        }
        // The gate says what is pending, unless it is asked for the order.
        let pending = run(&["check", "--format", "json"], 3).json();
        assert_eq!(pending["pending"].as_array().unwrap().len(), 2);
        assert_eq!(
            run(&["check", "--order", "linear"], 4).code(),
            "out-of-order"
        );
        let plan = run(&["plan", "--order", "skip"], 0);
        assert!(!plan.out.contains("up b\n"), "{}", plan.out);
        let told = "skipped b: 'c' behind it is applied\n";
        assert!(plan.out.contains(told), "{}", plan.out);
        let plan = run(&["plan", "--order", "skip", "--format", "json"], 0).json();
        let skipped = serde_json::json!([{"target": "default", "id": "b", "behind": "c"}]);
        assert_eq!(plan["skipped"], skipped);
        let ran = run(&["apply", "--order", "skip"], 0);
        assert_eq!(ran.err.matches("skipped b").count(), 1, "{}", ran.err);
        assert_eq!(ran.out, "1 applied\n");
        assert!(ran.err.contains("applied 'd'"), "{}", ran.err);
        let gate = run(&["check", "--order", "skip"], 0);
        assert_eq!(
            gate.out,
            "up to date: 3 applied, nothing pending, 1 skipped\n"
        );
        run(&["wait", "--order", "skip", "--timeout", "5s"], 0);
        let gate = run(&["check", "--order", "skip", "--format", "json"], 0).json();
        assert_eq!(gate["skipped"][0]["behind"], "d");
        assert_eq!(run(&["apply", "--order", "skip"], 0).out, "nothing to do\n");
        // Judged among those that a run is about.
        run(&["apply", "--order", "skip", "--tags", "all,!b"], 0);
        assert_eq!(run(&["check"], 3).code(), "pending");
        let ran = run(&["apply", "--order", "any"], 0);
        assert!(ran.err.contains("applied 'b'"), "{}", ran.err);
        run(&["check"], 0);
    }
}

#[test]
fn two_words_for_the_order_that_differ_are_refused() {
    let db = databases().pop().unwrap();
    let path = spec(&db, &["a"]);
    let run = |words: &[&str], status: i32| {
        db.initium(&[&["migrate", "apply", "--spec", &path], words].concat())
            .exits(status)
    };
    let words = ["--order", "skip", "--allow-out-of-order"];
    assert_eq!(run(&words, 2).code(), "usage");
    let wrong = run(&["--order", "sideways"], 2);
    assert_eq!(wrong.code(), "setting-invalid");
    assert!(wrong.err.contains("linear, skip or any"), "{}", wrong.err);
    run(&["--order", "any", "--allow-out-of-order"], 0);
}
