//! How SQLite spells and classifies statements. Pure: no file is opened here.

use crate::split;
use crate::words;
use initium_driver::ddl::SCHEMAS;
use initium_driver::driver::{Capabilities, Dialect};
use initium_driver::long::Slice;
use initium_driver::sql::form::{Sink, normal_form, stream};
use initium_driver::sql::lexer::{Halt, Lexer, Rules};
use initium_driver::sql::reading::Reading;
use initium_driver::sql::split::{Grammar, Piece};
use initium_driver::sql::stretch::{Runs, statements};
use initium_driver::sql::variables::Spelling;
use initium_driver::{Ddl, Effect, Result, Source, Statement};

pub struct SqliteDialect;

pub use initium_driver::sql::ddl::SQLITE as RULES;

/// Pragmas that do nothing, or fail, inside a transaction. `foreign_keys` is one of them and not
/// here: see [`crate::foreign_keys`].
const ALONE: &[&str] = &[
    "JOURNAL_MODE",
    "WAL_CHECKPOINT",
    "SYNCHRONOUS",
    "TEMP_STORE",
    "AUTO_VACUUM",
    "PAGE_SIZE",
    "LOCKING_MODE",
    "ENCODING",
];

impl Spelling for SqliteDialect {
    fn rules(&self) -> &Rules {
        &RULES
    }

    fn literal(&self, text: &str) -> String {
        words::literal(text)
    }

    fn name(&self, name: &str) -> String {
        words::quote(name)
    }

    fn moods(&self) -> &'static [&'static str] {
        &[]
    }
}

impl Dialect for SqliteDialect {
    fn names(&self) -> &'static [&'static str] {
        &["sqlite"]
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            transactional_ddl: true,
            transactions: true,
            catalog: true,
        }
    }

    fn split(&self, source: &Source) -> Result<Vec<Statement>> {
        statements(self, std::slice::from_ref(source), Runs::Parted)
    }

    fn statements(&self, sources: &[Source], runs: Runs) -> Result<Vec<Statement>> {
        statements(self, sources, runs)
    }

    fn spelling(&self) -> Option<&dyn Spelling> {
        Some(self)
    }

    fn normal_form(&self, text: &str) -> String {
        normal_form(text, &RULES)
    }

    fn stream_form(&self, slice: &Slice, sink: &mut dyn Sink) -> Result<()> {
        stream(slice, &RULES, sink)
    }

    fn ddl(&self) -> Option<&dyn Ddl> {
        if SCHEMAS { Some(self) } else { None }
    }
}

impl Grammar for SqliteDialect {
    fn rules(&self) -> &Rules {
        &RULES
    }

    /// Not asked: `split` knows how a trigger ends without counting.
    fn opens(&self, _head: &[String], _word: &str, _depth: usize) -> bool {
        false
    }

    fn piece(&self, lexer: &mut Lexer, _reading: &Reading) -> Result<Option<Piece>, Halt> {
        split::piece(lexer)
    }

    /// A pragma and a dropped table are looked for before the transaction begins.
    fn joins(&self, words: &[String], effect: Effect) -> bool {
        let first = words.first().map_or("PRAGMA", String::as_str);
        matches!(effect, Effect::Data | Effect::Schema) && !matches!(first, "PRAGMA" | "DROP")
    }

    fn effect(&self, words: &[String]) -> Effect {
        let word = |n: usize| words.get(n).map_or("", String::as_str);
        match word(0) {
            "BEGIN" | "COMMIT" | "END" => Effect::Control,
            // ROLLBACK [TRANSACTION] TO [SAVEPOINT] name stays inside.
            "ROLLBACK" if word(1) == "TO" || word(2) == "TO" => Effect::Data,
            "ROLLBACK" => Effect::Control,
            "CREATE" | "ALTER" | "DROP" | "REINDEX" | "ANALYZE" => Effect::Schema,
            "VACUUM" | "ATTACH" | "DETACH" => Effect::Alone,
            // PRAGMA [schema.]name
            "PRAGMA" if ALONE.contains(&word(1)) || ALONE.contains(&word(2)) => Effect::Alone,
            _ => Effect::Data,
        }
    }

    fn lock(&self, words: &[String]) -> Option<&'static str> {
        match words.first()?.as_str() {
            "SELECT" | "EXPLAIN" | "VALUES" => Some("SHARED"),
            "VACUUM" => Some("EXCLUSIVE"),
            "ATTACH" | "DETACH" | "PRAGMA" | "SAVEPOINT" | "RELEASE" => None,
            // The one writer of the whole file; readers go on until the commit.
            _ => Some("RESERVED"),
        }
    }

    fn refuses(&self, text: &str, _words: &[String], _rules: &Rules) -> Option<String> {
        text.contains('\0')
            .then(|| "a zero byte, at which SQLite would stop reading".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(text: &str) -> Effect {
        let source = Source::file("a.sql", text);
        SqliteDialect.split(&source).expect("finished")[0].effect
    }

    #[test]
    fn statements_are_known_by_their_first_words() {
        for (text, expected) in [
            ("begin immediate", Effect::Control),
            ("END TRANSACTION", Effect::Control),
            ("/* x */ rollback", Effect::Control),
            ("rollback transaction to savepoint x", Effect::Data),
            ("SAVEPOINT x", Effect::Data),
            ("RELEASE x", Effect::Data),
            ("VACUUM INTO 'x'", Effect::Alone),
            ("ATTACH 'x' AS x", Effect::Alone),
            ("PRAGMA main . journal_mode = wal", Effect::Alone),
            ("pragma user_version = 3", Effect::Data),
            ("PRAGMA foreign_keys = OFF", Effect::Data),
            ("WITH x AS (SELECT 1) DELETE FROM t", Effect::Data),
            ("ALTER TABLE t ADD c", Effect::Schema),
        ] {
            assert_eq!(effect(text), expected, "{text}");
        }
    }

    #[test]
    fn a_zero_byte_is_refused() {
        let source = Source::file("a.sql", "SELECT 1;\nSELECT 'a\0b'; DROP TABLE t");
        let error = SqliteDialect.split(&source).expect_err("a zero byte");
        assert_eq!(error.spot().place.as_ref().map(|p| p.line), Some(2));
    }
}
