//! A panic quotes values. Whoever wrote `expect` did not think of the log of a container.

use super::forms::{found, passwords};
use super::support::Folder;
use super::support::panic::panicking;

/// Each with the value in the message.
const WAYS: &[&str] = &["macro", "expect", "slice", "thread"];

#[test]
fn a_panic_tells_its_place_and_nothing_of_its_words() {
    let folder = Folder::new();
    let log = folder.write("termination-log", "");
    for (m, secret) in passwords().into_iter().enumerate() {
        for (n, how) in WAYS.iter().enumerate() {
            let form = ["text", "json"][(n + m) % 2];
            let words = [
                "migrate",
                "apply",
                "--format",
                form,
                "--termination-log",
                &log,
            ];
            let ran = panicking(how, &secret, &words);
            let left = std::fs::read_to_string(&log).unwrap();
            let all = format!("{}{}{left}", ran.out, ran.err);
            assert_eq!(ran.status, 4, "{all}");
            assert_eq!(found(&all, &secret), None, "{how} {form}: {all}");
            let said = match form {
                "json" => {
                    let document = &ran.out[ran.out.find('{').unwrap()..];
                    let document: serde_json::Value = serde_json::from_str(document).unwrap();
                    assert_eq!(document["error"]["code"], "internal");
                    document["error"]["message"].as_str().unwrap().to_string()
                }
                _ => ran.err.clone(),
            };
            assert!(
                said.contains("internal error at tests/canary/../suite/support/panic.rs:"),
                "{all}"
            );
            assert!(
                left.contains("internal") && left.contains("panic.rs:"),
                "{left}"
            );
            assert!(!all.contains("backtrace"), "{all}");
        }
    }
}
