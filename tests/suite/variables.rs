//! `${NAME}` in SQL, on real servers: whatever a value says, it comes out as a value. (Catches a value
//! that ends its quotes, one that is read by another rule than it was spelled by, a secret that is
//! shown or kept, and a checksum that depends on values.)

use crate::support::{Database, Ran, databases};

const HOSTILE: &[&str] = &[
    "plain",
    "",
    " ",
    "'",
    "''",
    "\\",
    "\\'",
    "'; DROP TABLE witness; --",
    "\\'; DROP TABLE witness; -- ",
    "\\\\'; DROP TABLE witness; -- ",
    "*/ '); DROP TABLE witness; /*",
    "\"; DROP TABLE witness; --",
    "`; DROP TABLE witness; --",
    "$$; DROP TABLE witness; $$",
    "$a$ ${v} ${{v}} ${region}",
    "line one\nline two\r\n\ttabbed\u{1a}\u{8}",
    "%s %n \\n \\0 \\x27 \\047 \\u0027",
    "\u{e9}\u{4e2d}\u{1f980} \u{202e}\u{2019}\u{ff07}\u{2bc}",
    "\u{bf}'; DROP TABLE witness; --",
    "x' || (SELECT 1) || 'y",
    "0x27 X'27' E'\\'' U&'\\0027'",
];

fn run(db: &Database, spec: &str, words: &[&str]) -> Ran {
    db.initium(&[&["migrate"], words, &["--spec", spec]].concat())
        .beside()
        .run()
}

fn spec(db: &Database, variables: &str, up: &str) -> String {
    let up = up.replace('\n', "\n      ");
    let text = format!(
        "version: 1\nvariables: {variables}\nmigrations:\n  - name: one\n    up: |\n      {up}\n"
    );
    db.folder.write("a.yaml", &text)
}

fn long_text(db: &Database) -> &'static str {
    match db.kind {
        "postgres" | "sqlite" => "text",
        _ => "text CHARACTER SET utf8mb4",
    }
}

#[test]
fn a_text_comes_back_as_it_was_whatever_it_says() {
    for db in databases() {
        db.statement("CREATE TABLE witness (n integer)");
        db.statement(&format!("CREATE TABLE t (n integer, v {})", long_text(&db)));
        for (n, value) in HOSTILE.iter().enumerate() {
            let path = spec(
                &db,
                "{v: {type: text, env: HOSTILE}, n: {type: number}}",
                "INSERT INTO t VALUES (${n}, ${v});\nINSERT INTO t (v, n) SELECT ${v}, -${n} - 1000 WHERE ${v} = ${v}",
            );
            let (table, var) = (format!("l{n}"), format!("n={n}"));
            let words = ["migrate", "apply", "--table", &table, "--spec", &path];
            let words = [&words[..], &["--var", var.as_str()]].concat();
            // An empty variable of the environment is none.
            match value.is_empty() {
                true => db
                    .initium(&[&words[..], &["--var", "v="]].concat())
                    .beside(),
                false => db.initium(&words).beside().env("HOSTILE", value),
            }
            .exits(0);
            for row in [n as i64, -(n as i64) - 1000] {
                let found = db.ask(&format!("SELECT v FROM t WHERE n = {row}"));
                assert_eq!(&found, value, "{} {row}", db.kind);
            }
        }
        assert_eq!(db.ask("SELECT count(*) FROM witness"), "0");
    }
}

#[test]
fn a_name_is_one_name_whatever_it_says() {
    for db in databases() {
        db.statement("CREATE TABLE witness (n integer)");
        let names = [
            "plain",
            "a\"b",
            "a`b",
            "a'b",
            "a\\b",
            "a b; DROP TABLE witness; --",
            "x (n integer); --",
            "a.b",
            "$$",
            "\u{e9}\u{4e2d}",
        ];
        for (n, name) in names.iter().enumerate() {
            let path = spec(
                &db,
                "{i: {type: identifier}}",
                "CREATE TABLE ${i} (${i} integer);\nINSERT INTO ${i} VALUES (7)",
            );
            let var = format!("i={name}");
            let words = ["apply", "--table", &format!("l{n}"), "--var", &var];
            assert_eq!(run(&db, &path, &words).status, 0, "{} {name}", db.kind);
            let catalog = db.open().introspect().unwrap();
            let tables: Vec<_> = catalog.tables.iter().map(|t| &t.name.name).collect();
            assert!(tables.iter().any(|it| it == name), "{} {tables:?}", db.kind);
        }
        assert_eq!(db.ask("SELECT count(*) FROM witness"), "0");
    }
}

#[test]
fn a_value_that_is_not_of_its_type_is_refused_and_not_shown() {
    for db in databases() {
        let refused = |variables: &str, var: &str, up: &str| {
            let path = spec(&db, variables, up);
            let ran = run(&db, &path, &["apply", "--var", var]);
            assert_eq!(ran.status, 2, "{var}: {}", ran.err);
            assert!(!ran.err.contains("hunter2"), "{}", ran.err);
            ran.code().to_string()
        };
        for value in [
            "1; DROP TABLE hunter2",
            "1 OR hunter2",
            "",
            "0x1",
            "--1",
            "1e",
        ] {
            let var = format!("n={value}");
            let code = refused("{n: {type: number}}", &var, "SELECT ${n}");
            assert_eq!(code, "setting-invalid", "{value}");
        }
        let long = format!("i={}hunter2", "x".repeat(60));
        for var in ["i=", &long] {
            let code = refused("{i: {type: identifier}}", var, "SELECT 1 AS ${i}");
            assert_eq!(code, "setting-invalid", "{var}");
        }
        for up in [
            "SELECT '${t}'",
            "SELECT 1 -- ${t}",
            "SELECT 1 /* ${t} */",
            "SELECT \"${t}\"",
            "SELECT x${t}",
        ] {
            let code = refused("{t: {type: text}}", "t=hunter2", up);
            assert_eq!(code, "variable-misplaced", "{} {up}", db.kind);
        }
        assert!(db.open().introspect().unwrap().tables.is_empty());
    }
}

#[test]
fn what_has_no_value_is_refused_with_its_place() {
    for db in databases() {
        let path = spec(
            &db,
            "{a: {type: text}, b: {env: NOBODY_SETS_THIS}}",
            "SELECT 1;\nSELECT ${a}, ${undeclared}",
        );
        let ran = run(&db, &path, &["apply"]);
        assert_eq!((ran.status, ran.code()), (2, "variable-unset"));
        assert!(ran.err.contains("a.yaml:7:14"), "{}", ran.err);
        assert!(ran.err.contains("give --var a=VALUE"), "{}", ran.err);
        let ran = run(&db, &path, &["apply", "--var", "a=1"]);
        assert!(
            ran.err.contains("'undeclared' is not declared"),
            "{}",
            ran.err
        );
        // A gate runs nothing, so it needs no values.
        for (verb, status) in [("check", 3), ("status", 0), ("plan", 2)] {
            let ran = run(&db, &path, &[verb]);
            assert_eq!(ran.status, status, "{verb}: {}", ran.err);
        }
        for (words, word) in [
            (["--var", "aa=1"], "did you mean 'a'?"),
            (["--var", "a"], "NAME=VALUE"),
        ] {
            let ran = run(&db, &path, &[&["apply"], &words[..]].concat());
            assert_eq!((ran.status, ran.code()), (2, "usage"));
            assert!(ran.err.contains(word), "{}", ran.err);
        }
        // Where none are declared, the signs are signs.
        let text = "version: 1\nmigrations:\n  - {name: two, up: \"SELECT '${a}'\"}\n";
        let plain = db.folder.write("b.yaml", text);
        assert_eq!(run(&db, &plain, &["apply"]).status, 0);
    }
}

#[test]
fn a_life_with_variables_needs_them_only_where_something_runs() {
    for db in databases() {
        let text = "version: 1\nvariables:\n  t: {type: identifier, default: first}\n  v: {env: VALUE}\n  w: {type: raw, default: \"1 = 1\"}\n\
                    migrations:\n  - name: one\n    when: {query: \"SELECT ${w}\"}\n    up: |\n      CREATE TABLE ${t} (v varchar(20));\n      \
                    INSERT INTO ${t} VALUES (${v});\n      INSERT INTO ${t} VALUES ('${{v}}')\n    \
                    down: DROP TABLE ${t}\n    verify: [{query: \"SELECT count(*) FROM ${t} WHERE v = ${v}\", expect: 1}]\n    \
                    cleanup: \"DELETE FROM ${t} WHERE v <> ${v}\"\n";
        let path = db.folder.write("a.yaml", text);
        let with = |value: &str, words: &[&str], status: i32| {
            let all = [&["migrate"], words, &["--spec", &path]].concat();
            db.initium(&all).env("VALUE", value).exits(status)
        };
        assert!(with("it's", &["plan"], 0).out.contains("CREATE TABLE"));
        with("it's", &["apply"], 0);
        assert_eq!(db.ask("SELECT count(*) FROM first WHERE v = '${v}'"), "1");
        // Another value is no edit, and nothing has to be set to find that out.
        with("another", &["apply"], 0);
        with("", &["check"], 0);
        assert!(with("", &["status"], 0).out.contains("applied"));
        assert_eq!(with("", &["verify"], 2).code(), "variable-unset");
        with("it's", &["verify"], 0);
        with("it's", &["cleanup", "--yes"], 0);
        assert_eq!(db.ask("SELECT v FROM first"), "it's");
        // What was edited is shown as the file says it.
        let edited = text.replace("varchar(20)", "varchar(30)");
        db.folder.write("a.yaml", &edited);
        let ran = with("it's", &["check"], 4);
        let line = "-CREATE TABLE ${t} (v varchar(20));";
        assert!(ran.err.contains(line), "{}", ran.err);
    }
}

/// An image that knows nothing of the variables can undo what one with them did.
#[test]
fn what_undoes_is_kept_with_its_values() {
    for db in databases() {
        let text = "version: 1\nvariables: {t: {type: identifier}}\nmigrations:\n  - {name: one, up: \"CREATE TABLE ${t} (n integer)\", down: \"DROP TABLE ${t}\"}\n";
        let path = db.folder.write("a.yaml", text);
        assert_eq!(run(&db, &path, &["apply", "--var", "t=it's"]).status, 0);
        let older = db.folder.write("b.yaml", "version: 1\nmigrations: []\n");
        let back = run(&db, &older, &["rollback", "--steps", "1", "--yes"]);
        assert_eq!(back.status, 0, "{}", back.err);
        assert!(db.open().introspect().unwrap().tables.is_empty());
    }
}

#[test]
fn a_secret_is_neither_shown_nor_kept_nor_taken_from_the_line() {
    for db in databases() {
        let path = spec(
            &db,
            "{secret_one: {env: SECRET_ONE, secret: true}}",
            "CREATE TABLE t (v varchar(40));\nINSERT INTO t VALUES (${secret_one})",
        );
        let with = |words: &[&str], status: i32| {
            let all = [&["migrate"], words, &["--spec", &path]].concat();
            let ran = db.initium(&all).env("SECRET_ONE", "Kq7vZ").exits(status);
            assert!(!ran.err.contains("Kq7vZ") && !ran.out.contains("Kq7vZ"));
            ran
        };
        assert!(with(&["plan"], 0).out.contains("(sensitive)"));
        let ran = with(&["apply", "--var", "secret_one=x"], 2);
        assert_eq!(ran.code(), "usage");
        with(&["apply"], 0);
        assert_eq!(db.ask("SELECT v FROM t"), "Kq7vZ");
        with(&["history"], 0);
        let ledger = "SELECT count(*) FROM initium_migrate WHERE up_sql IS NOT NULL OR down_sql LIKE '%Kq7vZ%'";
        assert_eq!(db.ask(ledger), "0");
    }
}

#[test]
fn a_long_script_and_one_that_changes_its_reading_have_no_variables() {
    for db in databases() {
        let rows = "-- filler filler filler filler filler filler filler\n".repeat(90_000);
        for (tail, status) in [("SELECT 1;\n", 0), ("SELECT ${v};\n", 2)] {
            db.folder.write("long.sql", &format!("{rows}{tail}"));
            let text = "version: 1\nvariables: {v: {default: x}}\nmigrations:\n  - {name: one, up: [{file: long.sql}]}\n";
            let path = db.folder.write("a.yaml", text);
            let ran = run(&db, &path, &["apply"]);
            assert_eq!(ran.status, status, "{}", ran.err);
            if status == 2 {
                assert_eq!(ran.code(), "variable-misplaced");
            }
        }
        let mood = match db.kind {
            "sqlite" => continue,
            "postgres" => "SET standard_conforming_strings = off",
            _ => "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
        };
        let path = spec(&db, "{v: {default: x}}", &format!("{mood};\nSELECT ${{v}}"));
        let ran = run(&db, &path, &["apply", "--table", "other"]);
        assert_eq!((ran.status, ran.code()), (2, "variable-misplaced"));
    }
}
