//! What a statement does to the transaction around it, which locks it takes, and what no server
//! runs. Only the first words count; the server stays the judge.

use initium_driver::Effect;

/// Statements with an implicit commit, by their first word (both manuals, "Statements That Cause an
/// Implicit Commit").
const SCHEMA: &[&str] = &[
    "CREATE",
    "ALTER",
    "DROP",
    "RENAME",
    "TRUNCATE",
    "GRANT",
    "REVOKE",
    "OPTIMIZE",
    "REPAIR",
    "CHECK",
    "FLUSH",
    "RESET",
    "LOCK",
    "UNLOCK",
    "INSTALL",
    "UNINSTALL",
    "CACHE",
    "IMPORT",
    "CHANGE",
    "STOP",
];

/// Statements that may do anything, or that no transaction can hold.
const ALONE: &[&str] = &[
    "CALL", "EXECUTE", "KILL", "SHUTDOWN", "RESTART", "PURGE", "BINLOG", "CLONE", "BACKUP", "IF",
    "CASE", "LOOP", "REPEAT", "WHILE", "FOR",
];

pub fn effect(words: &[String]) -> Effect {
    let word = |n: usize| words.get(n).map_or("", String::as_str);
    let has = |wanted: &str| words.iter().any(|w| w == wanted);
    match word(0) {
        "BEGIN" if word(1) == "NOT" => Effect::Alone,
        "ROLLBACK" if has("TO") => Effect::Data,
        "BEGIN" | "COMMIT" | "ROLLBACK" | "XA" => Effect::Control,
        "START" if word(1) == "TRANSACTION" => Effect::Control,
        "START" => Effect::Schema,
        "SET" => set(words),
        // A temporary table ends no transaction.
        "CREATE" | "DROP" if words.iter().take(4).any(|w| w == "TEMPORARY") => Effect::Data,
        "DROP" if word(1) == "PREPARE" => Effect::Data,
        // MariaDB's ANALYZE SELECT runs the statement.
        "ANALYZE" if !matches!(word(1), "TABLE" | "LOCAL" | "NO_WRITE_TO_BINLOG") => Effect::Data,
        "ANALYZE" => Effect::Schema,
        "LOAD" if word(1) == "INDEX" => Effect::Schema,
        first if SCHEMA.contains(&first) => Effect::Schema,
        first if ALONE.contains(&first) => Effect::Alone,
        _ => Effect::Data,
    }
}

fn set(words: &[String]) -> Effect {
    let has = |wanted: &str| words.iter().any(|w| w == wanted);
    match words.get(1).map_or("", String::as_str) {
        "STATEMENT" => match words.iter().position(|w| w == "FOR") {
            Some(at) => effect(&words[at + 1..]),
            None => Effect::Data,
        },
        "PASSWORD" => Effect::Schema,
        "DEFAULT" if has("ROLE") => Effect::Schema,
        // For the next transaction: inside of one the server refuses it.
        "TRANSACTION" => Effect::Alone,
        _ if has("AUTOCOMMIT") => Effect::Control,
        _ => Effect::Data,
    }
}

/// Whether several answers to it are no sign of several statements: what runs a routine or a block.
pub fn answers_often(words: &[String]) -> bool {
    let word = |n: usize| words.get(n).map_or("", String::as_str);
    let block = |n: usize| word(n) == "BEGIN" && word(n + 1) == "NOT";
    match (word(0), words.iter().position(|w| w == "FOR")) {
        ("SET", Some(at)) if word(1) == "STATEMENT" => answers_often(&words[at + 1..]),
        // Block 1: behind a label.
        (first, _) => ALONE.contains(&first) || block(0) || block(1),
    }
}

/// The strongest lock, in the server's words.
pub fn lock(words: &[String]) -> Option<&'static str> {
    let word = |n: usize| words.get(n).map_or("", String::as_str);
    let about = |wanted: &[&str]| words.iter().take(4).any(|w| wanted.contains(&w.as_str()));
    match word(0) {
        _ if about(&["TEMPORARY"]) => None,
        "ALTER" | "DROP" | "CREATE" if about(&["INDEX", "TRIGGER"]) => Some(EXCLUSIVE),
        "ALTER" | "DROP" | "RENAME" if about(&["TABLE", "TABLES", "VIEW"]) => Some(EXCLUSIVE),
        "TRUNCATE" | "OPTIMIZE" | "REPAIR" => Some(EXCLUSIVE),
        "LOCK" if about(&["TABLE", "TABLES"]) => Some("table locks"),
        "FLUSH" if words.iter().any(|w| w == "LOCK") => Some("global read lock"),
        "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "LOAD" => Some("row locks"),
        "SET" if word(1) == "STATEMENT" => {
            let at = words.iter().position(|w| w == "FOR")?;
            lock(&words[at + 1..])
        }
        _ => None,
    }
}

const EXCLUSIVE: &str = "exclusive metadata lock";

/// Commands of the mysql program that are no SQL. HELP and USE are SQL too and stay out.
const CLIENT: &[&str] = &[
    "SOURCE",
    "SYSTEM",
    "TEE",
    "NOTEE",
    "PAGER",
    "NOPAGER",
    "EDIT",
    "EGO",
    "GO",
    "EXIT",
    "QUIT",
    "PROMPT",
    "REHASH",
    "STATUS",
    "CLEAR",
    "CONNECT",
    "PRINT",
    "WARNINGS",
    "NOWARNING",
    "CHARSET",
    "QUERY_ATTRIBUTES",
    "RESETCONNECTION",
];

/// Why a statement is not run, if so; `slash` is a backslash outside quotes.
pub fn refuses(text: &str, words: &[String], slash: bool) -> Option<String> {
    let first = words.first().map_or("", String::as_str);
    if slash {
        return Some("a backslash command of the mysql program is no SQL".into());
    }
    // A name may look like one of these only behind another word.
    if CLIENT.contains(&first) && text[..first.len().min(text.len())].eq_ignore_ascii_case(first) {
        return Some(format!(
            "{} is a command of the mysql program, not SQL",
            first.to_lowercase()
        ));
    }
    if first == "LOAD" && words.iter().take(4).any(|w| w == "LOCAL") {
        return Some("load data local would read a file of this machine".into());
    }
    if first == "SET" && words.iter().any(|w| w == "SESSION_TRACK_TRANSACTION_INFO") {
        return Some("session_track_transaction_info is what a commit is proven with".into());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|w| !w.is_empty())
            .map(str::to_ascii_uppercase)
            .collect()
    }

    #[test]
    fn effects_are_those_of_the_manual() {
        for (effect_, texts) in [
            (
                Effect::Schema,
                "create table t; alter table t; drop table t; truncate t; rename table a to b; \
                 grant all on a; lock tables t write; unlock tables; set password = 'x'; \
                 analyze table t; flush tables; create temporal; start replica; load index into cache t; \
                 set statement x=1 for alter table t; set default role a to b; create or replace view v",
            ),
            (
                Effect::Control,
                "begin; begin work; start transaction; commit; rollback; xa start 'x'; \
                 set autocommit=0; set @@session.autocommit = 0",
            ),
            (
                Effect::Data,
                "select 1; insert into t; rollback to savepoint a; rollback work to a; savepoint a; \
                 create temporary table t; drop temporary table t; create or replace temporary table t; \
                 set names utf8mb4; use db; analyze select 1; prepare s from 'x'; with x as (select 1)",
            ),
            (
                Effect::Alone,
                "call p(); execute s; begin not atomic; set transaction read only; execute immediate 'x'; \
                 if 1 then",
            ),
        ] {
            for text in texts.split(';') {
                assert_eq!(effect(&words(text)), effect_, "{text}");
            }
        }
    }

    #[test]
    fn only_what_runs_other_statements_answers_often() {
        for text in [
            "call p()",
            "begin not atomic select 1",
            "a: begin not atomic",
            "set statement x=1 for call p()",
            "execute s",
        ] {
            assert!(answers_often(&words(text)), "{text}");
        }
        for text in ["select call from t", "begin", "set @a = 1", "insert into t"] {
            assert!(!answers_often(&words(text)), "{text}");
        }
    }

    #[test]
    fn locks_are_named() {
        assert_eq!(lock(&words("alter table t add a int")), Some(EXCLUSIVE));
        assert_eq!(
            lock(&words("create unique index i on t(a)")),
            Some(EXCLUSIVE)
        );
        assert_eq!(lock(&words("insert into t values (1)")), Some("row locks"));
        assert_eq!(lock(&words("create table t (a int)")), None);
        assert_eq!(lock(&words("drop temporary table t")), None);
    }
}
