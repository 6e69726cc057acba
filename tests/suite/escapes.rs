//! What others say never drives the terminal: server messages, specs, file names, users. (Catches a
//! way out that shows words as they came.)

use super::support::{Database, Folder, Ran, databases, initium, of};

/// A title, a colour, a C1 control, a direction, a line that is overwritten.
const NAME: &str = "e\u{1b}]0;pwned\u{7}\u{9b}31m\u{202e}gnp.\u{200f}\rfine";

fn is_quiet(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control() && c != '\n' && c != '\t'
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    })
}

/// In each form of output and log, the termination log included.
fn quiet(db: &Database, arguments: &[&str], told: &str) {
    for (format, log) in [("text", "text"), ("json", "json")] {
        let end = db.folder.write("end.log", "");
        let ran = db
            .initium(&[&["migrate"], arguments].concat())
            .env("INITIUM_FORMAT", format)
            .env("INITIUM_LOG_FORMAT", log)
            .env("INITIUM_LOG_LEVEL", "debug")
            .env("INITIUM_TERMINATION_LOG", &end)
            .env("USER", NAME)
            .run();
        let left = std::fs::read_to_string(&end).unwrap();
        for text in [&ran.out, &ran.err, &left] {
            assert!(
                is_quiet(text),
                "{} {arguments:?} {format}: {text:?}",
                db.kind
            );
        }
        let all = format!("{}{}{left}", ran.out, ran.err);
        assert!(
            all.contains(told),
            "{} {arguments:?} {format}: {all}",
            db.kind
        );
        if format == "json" {
            ran.json();
        }
    }
}

/// Raises what `NAME` holds, as an error and as a notice.
fn raises(kind: &str) -> &'static str {
    match kind {
        "postgres" => {
            "DO $$ BEGIN RAISE NOTICE '%', E'n\\033]0;pwned\\007\\u202e\\u009b1m\\rx';\n\
             RAISE EXCEPTION '%', E'told\\033]0;pwned\\007\\u202e\\u009b1m\\nerror[fake]: x\\ry'\n\
             USING DETAIL = E'd\\033[2J\\u202e', HINT = E'h\\033[2J\\u2066'; END $$;\n"
        }
        "sqlite" => "SELECT * FROM \"told\u{1b}]0;pwned\u{7}\u{202e}\u{9b}1m\";\n",
        _ => {
            "SET @m = CONVERT(X'746f6c641b5d303b70776e656407e280aec29b316d0d78' USING utf8mb4);\n\
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = @m;\n"
        }
    }
}

#[test]
fn what_a_server_says_does_not_drive_the_terminal() {
    for db in databases() {
        db.folder.write("a.sql", raises(db.kind));
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: [{file: a.sql}]}\n",
        );
        quiet(&db, &["apply", "--spec", &spec], "told");
        quiet(&db, &["history"], "told");
        quiet(&db, &["status", "--spec", &spec], "pending");
        quiet(&db, &["unlock"], "default");
    }
}

#[test]
fn a_message_of_two_lines_does_not_look_like_two_errors() {
    for db in of("postgres") {
        db.folder.write("a.sql", raises("postgres"));
        let spec = db.folder.write(
            "a.yaml",
            "version: 1\nmigrations:\n  - {name: one, up: [{file: a.sql}]}\n",
        );
        let ran = db.initium(&["migrate", "apply", "--spec", &spec]).exits(1);
        let errors = ran.err.lines().filter(|line| line.starts_with("error["));
        assert_eq!(errors.count(), 1, "{}", ran.err);
        let log = db.initium(&["migrate", "history"]).exits(0);
        assert_eq!(log.out.lines().count(), 1, "{}", log.out);
    }
}

#[test]
fn what_stands_in_a_spec_and_how_files_are_called_does_not_drive_the_terminal() {
    for db in databases() {
        let file = NAME.replace('/', "");
        let begins = if db.kind == "sqlite" {
            ""
        } else {
            "-- \u{1b}[31m\u{202e}\n"
        };
        db.folder.write(
            &format!("{file}.sql"),
            &format!("{begins}SELECT '\u{202e}\u{9b}1m\u{1b}[2J';\n"),
        );
        let name = serde_json::to_string("told \u{9b}31m\u{202e}gnp\u{2066}").unwrap();
        let path = serde_json::to_string(&format!("{file}.sql")).unwrap();
        let reason = serde_json::to_string("r\u{1b}[2J\u{202e}").unwrap();
        let spec = db.folder.write(
            &format!("{file}.json"),
            &format!(
                "{{\"version\": 1, \"migrations\": [{{\"id\": \"one\", \"name\": {name}, \"up\": [{{\"file\": {path}}}], \
                 \"tags\": [\"\u{202e}t\"], \"metadata\": {{\"k\": {reason}}}, \"down\": \"SELECT '\\u001b[2J\\u202e'\"}}, \
                 {{\"id\": \"two\", \"name\": \"two\", \"when\": {{\"query\": \"SELECT 1 = 0\", \"reason\": {reason}}}, \"up\": \"SELECT 1\"}}]}}"
            ),
        );
        quiet(&db, &["plan", "--spec", &spec], "one");
        quiet(&db, &["check", "--spec", &spec], "pending");
        let out = db.folder.path("plan.json");
        db.initium(&["migrate", "plan", "--spec", &spec, "--out", &out])
            .exits(0);
        assert!(is_quiet(&std::fs::read_to_string(&out).unwrap()));
        quiet(&db, &["apply", "--spec", &spec], "");
        for verb in ["status", "history", "check", "rollback"] {
            quiet(&db, &[verb, "--spec", &spec], "");
        }
        quiet(
            &db,
            &["rollback", "--dry-run", "--steps", "2", "--spec", &spec],
            "one",
        );
        // Findings about the same.
        let bad = db.folder.write(
            &format!("{file}-bad.json"),
            &format!("{{\"version\": 1, {name}: 1, \"migrations\": [{{\"name\": {reason}, \"up\": [{{\"file\": {reason}}}], \"tags\": {name}}}]}}"),
        );
        quiet(&db, &["plan", "--spec", &bad], "spec-invalid");
        quiet(
            &db,
            &["plan", "--spec", &format!("{file}.yaml")],
            "file-unreadable",
        );
    }
}

#[test]
fn what_stands_on_the_command_line_and_in_a_url_does_not_drive_the_terminal() {
    let shown = |ran: Ran| assert!(is_quiet(&ran.out) && is_quiet(&ran.err), "{ran:?}");
    for arguments in [
        &[NAME][..],
        &["migrate", NAME],
        &["migrate", "help", NAME],
        &["migrate", "plan", NAME],
        &["migrate", "plan", &format!("--{NAME}")],
        &["migrate", "plan", "--spec", "-", "--format", NAME],
        &["migrate", "plan", "--spec", "-", "--lock-wait", NAME],
        &["migrate", "history", "--table", NAME],
        &["migrate", "history", "--url-env", NAME],
        &["migrate", "history", "--target", NAME],
        &["migrate", "wait", "--timeout", NAME, "--spec", "-"],
    ] {
        shown(initium(arguments).run());
        shown(initium(arguments).env("INITIUM_FORMAT", "json").run());
    }
    let folder = Folder::new();
    let encoded: String = NAME.bytes().map(|b| format!("%{b:02x}")).collect();
    for url in [
        format!("{NAME}://u@h/x"),
        format!("sqlite:{}", folder.path(NAME)),
        format!("sqlite:{}/{encoded}/x", folder.path("")),
        format!("postgres://{encoded}:x@127.0.0.1:1/{encoded}"),
        format!("mysql://{encoded}:x@127.0.0.1:1/{encoded}"),
        format!("postgres://u:x@{encoded}:1/x"),
        format!("postgres://u:x@127.0.0.1:1/x?{NAME}={NAME}"),
    ] {
        for format in ["text", "json"] {
            let arguments = [
                "migrate",
                "history",
                "--connect-timeout",
                "0",
                "--format",
                format,
            ];
            shown(
                initium(&arguments)
                    .env("DATABASE_URL", &url)
                    .env("INITIUM_LOG_LEVEL", "debug")
                    .run(),
            );
        }
    }
    for db in databases().into_iter().filter(|db| db.kind != "sqlite") {
        let (_, server) = db.url.rsplit_once('@').unwrap();
        let scheme = db.url.split("://").next().unwrap();
        for format in ["text", "json"] {
            // The server repeats the name.
            let arguments = ["migrate", "history", "--format", format];
            let encoded = encoded.replace("%00", "");
            shown(
                initium(&arguments)
                    .env("DATABASE_URL", &format!("{scheme}://{encoded}:x@{server}"))
                    .run(),
            );
            let base = db.url.rsplit_once('/').unwrap().0;
            shown(
                initium(&arguments)
                    .env("DATABASE_URL", &format!("{base}/{encoded}"))
                    .run(),
            );
        }
    }
}
