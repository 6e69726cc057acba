//! What the steps, checks and conditions of Redis become: the text that its driver reads.

use super::{bad, good, room, sources, stdin, text, told, valid, write};
use initium::spec::{Ask, Check, Input, Is, Migration, PerDatabase};
use std::fs;

fn up(migration: &Migration) -> Vec<String> {
    sources(&migration.up).into_iter().map(text).collect()
}

/// The texts that a list of steps becomes.
fn steps(list: &str) -> Vec<String> {
    let spec = format!("version: 1\ndatabase: redis\nmigrations: [{{name: a, up: {list}}}]");
    up(&good(&[stdin(&spec)]).migrations[0])
}

fn checks(checks: &PerDatabase<Vec<Check>>) -> Vec<(String, String)> {
    let PerDatabase::Same(checks) = checks else {
        panic!("one list of checks");
    };
    let answer = |check: &Check| match check.expect.as_deref() {
        Some([row]) => row.iter().flatten().cloned().collect::<String>(),
        other => format!("{other:?}"),
    };
    checks
        .iter()
        .map(|check| (text(&check.query), answer(check)))
        .collect()
}

#[test]
fn every_step_becomes_the_text_that_the_driver_reads() {
    let spec = valid("redis.yaml");
    let lines: Vec<String> = up(&spec.migrations[0]);
    let expected = [
        "SET a 1\nSET b 2\n",
        "SET a \"b c\"\n# nothing\ninitium.delete {\"match\":\"old:*\"}\n",
        "SET a \"b c\"",
        "HSET user:1 name \"Ann Lee\" age 42 share 0.50 admin true note \"\"",
        "SET \"#1\" \"a\\\"b\\\\c\\n\\tx\"",
        "\"initium.x\" 1",
        "initium.script {\"keys\":[\"a\"],\"args\":[\"1\",\"two\"]}\n| -- twice\n|\n|   return redis.call('GET', KEYS[1])",
        "initium.script {}\n| -- KEYS[1] is the key\n|\n|   return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])",
        r#"initium.rename {"match":"user:*","unless":["user:{*"],"type":"hash","to":"user:{$1}","on_conflict":"skip","batch":1000,"rate":5000}"#,
        r#"initium.copy {"match":"a:*","unless":["a:b","a:c"],"to":"b:$1"}"#,
        r#"initium.delete {"match":"old:*"}"#,
        r#"initium.convert {"match":"s:*","from":"set","to":"zset"}"#,
        r#"initium.hash {"match":"user:*","set":{"entity":"user","id":"$1","version":"2","admin":"false"},"unset":["legacy"],"rename":{"mail":"email"}}"#,
        r#"initium.expire {"match":"session:*","ttl_ms":2592000000}"#,
        r#"initium.expire {"match":"session:*","ttl_ms":129600000,"replace":true}"#,
        r#"initium.expire {"match":"user:*","persist":true}"#,
        r#"initium.json {"match":"doc:*","set":{"a.b":12345678901234567890123,"c":0.50,"d":null,"e":"x","f":true,"g h":"1"},"unset":["z"],"rename":{"old":"new"}}"#,
        "initium.each {\"match\":\"user:*\",\"args\":[\"seen\",\"0\"]}\n| -- KEYS[1] is the key\n|\n|   return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])",
        "initium.each {\"match\":\"user:*\"}\n| return 1",
    ];
    assert_eq!(lines, expected);
    let down = spec.migrations[0].down.as_ref().expect("down");
    assert_eq!(
        text(sources(down)[0]),
        r#"initium.rename {"match":"user:{*}","to":"user:$1"}"#
    );
}

#[test]
fn checks_become_questions_with_their_answers() {
    let spec = valid("redis.yaml");
    let pairs = checks(&spec.migrations[0].verify);
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("GET a", "b c"),
            (r#"initium.count {"match":"user:*"}"#, "3"),
            (
                r#"initium.count {"match":"user:*","at_least":1,"at_most":3}"#,
                "true"
            ),
            (r#"initium.count {"match":"old:*","type":"string"}"#, "0"),
            (
                r#"initium.sample {"match":"a:*","to":"b:$1","size":100}"#,
                "true"
            ),
            (
                r#"initium.sample {"match":"a:*","unless":["a:b"],"to":"b:$1","size":10}"#,
                "true"
            ),
        ]
    );
}

#[test]
fn a_condition_asks_for_keys_or_for_a_variable() {
    let spec = valid("redis.yaml");
    let asked = |n: usize| {
        let when = spec.migrations[n].when.as_ref().expect("a condition");
        match &when.ask {
            Ask::Query(queries) => {
                let query = queries.of(&["redis"]).map(text);
                (query.expect("a query"), when.reason.clone())
            }
            Ask::Variable { name, is } => (format!("{name} {is:?}"), when.reason.clone()),
        }
    };
    let any = r#"initium.any {"match":"user:*","unless":["user:{*"]}"#;
    assert_eq!(asked(0), (any.into(), Some("no users here".into())));
    let unset = format!("DEPLOYMENT_ID {:?}", Is::Unset);
    assert_eq!(asked(1), (unset, Some("it has its own".into())));
    assert_eq!(asked(2).0, "EXISTS a");
    assert_eq!(asked(3), (r#"initium.none {"match":"a:*"}"#.into(), None));
}

#[test]
fn a_target_says_its_prefix_and_where_its_ledger_is() {
    let spec = valid("redis.yaml");
    let cache = &spec.targets[1];
    assert_eq!(cache.prefix.as_deref(), Some("shop:eu-1"));
    assert_eq!(cache.history.as_deref(), Some("app"));
    let alone = good(&[stdin("version: 1\nprefix: eu\nmigrations: []")]);
    assert_eq!(alone.targets.len(), 1);
    assert_eq!(alone.targets[0].prefix.as_deref(), Some("eu"));
}

/// The checksum is taken over the text: who moves a key of a step has changed nothing.
#[test]
fn the_order_of_the_keys_of_a_step_does_not_count() {
    assert_eq!(
        steps("[{rename: {match: 'a:*', to: 'b:$1', batch: 5.0}}]"),
        steps("[{rename: {batch: 5, to: 'b:$1', match: 'a:*'}}]")
    );
}

#[test]
fn a_step_stands_where_its_name_does_and_a_command_where_its_first_word_does() {
    let spec = stdin(
        "version: 1\ndatabase: redis\nmigrations:\n- name: a\n  up:\n  - delete: {match: x}\n  - commands:\n    - [DEL, x]\n    - GET y\n",
    );
    let spec = good(&[spec]);
    let places = sources(&spec.migrations[0].up).into_iter().map(|source| {
        let place = source.place(0);
        (place.line, place.column)
    });
    assert_eq!(places.collect::<Vec<_>>(), [(6, 5), (8, 8), (9, 7)]);
}

#[test]
fn what_stands_in_a_step_stays_on_one_line() {
    let texts = steps(r#"[{delete: {match: "a\nb|\u0001\u2028\"x\\"}}]"#);
    assert_eq!(texts.len(), 1);
    assert_eq!(
        texts[0],
        "initium.delete {\"match\":\"a\\nb|\\u0001\u{2028}\\\"x\\\\\"}"
    );
}

#[test]
fn lua_of_a_file_is_read_in_any_form_of_line_end() {
    let folder = room("lua");
    write(&folder.join("a.lua"), "\u{feff}return 1\r\n\r\n-- é\r\n");
    let spec = write(
        &folder.join("a.yaml"),
        "version: 1\ndatabase: redis\nmigrations: [{name: a, up: [{each: {match: x, file: a.lua}}]}]",
    );
    let spec = good(&[spec]);
    assert_eq!(
        text(sources(&spec.migrations[0].up)[0]),
        "initium.each {\"match\":\"x\"}\n| return 1\n|\n| -- é"
    );
    fs::remove_dir_all(folder).expect("cleaned up");
}

/// A part that its target does not understand, with its target and the beginning of what is said.
#[test]
fn a_part_that_its_database_does_not_understand_is_refused_with_its_place() {
    let wrong = [
        (
            "redis",
            "up: [{sql: SELECT 1}]",
            "4:9 SQL in 'up' meets target 'default', which is redis",
        ),
        (
            "postgres",
            "up: [{delete: {match: x}}]",
            "4:9 'delete', which only redis understands, in 'up' meets",
        ),
        (
            "sqlite",
            "up: SELECT 1\n  verify: [{none: {match: x}}]",
            "5:13 'none', which only redis",
        ),
        (
            "sqlite",
            "up: SELECT 1\n  when: {any: {match: x}}",
            "5:10 'any', which only redis",
        ),
        (
            "mysql",
            "up: SELECT 1\n  down: [{commands: [GET a]}]",
            "5:11 'commands', which only redis",
        ),
        (
            "redis",
            "up: {redis: [{sql: SELECT 1}]}",
            "4:17 SQL stands under 'redis' in 'up'",
        ),
        (
            "mysql",
            "up: {mysql: [{json: {match: x, unset: [a]}}]}",
            "4:17 'json', which only redis understands, stands under 'mysql'",
        ),
    ];
    for (database, migration, words) in wrong {
        let spec =
            format!("version: 1\ndatabase: {database}\nmigrations:\n- {migration}\n  name: a");
        let told = told(&bad(&[stdin(&spec)]));
        assert!(
            told.starts_with(&format!("script-missing {words}")),
            "{told}"
        );
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    // Where only the URL says what the database is, the plan judges.
    for (kind, migration) in [
        ("", "up: [{sql: SELECT 1}]"),
        ("", "up: [{delete: {match: x}}]"),
    ] {
        let spec = format!("version: 1\n{kind}\nmigrations:\n- {migration}\n  name: a");
        good(&[stdin(&spec)]);
    }
}

#[test]
fn a_ledger_elsewhere_is_one_step_away() {
    let spec = |targets: &str| {
        stdin(&format!(
            "version: 1\ntargets:\n  a: {{}}\n{targets}\nmigrations: []"
        ))
    };
    good(&[spec("  b: {history: a}\n  c: {history: a}")]);
    for (targets, words) in [
        (
            "  b: {history: A}",
            "unknown-target 4:3 unknown target 'A' in 'history' of target 'b' (did you mean 'a'?)",
        ),
        (
            "  b: {history: b}",
            "spec-invalid 4:3 'history' of target 'b' is the target itself",
        ),
        (
            "  b: {history: a}\n  c: {history: b}",
            "spec-invalid 5:3 'history' of target 'c' is 'b', which keeps its own ledger in 'a'",
        ),
        (
            "  b: {database: mysql, prefix: x}",
            "spec-invalid 4:3 'prefix' of target 'b' is for redis, and it is mysql",
        ),
    ] {
        let told = told(&bad(&[spec(targets)]));
        assert!(told.starts_with(words), "{told}");
    }
}

/// The chapter of the guide shows migrations, or some keys of one.
#[test]
fn every_block_of_the_guide_about_redis_is_taken() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/migrations.md");
    let page = fs::read_to_string(page).expect("the guide");
    let chapter = page.split("\n## Redis\n").nth(1).expect("the chapter");
    let chapter = chapter.split("\n## ").next().expect("its text");
    let folder = room("guide");
    fs::create_dir(folder.join("lua")).expect("a folder");
    for lua in ["seed", "to-ms"] {
        write(&folder.join(format!("lua/{lua}.lua")), "return 1");
    }
    let mut taken = 0;
    for block in chapter.split("```yaml\n").skip(1) {
        let block = block.split("```").next().expect("its end");
        let spec = match block.starts_with("version:") {
            true => block.to_string(),
            false => {
                let keys = block.replace('\n', "\n    ");
                let up = match block.starts_with("up:") {
                    true => "",
                    false => "\n    up: PING",
                };
                format!("version: 1\ndatabase: redis\nmigrations:\n  - name: a\n    {keys}{up}")
            }
        };
        good(&[write(&folder.join("a.yaml"), spec)]);
        taken += 1;
    }
    assert!(taken >= 16, "{taken}");
    fs::remove_dir_all(folder).expect("cleaned up");
}

#[test]
fn the_examples_for_redis_are_taken() {
    for name in ["redis.yaml", "sql-and-redis.yaml", "redis/plan.yaml"] {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/migrate/");
        good(&[Input::file(format!("{path}{name}"))]);
    }
}
