//! Passwords typed where they do not belong. The command line shows them already; the message, the
//! log of the container and the termination log must not repeat them.

use super::forms::{passwords, percent};
use super::scene::{FORMS, Name, Scene};
use super::supply::Given;

/// `{}` is the password, `{url}` a URL with it.
const MISTAKES: &[&[&str]] = &[
    &["apply", "-p{}"],
    &["apply", "-p", "{}"],
    &["apply", "--password={}"],
    &["apply", "--password", "{}"],
    &["apply", "--passwd", "{}"],
    &["apply", "{}"],
    &["apply", "{url}"],
    &["{url}", "apply"],
    &["{}"],
    &["apply", "--url", "{url}"],
    &["apply", "--url={url}"],
    &["apply", "--url-env", "{url}"],
    &["apply", "--spec", "{url}"],
    &["apply", "--termination-log", "{url}"],
    &["apply", "--option", "{}"],
    &["apply", "--option", "password={}"],
    &["apply", "--option", "PGPASSWORD={}"],
    &["apply", "--option", "{}=1"],
    &["apply", "--name", "{url}"],
    &["apply", "--host", "{url}", "--database", "postgres"],
    &[
        "apply",
        "--user",
        "u:{}",
        "--host",
        "127.0.0.1",
        "--port",
        "1",
        "--database",
        "mysql",
    ],
    &["apply", "--url-env", "{}"],
    &[
        "apply",
        "--password-env",
        "{}",
        "--url",
        "postgres://u@127.0.0.1:1/db",
    ],
    &[
        "apply",
        "--password-file",
        "{}",
        "--url",
        "postgres://u@127.0.0.1:1/db",
    ],
    &["apply", "--port", "{}"],
    &[
        "apply",
        "--database",
        "{}",
        "--host",
        "127.0.0.1",
        "--port",
        "1",
    ],
    &["apply", "--format", "{}"],
    &["apply", "--log-level", "{}"],
    &["apply", "--log-format", "{}"],
    &["apply", "--connect-timeout", "{}"],
    &["apply", "--table", "{}"],
    &["apply", "--tx-mode", "{}"],
    &["rollback", "--steps", "{}"],
    &["wait", "--timeout", "{}"],
    &["history", "--limit", "{}"],
];

#[test]
fn a_password_in_a_wrong_place_is_not_repeated() {
    let scene = Scene::new();
    let spec = scene.folder.write(
        "spec.json",
        r#"{"version":1,"migrations":[{"name":"one","up":"SELECT 1"}]}"#,
    );
    for (m, secret) in passwords().into_iter().enumerate() {
        let url = format!("postgres://u:{}@127.0.0.1:1/db", percent(&secret, true));
        for (n, mistake) in MISTAKES.iter().enumerate() {
            let form = FORMS[(n + m) % 2];
            let filled = mistake
                .iter()
                .map(|word| word.replace("{url}", &url).replace("{}", &secret));
            let mut words: Vec<String> =
                ["migrate".to_string()].into_iter().chain(filled).collect();
            if !mistake.contains(&"--spec") {
                words.extend(["--spec".to_string(), spec.clone()]);
            }
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let ran = scene
                .prepare(&words, &Given::default(), form)
                .env("INITIUM_CONNECT_TIMEOUT", "0")
                .run();
            assert!(matches!(ran.status, 2 | 5), "{words:?}: {}", ran.err);
            let name = Name {
                supply: "argv",
                failure: mistake[0],
                form,
            };
            scene.search(&name, &secret, &ran, &[]);
        }
    }
}
