//! What a statement is, by its first words: whether it runs in a transaction, whether it is ours to
//! run at all. Pure, and never a guess: what is not known here is rows, and the server has the last word.

use crate::{reading, tables};
use initium_driver::source::Effect;
use initium_driver::sql::lexer::Rules;
use initium_driver::sql::reading::Reading;
use initium_driver::sql::split::Grammar;

pub use initium_driver::sql::ddl::POSTGRES as RULES;

#[derive(Clone, Copy, Debug)]
pub struct PostgresGrammar;

impl Grammar for PostgresGrammar {
    fn rules(&self) -> &Rules {
        &RULES
    }

    /// `CREATE FUNCTION ... BEGIN ATOMIC ...; CASE ... END; END`
    fn opens(&self, head: &[String], word: &str, depth: usize) -> bool {
        let create = head.first().is_some_and(|w| w == "CREATE");
        (create && word == "ATOMIC" && head.last().is_some_and(|w| w == "BEGIN"))
            || (depth > 0 && word == "CASE")
    }

    fn effect(&self, words: &[String]) -> Effect {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if is_control(&words) {
            Effect::Control
        } else if is_alone(&words) {
            Effect::Alone
        } else if is_schema(&words) {
            Effect::Schema
        } else {
            Effect::Data
        }
    }

    fn lock(&self, words: &[String]) -> Option<&'static str> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        tables::lock(&words)
    }

    /// What pg_dump puts around a script, so that psql reads no commands in it.
    fn passes(&self, line: &str) -> bool {
        let command = line.split_whitespace().next();
        matches!(command, Some("\\restrict" | "\\unrestrict"))
    }

    fn joins(&self, words: &[String], effect: Effect) -> bool {
        matches!(effect, Effect::Data | Effect::Schema)
            && !matches!(
                words.first().map(String::as_str),
                Some("SET" | "RESET" | "DEALLOCATE") | None
            )
    }

    fn follow(
        &self,
        text: &str,
        words: &[String],
        reading: &Reading,
    ) -> Result<Option<Reading>, String> {
        reading::follow(text, words, reading)
    }

    fn refuses(&self, text: &str, words: &[String], _rules: &Rules) -> Option<String> {
        if text.starts_with('\\') {
            let command = text.split_whitespace().next().unwrap_or("\\");
            return Some(format!("{command} is a command of psql, not of the server"));
        }
        let pair = |a: &str, b: &str| words.windows(2).any(|w| w[0] == a && w[1] == b);
        match words.first().map(String::as_str) {
            Some("COPY") if pair("TO", "STDOUT") => {
                Some("COPY ... TO STDOUT has nobody to write to".into())
            }
            Some("DISCARD") if words.get(1).is_some_and(|w| w == "ALL") => {
                Some("DISCARD ALL would give up the lock of this run".into())
            }
            _ => None,
        }
    }
}

fn is_control(words: &[&str]) -> bool {
    match words {
        // Back to a savepoint, inside the transaction.
        ["ROLLBACK", "TO", ..] | ["ROLLBACK", "WORK" | "TRANSACTION", "TO", ..] => false,
        ["BEGIN" | "COMMIT" | "END" | "ROLLBACK" | "ABORT", ..] => true,
        ["START" | "PREPARE", "TRANSACTION", ..] => true,
        _ => false,
    }
}

/// The server refuses these inside a transaction block.
fn is_alone(words: &[&str]) -> bool {
    let has = |word: &str| words.contains(&word);
    match words {
        ["CREATE", "INDEX", "CONCURRENTLY", ..]
        | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..]
        | ["DROP", "INDEX", "CONCURRENTLY", ..]
        | ["VACUUM", ..]
        | [
            "CREATE" | "DROP",
            "DATABASE" | "TABLESPACE" | "SUBSCRIPTION",
            ..,
        ]
        | ["ALTER", "SYSTEM", ..] => true,
        ["REINDEX", ..] => ["CONCURRENTLY", "SCHEMA", "DATABASE", "SYSTEM"]
            .into_iter()
            .any(has),
        ["ALTER", "DATABASE", ..] => words.windows(2).any(|w| w == ["SET", "TABLESPACE"]),
        ["ALTER", "TABLE", ..] => has("DETACH") && has("CONCURRENTLY"),
        ["ALTER", "SUBSCRIPTION", ..] => has("REFRESH") || has("PUBLICATION"),
        ["CLUSTER"] | ["CLUSTER", "VERBOSE"] => true,
        _ => false,
    }
}

fn is_schema(words: &[&str]) -> bool {
    matches!(
        words,
        [
            "CREATE" | "ALTER" | "DROP" | "COMMENT" | "GRANT" | "REVOKE" | "TRUNCATE",
            ..
        ] | ["REINDEX" | "CLUSTER" | "REASSIGN" | "SECURITY", ..]
            | ["REFRESH", "MATERIALIZED", ..]
            | ["IMPORT", "FOREIGN", ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::sql::split::words;

    fn effect(text: &str) -> Effect {
        PostgresGrammar.effect(&words(text, &RULES))
    }

    fn pieces(text: &str) -> Vec<&str> {
        let pieces = PostgresGrammar.pieces(text).expect("finished");
        let whole: String = pieces.iter().map(|p| &text[p.range.clone()]).collect();
        assert_eq!(whole, text);
        pieces
            .into_iter()
            .filter_map(|p| p.statement)
            .map(|range| &text[range])
            .collect()
    }

    #[test]
    fn what_refuses_a_transaction_runs_alone() {
        for text in [
            "create index concurrently on t (a)",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX TABLE CONCURRENTLY t",
            "REINDEX (VERBOSE) DATABASE d",
            "REINDEX SCHEMA s",
            "VACUUM (ANALYZE) t",
            "CREATE DATABASE d",
            "DROP TABLESPACE x",
            "ALTER SYSTEM SET a = 1",
            "ALTER DATABASE d SET TABLESPACE x",
            "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
            "CLUSTER",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
        ] {
            assert_eq!(effect(text), Effect::Alone, "{text}");
        }
        for text in [
            "CREATE INDEX i ON t (a)",
            "ALTER TYPE e ADD VALUE 'x'",
            "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
            "CLUSTER t USING i",
            "ALTER DATABASE d SET work_mem = 1",
        ] {
            assert_eq!(effect(text), Effect::Schema, "{text}");
        }
    }

    #[test]
    fn a_savepoint_is_not_the_end_of_the_transaction() {
        for text in [
            "BEGIN",
            "start transaction",
            "COMMIT AND CHAIN",
            "end",
            "abort",
            "ROLLBACK",
            "PREPARE TRANSACTION 'x'",
            "COMMIT PREPARED 'x'",
            "ROLLBACK PREPARED 'x'",
        ] {
            assert_eq!(effect(text), Effect::Control, "{text}");
        }
        for text in [
            "SAVEPOINT a",
            "ROLLBACK TO a",
            "rollback to savepoint a",
            "ROLLBACK TRANSACTION TO a",
            "RELEASE a",
            "PREPARE p AS SELECT 1",
            "WITH x AS (SELECT 1) SELECT 2",
        ] {
            assert_eq!(effect(text), Effect::Data, "{text}");
        }
    }

    #[test]
    fn a_body_is_one_statement() {
        let atomic = "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 END; SELECT 2; END";
        let rule =
            "CREATE RULE r AS ON INSERT TO t DO ALSO (UPDATE u SET a = 1; UPDATE u SET a = 2)";
        let quoted = "DO $x$ BEGIN PERFORM $$;$$; END $x$";
        assert_eq!(
            pieces(&format!("{atomic};\n{rule};{quoted}; SELECT 1")),
            [atomic, rule, quoted, "SELECT 1"]
        );
    }

    #[test]
    fn what_only_psql_can_do_is_refused_with_the_reason() {
        let refused = |text: &str| PostgresGrammar.refuses(text, &words(text, &RULES), &RULES);
        assert!(refused("\\i other.sql").is_some_and(|r| r.contains("\\i ")));
        assert!(refused("COPY \"t\" TO STDOUT").is_some());
        assert!(refused("COPY t FROM '/tmp/x'").is_none());
        assert!(refused("DISCARD ALL").is_some());
        assert!(refused("DISCARD PLANS").is_none());
    }
}
