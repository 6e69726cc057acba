//! What a user of Redis needs, as the pages say it: each line is given to a real server, and no word of it
//! is too many. (Catches a right that is not enough, and one that nobody needs.)

use super::support::redis::{Reply, Server, redis};
use super::support::{Ran, root};

const PLAN: &str = r#"version: 1
database: redis
migrations:
  - name: braces
    up: [{rename: {match: "user:*", unless: "user:{*", to: "user:{$1}"}}]
    down: [{rename: {match: "user:{*}", to: "user:$1"}}]
    verify: [{none: {match: "user:*", unless: "user:{*"}}, {query: "GET user:{1}", expect: Ann}]
    cleanup: [{delete: {match: "user:{2}"}}]
  - name: words
    up:
      - commands: ["SET user:{3} Ben"]
      - script: {lua: "return redis.call('INCR', KEYS[1])", keys: ["user:{4}"]}
    down: "DEL user:{3} user:{4}"
"#;

/// The line of a page that makes this user, in words.
fn line(page: &str, user: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs").join(page)).unwrap();
    let start = format!("ACL SETUSER {user} ");
    let line = text.lines().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("{page} does not say how to make {user}"));
    line.split(' ').map(String::from).collect()
}

/// The server with these plans, the first of them applied.
struct Scene {
    server: Server,
    plan: String,
    more: String,
}

fn scene() -> Option<Scene> {
    let server = redis()?;
    for (key, value) in [("user:1", "Ann"), ("user:2", "Eve"), ("other", "1")] {
        server.command(&["SET", key, value]);
    }
    let plan = server.folder.write("plan.yaml", PLAN);
    let more = format!("{PLAN}  - {{name: more, up: SET other 2}}\n");
    let more = server.folder.write("more.yaml", &more);
    Some(Scene { server, plan, more })
}

impl Scene {
    fn make(&self, words: &[String]) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.server.command(&words);
    }

    fn run(&self, user: &str, words: &[&str], spec: &str) -> Ran {
        let words = [&["migrate"], words, &["--spec", spec]].concat();
        let url = self
            .server
            .url()
            .replace("//", &format!("//{user}:secret@"));
        self.server.initium(&words).env("DATABASE_URL", &url).run()
    }
}

/// Each of them, and whether what is pending is in the spec.
const QUESTIONS: &[(&[&str], bool, i32)] = &[
    (&["check"], false, 0),
    (&["check"], true, 3),
    (&["wait", "--timeout", "1s"], false, 0),
    (&["wait", "--timeout", "10ms"], true, 5),
    (&["status"], true, 0),
    (&["history"], true, 0),
    (&["plan"], false, 0),
    (&["plan", "--exit-code"], true, 3),
];

fn answered(scene: &Scene) -> Vec<bool> {
    let answers = QUESTIONS.iter().map(|(words, pending, status)| {
        let spec = if *pending { &scene.more } else { &scene.plan };
        scene.run("shop_gate", words, spec).status == *status
    });
    answers.collect()
}

#[test]
fn the_rights_of_the_gate_are_enough_for_every_question_and_no_command_is_too_many() {
    let Some(scene) = scene() else { return };
    let apply = ["migrate", "apply", "--spec", &scene.plan];
    scene.server.initium(&apply).exits(0);
    let line = line("gate.md", "shop_gate");
    scene.make(&line);
    assert_eq!(answered(&scene), vec![true; QUESTIONS.len()]);
    let before = scene.server.contents();
    let ran = scene.run("shop_gate", &["apply"], &scene.more);
    assert_eq!(ran.code(), "ledger-denied", "{}", ran.err);
    assert_eq!(scene.server.contents(), before);
    // Its name among the clients, and what the server says of itself, are for people and clusters.
    let given = line.iter().filter(|word| word.starts_with('+'));
    for word in given.filter(|word| !["+client|setname", "+info"].contains(&word.as_str())) {
        let less: Vec<_> = line
            .iter()
            .filter(|other| *other != word)
            .cloned()
            .collect();
        scene.make(&less);
        assert!(answered(&scene).contains(&false), "{word} is too many");
    }
    // And what the page adds for who holds the lock.
    scene.make(&line);
    for word in ["+get", "+pttl", "+hvals"] {
        let ran = scene.run("shop_gate", &["unlock"], &scene.plan);
        assert_eq!(ran.code(), "ledger-denied", "without {word}");
        scene.make(&["ACL", "SETUSER", "shop_gate", word].map(String::from));
    }
    assert_eq!(scene.run("shop_gate", &["unlock"], &scene.plan).status, 0);
}

#[test]
fn the_rights_that_the_page_gives_whoever_migrates_are_enough_for_the_whole_life() {
    let Some(scene) = scene() else { return };
    let line = line("connections.md", "shop_migrate");
    scene.make(&line);
    let lives: &[&[&str]] = &[
        &["plan"],
        &["apply"],
        &["verify"],
        &["cleanup", "--yes"],
        &["rollback", "--steps", "1", "--yes"],
        &["apply"],
        &["apply", "--rerun", "braces"],
        &["unlock"],
        &["check"],
    ];
    for words in lives {
        let ran = scene.run("shop_migrate", words, &scene.plan);
        assert_eq!(ran.status, 0, "{words:?}: {}", ran.err);
    }
    assert_eq!(scene.server.command(&["GET", "user:{1}"]), "Ann");
    // A key that was not given stays what it is.
    let ran = scene.run("shop_migrate", &["apply"], &scene.more);
    assert_eq!(ran.code(), "statement-failed", "{}", ran.err);
    assert!(ran.err.contains("~PATTERN"), "{}", ran.err);
    assert_eq!(scene.server.command(&["GET", "other"]), "1");
    let left = scene
        .server
        .connect()
        .ask(&["EXISTS", "{initium_migrate}:lock"]);
    assert_eq!(left, Reply::Number(0));
}
