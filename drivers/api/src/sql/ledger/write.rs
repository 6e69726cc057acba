//! Ledger entries as statements. Values are literals of the dialect, names are quoted.

use super::{Ledger, Words};
use crate::ledger::{Attempt, Entry, Record, Step, fingerprint};

impl Ledger {
    /// The statements that write these entries; `elapsed` is an expression for the milliseconds
    /// that the part took, which is added to what the engine counted before it.
    pub fn statements(&self, words: &dyn Words, entries: &[Entry], elapsed: &str) -> Vec<String> {
        let mut statements = Vec::new();
        let mut rest = entries;
        while let Some(entry) = rest.first() {
            let steps = rest
                .iter()
                .take_while(|e| matches!(e, Entry::Step(_) | Entry::Intent { .. }))
                .count();
            if steps > 0 {
                // The done of one statement and the intent of the next travel together.
                statements.push(self.steps(words, &rest[..steps]));
                rest = &rest[steps..];
            } else {
                statements.push(self.statement(words, entry, elapsed));
                rest = &rest[1..];
            }
        }
        statements
    }

    fn statement(&self, words: &dyn Words, entry: &Entry, elapsed: &str) -> String {
        let (table, now) = (self.table(words, ""), words.now());
        let is = |id: &str| format!("id = {}", words.literal(id));
        // Where the guard says nothing, neither does the statement.
        let only = match words.guarded("1") {
            one if one == "1" => String::new(),
            one => format!(" AND 1 = {one}"),
        };
        let now = words.guarded(now);
        match entry {
            Entry::Record(record) => self.record(words, record, elapsed),
            Entry::State { id, state } => format!(
                "UPDATE {table} SET state = '{}', changed_at = {now} WHERE {}",
                state.word(),
                is(id)
            ),
            Entry::Accept { id, checksum, up } => format!(
                "UPDATE {table} SET checksum = {}, digest = {}, up_sql = {}, changed_at = {now} WHERE {}",
                words.literal(checksum),
                fingerprint(id, checksum),
                maybe(words, up),
                is(id)
            ),
            Entry::Forget { id } => format!("DELETE FROM {table} WHERE {}{only}", is(id)),
            Entry::Step(_) | Entry::Intent { .. } => self.steps(words, std::slice::from_ref(entry)),
            Entry::Unstep { id, phase, number } => format!(
                "DELETE FROM {} WHERE {} AND phase = '{}' AND number = {number}{only}",
                self.table(words, "_step"),
                is(id),
                phase.word()
            ),
            Entry::ClearSteps { id, phase } => format!(
                "DELETE FROM {} WHERE {} AND phase = '{}'{only}",
                self.table(words, "_step"),
                is(id),
                phase.word()
            ),
            Entry::Attempt(attempt) => self.attempt(words, attempt, elapsed),
        }
    }

    fn record(&self, words: &dyn Words, r: &Record, elapsed: &str) -> String {
        format!(
            "INSERT INTO {} (id, seq, name, checksum, digest, state, reason, statements, duration_ms, \
             applied_at, changed_at, run_id, tool, up_sql, down_sql, cleanup_sql) VALUES \
             ({}, {}, {}, {}, {}, '{}', {}, {}, {} + {elapsed}, {now}, {now}, {}, {}, {}, {}, {})",
            self.table(words, ""),
            words.literal(&r.id),
            words.guarded(&r.seq.to_string()),
            words.literal(&r.name),
            words.literal(&r.checksum),
            fingerprint(&r.id, &r.checksum),
            r.state.word(),
            maybe(words, &r.reason),
            r.statements,
            r.duration_ms,
            words.literal(&r.run),
            words.literal(&r.tool),
            maybe(words, &r.up),
            maybe(words, &r.down),
            maybe(words, &r.cleanup),
            now = words.now(),
        )
    }

    fn steps(&self, words: &dyn Words, entries: &[Entry]) -> String {
        let rows: Vec<_> = entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Step(step) => Some(self.step(words, step, None)),
                Entry::Intent { step, statement } => {
                    Some(self.step(words, step, words.catalog(statement)))
                }
                _ => None,
            })
            .collect();
        format!(
            "INSERT INTO {} (id, phase, number, state, checksum, head, catalog, at) VALUES {} {}",
            self.table(words, "_step"),
            rows.join(", "),
            words.on_duplicate_step()
        )
    }

    fn step(&self, words: &dyn Words, s: &Step, catalog: Option<String>) -> String {
        format!(
            "({}, '{}', {}, '{}', {}, {}, {}, {})",
            words.literal(&s.id),
            s.phase.word(),
            words.guarded(&s.number.to_string()),
            s.state.word(),
            words.literal(&s.checksum),
            words.literal(&s.head),
            catalog.unwrap_or_else(|| "NULL".into()),
            words.now()
        )
    }

    fn attempt(&self, words: &dyn Words, a: &Attempt, elapsed: &str) -> String {
        format!(
            "INSERT INTO {} (at, run_id, action, migration, outcome, code, message, reason, duration_ms, \
             actor, tool) VALUES ({}, {}, {}, {}, '{}', {}, {}, {}, {} + {elapsed}, {}, {})",
            self.table(words, "_log"),
            words.now(),
            words.literal(&a.run),
            words.literal(&a.action),
            maybe(words, &a.id),
            a.outcome.word(),
            maybe(words, &a.code),
            maybe(words, &a.message),
            maybe(words, &a.reason),
            a.duration_ms,
            words.literal(&a.actor),
            words.literal(&a.tool),
        )
    }
}

fn maybe(words: &dyn Words, text: &Option<String>) -> String {
    text.as_deref()
        .map_or_else(|| "NULL".into(), |text| words.literal(text))
}
