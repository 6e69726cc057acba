//! How SQLite spells what the ledger needs. Nothing here talks to a database.

use initium_driver::error::Error;
use initium_driver::sql::ledger::{Right, Words};

pub struct SqliteWords;

pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// SQLite stops reading a statement at a zero byte, so that one is spelled.
pub fn literal(text: &str) -> String {
    let text = text.replace('\'', "''");
    if !text.contains('\0') {
        return format!("'{text}'");
    }
    format!("('{}')", text.replace('\0', "' || char(0) || '"))
}

impl Words for SqliteWords {
    fn quote(&self, name: &str) -> String {
        quote(name)
    }

    fn literal(&self, text: &str) -> String {
        literal(text)
    }

    fn key_type(&self) -> &'static str {
        "text"
    }

    fn text_type(&self) -> &'static str {
        "text"
    }

    fn time_type(&self) -> &'static str {
        "text"
    }

    fn counter(&self) -> &'static str {
        // The log only grows, so the row id never comes twice; AUTOINCREMENT would add a table.
        "integer PRIMARY KEY"
    }

    fn now(&self) -> &'static str {
        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    }

    fn time(&self, column: &str) -> String {
        // Format 0 may hold another spelling.
        format!("strftime('%Y-%m-%dT%H:%M:%fZ', {column})")
    }

    fn on_duplicate_step(&self) -> &'static str {
        "ON CONFLICT (id, phase, number) DO UPDATE SET state = excluded.state, \
         checksum = excluded.checksum, head = excluded.head, catalog = excluded.catalog, at = excluded.at"
    }

    fn table_options(&self) -> &'static str {
        ""
    }

    fn columns_of(&self, _schema: Option<&str>, tables: &[String]) -> String {
        let wanted: Vec<_> = tables.iter().map(|t| format!("({})", literal(t))).collect();
        // The name as we spell it, whatever capitals it was created with.
        format!(
            "SELECT 'main', w.column1, c.name FROM (VALUES {}) w \
             JOIN main.sqlite_schema m ON m.name = w.column1 COLLATE NOCASE \
             AND m.type IN ('table', 'view') \
             JOIN pragma_table_info(m.name, 'main') c ORDER BY w.column1, c.cid",
            wanted.join(", ")
        )
    }

    fn current_schema(&self) -> &'static str {
        "'main'"
    }

    fn schema_of(&self, _table: &str) -> String {
        "'main'".into()
    }

    fn is_missing(&self, error: &Error) -> bool {
        // SQLite has one code for every mistake in a statement.
        error.server_said().state.as_deref() == Some("1")
            && ["no such table: ", "no such column: "]
                .iter()
                .any(|text| error.message().starts_with(text))
    }

    fn is_denied(&self, _error: &Error) -> bool {
        // A file has no grants; a read-only one says so itself.
        false
    }

    fn grants(&self, _schema: &str, _tables: &[String], _right: Right) -> Vec<String> {
        Vec::new()
    }
}
