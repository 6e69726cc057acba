//! The forms of continuous integration. (Catches a document that no tool reads, a name or a server's
//! word that becomes a command of the runner or a part of the page, a place that is not in the
//! repository, a secret that one form shows.)

use super::support::{Database, Folder, Initium, Ran, databases, initium, of, root};
use serde_json::Value;

const FORMS: &[&str] = &["github", "sarif", "junit", "gitlab"];

/// What GitHub's runner would obey in the output of a step, as its source has it: a line that begins
/// with `::name ...::` behind blanks, or `##[name ...]` anywhere.
fn orders(text: &str) -> Vec<String> {
    let known = [
        "add-mask",
        "add-matcher",
        "remove-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "internal-set-repo-path",
        "notice",
        "save-state",
        "set-env",
        "set-output",
        "stop-commands",
        "warning",
    ];
    let name = |info: &str| info.split(' ').next().unwrap_or("").to_string();
    let mut found = Vec::new();
    for line in text.split(['\n', '\r']) {
        let second = line
            .trim_start()
            .strip_prefix("::")
            .and_then(|rest| rest.split_once("::"));
        let first = line
            .split_once("##[")
            .and_then(|(_, rest)| rest.split_once(']'));
        for (info, data) in second.into_iter().chain(first) {
            if known.contains(&name(info).as_str()) {
                found.push(format!("{}|{info}|{data}", name(info)));
            }
        }
    }
    found
}

/// Only findings and results; what they say is unescaped as the runner does it.
fn annotations(ran: &Ran) -> Vec<String> {
    let all = orders(&format!("{}\n{}", ran.out, ran.err));
    for one in &all {
        let kind = one.split('|').next().unwrap();
        assert!(
            ["error", "warning", "notice"].contains(&kind),
            "{one}\n{}\n{}",
            ran.out,
            ran.err
        );
    }
    all
}

/// Well-formed, and nothing in it that XML 1.0 forbids. Gives the elements in order, with attributes.
fn xml(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let bad = |c: char| c.is_control() && !"\n\t\r".contains(c) || "\u{fffe}\u{ffff}".contains(c);
    assert!(!text.contains(bad), "{text:?}");
    let mut rest = text
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .expect("a declaration");
    let (mut open, mut all) = (Vec::new(), Vec::new());
    while let Some((before, tail)) = rest.split_once('<') {
        read(before);
        let (tag, tail) = tail.split_once('>').expect("a tag ends");
        rest = tail;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "{text}");
            continue;
        }
        let (tag, alone) = tag
            .strip_suffix('/')
            .map_or((tag, false), |tag| (tag, true));
        let (name, mut values) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some((key, tail)) = values.trim_start().split_once("=\"") {
            let (value, tail) = tail.split_once('"').expect("a value ends");
            attributes.push((key.to_string(), read(value)));
            values = tail;
        }
        assert_eq!(values.trim(), "", "{tag}");
        all.push((name.to_string(), attributes));
        if !alone {
            open.push(name.to_string());
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    all
}

/// Character data, with its references resolved.
fn read(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('&');
    out += parts.next().unwrap();
    for part in parts {
        let (entity, tail) = part.split_once(';').expect("a reference ends");
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "#10" => '\n',
            "#9" => '\t',
            other => panic!("&{other};"),
        });
        out += tail;
    }
    out
}

fn attribute<'a>(element: &'a (String, Vec<(String, String)>), name: &str) -> &'a str {
    let found = element.1.iter().find(|(key, _)| key == name);
    &found
        .unwrap_or_else(|| panic!("no {name} in {element:?}"))
        .1
}

/// What the counts of a suite say is what is in it.
fn counted(ran: &Ran) -> Vec<(String, Vec<(String, String)>)> {
    let all = xml(&ran.out);
    for name in ["testsuites", "testsuite"] {
        let suite = all.iter().find(|element| element.0 == name).expect(name);
        for (key, element) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            let n = all.iter().filter(|one| one.0 == element).count();
            assert_eq!(attribute(suite, key), n.to_string(), "{key}\n{}", ran.out);
        }
    }
    all
}

fn gitlab(ran: &Ran) -> Vec<Value> {
    let all: Vec<Value> =
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{}", ran.out));
    let mut prints = Vec::new();
    for one in &all {
        for key in ["description", "check_name", "fingerprint"] {
            assert!(
                one[key].as_str().is_some_and(|text| !text.is_empty()),
                "{key} of {one}"
            );
        }
        let severity = one["severity"].as_str().unwrap();
        assert!(
            ["info", "minor", "major", "critical", "blocker"].contains(&severity),
            "{one}"
        );
        let path = one["location"]["path"].as_str().unwrap();
        assert!(
            !path.starts_with('/') && !path.starts_with("./") && !path.contains(".."),
            "{one}"
        );
        assert!(
            one["location"]["lines"]["begin"].as_u64().unwrap() > 0,
            "{one}"
        );
        prints.push(one["fingerprint"].as_str().unwrap().to_string());
    }
    let n = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), n, "{}", ran.out);
    all
}

/// The results; every one has its rule. (`tests/ci/run` holds the whole against the schema.)
fn sarif(ran: &Ran) -> Vec<Value> {
    let document = ran.json();
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap().clone();
    for result in &results {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        // The page is in this repository.
        let page = rule["helpUri"]
            .as_str()
            .unwrap()
            .split_once("/blob/main/")
            .unwrap()
            .1;
        let (file, anchor) = page.split_once('#').unwrap_or((page, ""));
        let text =
            std::fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(
            anchor.is_empty() || text.contains(&format!("### {anchor}\n")),
            "{page}"
        );
    }
    results
}

fn valid(form: &str, ran: &Ran) {
    match form {
        "github" => assert!(
            annotations(ran)
                .iter()
                .any(|one| one.starts_with("notice|"))
        ),
        "sarif" => drop(sarif(ran)),
        "junit" => drop(counted(ran)),
        _ => drop(gitlab(ran)),
    }
}

/// A repository with the plan in a folder of it.
struct Scene {
    folder: Folder,
    url: String,
}

impl Scene {
    fn new(db: &Database, plan: &str) -> Scene {
        let folder = Folder::new();
        std::fs::create_dir_all(folder.root().join(".git")).unwrap();
        folder.write("db/plan.yaml", plan);
        folder.write("summary.md", "");
        folder.write("output.txt", "");
        Scene {
            folder,
            url: db.url.clone(),
        }
    }

    fn run(&self, form: &str, arguments: &[&str]) -> Initium {
        let all = [
            &["migrate"],
            arguments,
            &["--spec", "plan.yaml", "--format", form],
        ]
        .concat();
        initium(&all)
            .env("DATABASE_URL", &self.url)
            .env(
                "GITHUB_WORKSPACE",
                &self.folder.root().display().to_string(),
            )
            .env("GITHUB_STEP_SUMMARY", &self.folder.path("summary.md"))
            .env("GITHUB_OUTPUT", &self.folder.path("output.txt"))
            .at(&self.folder.root().join("db"))
    }

    /// What stands in it, which is taken away.
    fn take(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.folder.path(name)).unwrap();
        self.folder.write(name, "");
        text
    }
}

const PLAN: &str = "version: 1\nmigrations:\n  - name: one\n    up: CREATE TABLE a (n integer)\n    down: DROP TABLE a\n    \
    verify: SELECT count(*) = 1 FROM a\n  - name: two\n    up: INSERT INTO a VALUES (1)\n";

#[test]
fn every_verb_answers_in_every_form() {
    for db in databases() {
        let scene = Scene::new(&db, PLAN);
        for form in FORMS {
            for (arguments, status) in [
                (&["plan"][..], 0),
                (&["plan", "--exit-code"], 3),
                (&["apply", "--dry-run"], 0),
                (&["check"], 3),
                (&["wait", "--timeout", "0s"], 5),
                (&["status"], 0),
                (&["verify"], 0),
                (&["cleanup", "--dry-run"], 0),
                (&["rollback", "--dry-run"], 0),
                (&["history"], 0),
                (&["unlock"], 0),
                (&["connection"], 0),
                (&["apply", "--to", "nowhere"], 2),
                (&["apply", "--nonsense"], 2),
                (&["aply"], 2),
            ] {
                // A line of the log begins with the time.
                let arguments = &[arguments, &["--log-level", "off"]].concat();
                let ran = scene.run(form, arguments).exits(status);
                valid(form, &ran);
                // For one of the three that are documents, as they share the way.
                if *form == "sarif" {
                    let text = scene.run("text", arguments).exits(status);
                    assert_eq!(
                        ran.err.lines().next(),
                        [&text.out, &text.err].concat_lines(),
                        "{form} {arguments:?}"
                    );
                }
            }
        }
    }
}

/// The first line of the first text that has one.
trait FirstLine {
    fn concat_lines(&self) -> Option<&str>;
}

impl FirstLine for [&String; 2] {
    fn concat_lines(&self) -> Option<&str> {
        self.iter().find_map(|text| text.lines().next())
    }
}

#[test]
fn a_pipeline_from_plan_to_verify_is_told_in_every_form() {
    for db in databases() {
        for form in FORMS {
            let scene = Scene::new(&db, PLAN);
            let run = |arguments: &[&str], status: i32| {
                let ran = scene.run(form, arguments).exits(status);
                valid(form, &ran);
                ran
            };
            run(&["plan"], 0);
            let applied = run(&["apply"], 0);
            let held = run(&["verify"], 0);
            db.statement("INSERT INTO a VALUES (2)");
            let broken = run(&["verify"], 3);
            match *form {
                "junit" => {
                    let names: Vec<_> = counted(&applied)
                        .into_iter()
                        .filter(|e| e.0 == "testcase")
                        .collect();
                    let names: Vec<_> = names
                        .iter()
                        .map(|e| (attribute(e, "classname"), attribute(e, "name")))
                        .collect();
                    assert_eq!(names, [("default", "one"), ("default", "two")]);
                    assert!(!counted(&held).iter().any(|e| e.0 == "failure"));
                    let failed = counted(&broken);
                    let failure = failed.iter().find(|e| e.0 == "failure").unwrap();
                    assert_eq!(attribute(failure, "type"), "verify-failed");
                }
                "github" => {
                    let told = annotations(&broken);
                    assert!(
                        told[0].starts_with("error|error file=db/plan.yaml,line=6,col="),
                        "{told:?}"
                    );
                    assert!(told[0].contains("title=verify-failed in one"), "{told:?}");
                    assert!(
                        annotations(&applied)
                            .contains(&"notice|notice title=initium apply|2 applied".into())
                    );
                }
                "sarif" => {
                    let found = sarif(&broken);
                    let place = &found[0]["locations"][0]["physicalLocation"];
                    assert_eq!(
                        (
                            &place["artifactLocation"]["uri"],
                            &place["region"]["startLine"]
                        ),
                        (&"db/plan.yaml".into(), &6.into())
                    );
                    assert!(sarif(&applied).is_empty() && sarif(&held).is_empty());
                }
                _ => {
                    let found = gitlab(&broken);
                    assert_eq!(
                        (&found[0]["check_name"], &found[0]["location"]["path"]),
                        (&"verify-failed".into(), &"db/plan.yaml".into())
                    );
                }
            }
            db.statement("DROP TABLE a");
            for table in [
                "initium_migrate",
                "initium_migrate_log",
                "initium_migrate_meta",
                "initium_migrate_step",
            ] {
                db.statement(&format!("DROP TABLE IF EXISTS {table}"));
            }
        }
    }
}

#[test]
fn pending_fails_the_gate_and_is_skipped_in_the_overview() {
    for db in of("sqlite") {
        let scene = Scene::new(&db, PLAN);
        let kinds = |verb: &str, status: i32| {
            let all = counted(&scene.run("junit", &[verb]).exits(status));
            let kinds = all
                .iter()
                .filter(|e| ["failure", "skipped", "error"].contains(&e.0.as_str()));
            kinds.map(|e| e.0.clone()).collect::<Vec<_>>()
        };
        assert_eq!(kinds("check", 3), ["failure", "failure"]);
        assert_eq!(kinds("plan", 0), ["skipped", "skipped"]);
        assert_eq!(kinds("status", 0), ["skipped", "skipped"]);
        scene.run("text", &["apply"]).exits(0);
        assert_eq!(kinds("check", 0), [""; 0]);
        assert_eq!(kinds("status", 0), [""; 0]);
        let xml = scene.run("junit", &["check"]).exits(0).out;
        assert!(
            xml.contains("tests=\"1\"") && xml.contains("up to date"),
            "{xml}"
        );
    }
}

#[test]
fn a_plan_is_a_page_with_its_sql_and_the_numbers_are_outputs() {
    for db in of("postgres").into_iter().chain(of("sqlite")) {
        let text = format!(
            "{PLAN}  - name: three\n    up: |\n      CREATE INDEX i ON a (n);\n      ALTER TABLE a ADD COLUMN b text DEFAULT '\n      ```\n      ';\n"
        );
        let scene = Scene::new(&db, &text);
        let ran = scene.run("github", &["plan"]).exits(0);
        assert!(ran.out.contains("3 to run, 4 statements\n"), "{}", ran.out);
        assert_eq!(scene.take("output.txt"), "pending=3\noutcome=pending\n");
        let page = scene.take("summary.md");
        let lock = if db.kind == "postgres" {
            "ACCESS EXCLUSIVE"
        } else {
            "RESERVED"
        };
        for part in [
            "### initium plan\n\n| migration | name | target | phase | transactions | strongest lock | statements |\n|---|",
            "\n| one | one | default | up | one | ",
            &format!("\n| three | three | default | up | one | {lock} | 2 |\n"),
            "\n<details><summary>one: 1 statement</summary>\n\n```sql\nCREATE TABLE a (n integer);\n```\n\n</details>\n",
            "\n````sql\nCREATE INDEX i ON a (n);\nALTER TABLE a ADD COLUMN b text DEFAULT '\n```\n';\n````\n",
            "\n**3 to run, 4 statements**\n",
        ] {
            assert!(page.contains(part), "{}: no {part}\nin {page}", db.kind);
        }
        if db.kind == "postgres" {
            let told = annotations(&ran);
            let lock = told.iter().find(|one| one.starts_with("warning|")).unwrap();
            assert!(
                lock.contains("file=db/plan.yaml,line=12,col=7,title=plan-lock in three"),
                "{lock}"
            );
        }
        scene.run("github", &["apply"]).exits(0);
        assert_eq!(scene.take("output.txt"), "pending=\noutcome=done\n");
        let page = scene.take("summary.md");
        assert!(
            page.contains("| two | two | default | applied | "),
            "{page}"
        );
        scene.run("github", &["check"]).exits(0);
        assert_eq!(scene.take("output.txt"), "pending=0\noutcome=up_to_date\n");
    }
}

#[test]
fn a_page_that_has_no_room_left_is_left_as_it_is() {
    for db in of("sqlite") {
        let scene = Scene::new(&db, PLAN);
        let full = "x".repeat((1 << 20) - 100);
        scene.folder.write("summary.md", &full);
        scene.run("github", &["plan"]).exits(0);
        assert_eq!(scene.take("summary.md"), full);
        // A page that cannot be written costs a line of the log, not the run.
        let ran = scene
            .run("github", &["apply"])
            .env("GITHUB_STEP_SUMMARY", "/nowhere/x.md")
            .exits(0);
        assert!(
            ran.err.contains("cannot write to '/nowhere/x.md'"),
            "{}",
            ran.err
        );
    }
}

/// Names, texts and answers of a server that try to be more.
const HOSTILE: [&str; 8] = [
    "::set-output name=outcome::x",
    "x\\n::add-mask::password",
    "##[add-mask]a ##[group]b",
    "%0A::error::x%0D%0A",
    "a | b --> <!-- c </summary><script>alert(1)</script> ``` `",
    "\\u001b]0;x\\u0007\\u202e\\u0085::stop-commands::x",
    "]]> <![CDATA[ &amp; \\\" ' \\uFFFE",
    "\\u00a0::debug::x",
];

#[test]
fn words_of_others_are_never_commands_or_markup() {
    for db in of("postgres").into_iter().chain(of("sqlite")) {
        let mut plan = String::from("version: 1\nmigrations:\n");
        for (n, words) in HOSTILE.iter().enumerate() {
            // A name of several lines is refused; a text of them is not.
            let name = if words.contains("\\n") || words.contains("\\u") {
                "plain"
            } else {
                words
            };
            plan += &format!(
                "  - {{id: h{n}, name: \"{name}\", up: \"SELECT 1 AS x /*\\n{words}\\n*/\"}}\n"
            );
        }
        let last = match db.kind {
            "postgres" => {
                "DO $$ BEGIN RAISE EXCEPTION USING MESSAGE = E'boom\\n::set-env name=A::b\\n##[add-path]/x', DETAIL = E'\\n ::add-mask::x', HINT = '</failure>'; END $$"
            }
            _ => "SELECT * FROM \"\n::set-env name=A::b\n##[add-path]/x </failure>\"",
        };
        plan += &format!(
            "  - name: last\n    up: |\n      {}\n",
            last.replace('\n', "\n      ")
        );
        for form in FORMS {
            let names = HOSTILE.map(|words| format!("  - {{name: \"{words}\", {words}: 1}}\n"));
            let scene = Scene::new(&db, &format!("version: 1\nmigrations:\n{}", names.concat()));
            valid(form, &scene.run(form, &["plan"]).exits(2));
            let scene = Scene::new(&db, &plan);
            for (verb, status) in [
                ("plan", 0),
                ("check", 3),
                ("apply", 1),
                ("status", 0),
                ("history", 0),
            ] {
                let ran = scene.run(form, &[verb]).exits(status);
                valid(form, &ran);
                // Their text on standard error of the other forms is for no runner; it is clean.
                let drives = |c: char| c.is_control() && !"\n\t".contains(c) || c == '\u{202e}';
                assert!(
                    !ran.out.contains(drives) && !ran.err.contains(drives),
                    "{form} {verb}\n{}",
                    ran.out
                );
            }
            let page = scene.take("summary.md");
            if *form == "github" {
                assert!(!page.contains("<script>") || fenced(&page), "{page}");
                let rows = page.lines().filter(|line| line.starts_with("| h"));
                // Signs that part columns stand in front of no backslash.
                for row in rows {
                    let bars = row.replace("\\|", "").matches('|').count();
                    assert!([7, 8].contains(&bars), "{row}");
                }
                let output = scene.take("output.txt");
                for line in output.lines() {
                    let (name, value) = line.split_once('=').unwrap();
                    assert!(["pending", "outcome"].contains(&name), "{output}");
                    assert!(
                        value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
                        "{output}"
                    );
                }
            }
            for table in [
                "initium_migrate",
                "initium_migrate_log",
                "initium_migrate_meta",
                "initium_migrate_step",
            ] {
                db.statement(&format!("DROP TABLE IF EXISTS {table}"));
            }
        }
    }
}

/// Whether what looks like markup stands in fences only.
fn fenced(page: &str) -> bool {
    let mut fence: Option<String> = None;
    for line in page.lines() {
        match &fence {
            Some(open) if line == *open => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches("sql").into()),
            None if line.contains("<script>") || line.contains("<!--") => return false,
            None => {}
        }
    }
    fence.is_none()
}

#[test]
fn every_finding_of_a_spec_has_its_place_in_the_repository() {
    for db in of("sqlite") {
        let scene = Scene::new(
            &db,
            "version: 1\nmigrations:\n  - {name: one, upp: SELECT 1}\n  - {name: two, up: SELECT 1, tag: x}\n",
        );
        let ran = scene.run("github", &["plan"]).exits(2);
        let told = annotations(&ran);
        let places: Vec<_> = told
            .iter()
            .filter(|one| one.starts_with("error|"))
            .map(|one| one.split(",col").next().unwrap())
            .collect();
        assert!(
            places.contains(&"error|error file=db/plan.yaml,line=3"),
            "{told:?}"
        );
        assert!(
            places.contains(&"error|error file=db/plan.yaml,line=4"),
            "{told:?}"
        );
        assert_eq!(scene.take("output.txt"), "pending=\noutcome=failed\n");
        // GitLab says where by a variable of its own; without any, the folder of .git is the root.
        for (name, value) in [
            ("CI_PROJECT_DIR", scene.folder.root().display().to_string()),
            ("GITHUB_WORKSPACE", String::new()),
            ("GITHUB_WORKSPACE", "/usr".into()),
        ] {
            let ran = scene
                .run("gitlab", &["plan"])
                .env("GITHUB_WORKSPACE", "")
                .env(name, &value)
                .exits(2);
            assert_eq!(
                gitlab(&ran)[0]["location"]["path"],
                "db/plan.yaml",
                "{name}={value}"
            );
        }
        // Outside of it there is no place, and the text says it.
        let outside = db.folder.write("outside.yaml", "version: 2\n");
        let all = ["migrate", "plan", "--spec", &outside, "--format", "sarif"];
        let ran = initium(&all)
            .env(
                "GITHUB_WORKSPACE",
                &scene.folder.root().display().to_string(),
            )
            .at(scene.folder.root())
            .exits(2);
        let found = sarif(&ran);
        assert_eq!(found[0]["locations"], serde_json::json!([]));
        assert!(
            found[0]["message"]["text"]
                .as_str()
                .unwrap()
                .contains(&format!("at {outside}:1:")),
            "{found:?}"
        );
    }
}

#[test]
fn a_fingerprint_does_not_move_with_the_line() {
    for db in of("sqlite") {
        let prints = |plan: &str| {
            let scene = Scene::new(&db, plan);
            let of = |all: Vec<Value>, key: &dyn Fn(&Value) -> Value| {
                all.iter().map(key).collect::<Vec<_>>()
            };
            let ran = scene.run("gitlab", &["plan"]).exits(0);
            let first = of(gitlab(&ran), &|one| one["fingerprint"].clone());
            let ran = scene.run("sarif", &["plan"]).exits(0);
            let second = of(sarif(&ran), &|one| {
                one["partialFingerprints"]["initium/v1"].clone()
            });
            assert_eq!(first, second);
            first
        };
        let before = prints(PLAN);
        assert!(!before.is_empty());
        assert_eq!(
            before,
            prints(&PLAN.replace("migrations:", "# a line\n# more\nmigrations:"))
        );
        assert_ne!(before, prints(&PLAN.replace("name: two", "name: other")));
    }
}

#[test]
fn no_form_shows_what_is_secret() {
    for db in of("postgres").into_iter().chain(of("sqlite")) {
        let plan = "version: 1\nmigrations:\n  - name: one\n    sensitive: true\n    up: |\n      SELECT 'hunter2';\n      SELECT hunter2 FROM hunter2;\n";
        for form in FORMS {
            let scene = Scene::new(&db, plan);
            for (verb, status) in [("plan", 0), ("apply", 1), ("history", 0), ("status", 0)] {
                let ran = scene.run(form, &[verb]).exits(status);
                let page = scene.take("summary.md") + &scene.take("output.txt");
                for text in [&ran.out, &ran.err, &page] {
                    assert!(
                        !text.contains("hunter2"),
                        "{} {form} {verb}: {text}",
                        db.kind
                    );
                }
            }
        }
    }
    let folder = Folder::new();
    let spec = folder.write("a.yaml", PLAN);
    for form in FORMS {
        for url in [
            "postgres://u:hunter2@127.0.0.1:1/db",
            "postgres://u:hunter2@[/db",
        ] {
            let ran = initium(&[
                "migrate",
                "plan",
                "--spec",
                &spec,
                "--connect-timeout",
                "100ms",
                "--format",
                form,
            ])
            .env("DATABASE_URL", url)
            .run();
            assert_ne!(ran.status, 0);
            valid(form, &ran);
            assert!(
                !ran.out.contains("hunter2") && !ran.err.contains("hunter2"),
                "{}",
                ran.out
            );
        }
    }
}

#[test]
fn a_form_may_stand_in_its_variable_and_an_unknown_one_is_named() {
    for db in of("sqlite") {
        let scene = Scene::new(&db, PLAN);
        let ran = initium(&[
            "migrate",
            "check",
            "--spec",
            &scene.folder.path("db/plan.yaml"),
        ])
        .env("DATABASE_URL", &scene.url)
        .env("INITIUM_FORMAT", "junit")
        .exits(3);
        counted(&ran);
        let help = initium(&["migrate", "check", "--help"]).exits(0).out;
        assert!(
            help.contains("text, json, github, sarif, junit or gitlab"),
            "{help}"
        );
        let ran = scene.run("xml", &["check"]).exits(2);
        assert_eq!(ran.code(), "setting-invalid");
        assert!(
            ran.err
                .contains("help: one of text, json, github, sarif, junit, gitlab"),
            "{}",
            ran.err
        );
        let termination = scene.folder.write("termination", "");
        scene
            .run("junit", &["check", "--termination-log", &termination])
            .exits(3);
        let left = std::fs::read_to_string(&termination).unwrap();
        assert!(left.starts_with("error[pending]: "), "{left}");
    }
}

#[test]
fn every_rule_has_an_entry_in_the_page_about_them() {
    let page = std::fs::read_to_string(root().join("docs/ci.md")).unwrap();
    let mut n = 0;
    for file in ["remarks.rs", "answers.rs"] {
        let text = std::fs::read_to_string(root().join("src/report").join(file)).unwrap();
        for start in ["plan-", "status-"] {
            for rest in text.split(&format!("\"{start}")).skip(1) {
                let rule = format!("{start}{}", rest.split('"').next().unwrap());
                assert!(page.contains(&format!("\n### {rule}\n")), "{rule}");
                n += 1;
            }
        }
    }
    assert!(n >= 6, "{n} rules were found");
}
