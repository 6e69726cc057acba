//! How PostgreSQL spells what the ledger needs. Names are always quoted, texts are always `E''`
//! strings: neither depends on a setting of the session. Nothing here talks to a server.

use crate::{noted, subject};
use initium_driver::error::Error;
use initium_driver::source::Statement;
use initium_driver::sql::ledger::{Right, Words};

#[derive(Clone, Debug)]
pub struct PostgresWords {
    /// Who we log in as, for the rights to ask for.
    pub role: String,
}

pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The schema that the search path finds a table in, as an expression.
pub fn found_in(table: &str) -> String {
    format!(
        "(SELECT n.nspname FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.oid = pg_catalog.to_regclass({}))",
        literal(&quote(table))
    )
}

impl Words for PostgresWords {
    fn quote(&self, name: &str) -> String {
        quote(name)
    }

    fn literal(&self, text: &str) -> String {
        literal(text)
    }

    fn key_type(&self) -> &'static str {
        "text COLLATE \"C\""
    }

    fn text_type(&self) -> &'static str {
        "text"
    }

    fn time_type(&self) -> &'static str {
        "timestamptz"
    }

    fn counter(&self) -> &'static str {
        // An identity needs no right of its own on its sequence.
        "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    }

    fn now(&self) -> &'static str {
        "pg_catalog.clock_timestamp()"
    }

    fn time(&self, column: &str) -> String {
        format!(
            "pg_catalog.to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
        )
    }

    fn on_duplicate_step(&self) -> &'static str {
        "ON CONFLICT (id, phase, number) DO UPDATE SET state = EXCLUDED.state, \
         checksum = EXCLUDED.checksum, head = EXCLUDED.head, catalog = EXCLUDED.catalog, at = EXCLUDED.at"
    }

    fn catalog(&self, statement: &Statement) -> Option<String> {
        noted::taken(&subject::of(&statement.text))
    }

    fn table_options(&self) -> &'static str {
        ""
    }

    fn columns_of(&self, schema: Option<&str>, tables: &[String]) -> String {
        let names: Vec<_> = tables.iter().map(|table| literal(table)).collect();
        let place = match schema {
            Some(schema) => format!("n.nspname = {}", literal(schema)),
            None => "pg_catalog.pg_table_is_visible(c.oid)".into(),
        };
        format!(
            "SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE c.relname IN ({}) AND c.relkind IN ('r', 'p', 'v') AND {place} \
             ORDER BY 1, 2, a.attnum",
            names.join(", ")
        )
    }

    fn current_schema(&self) -> &'static str {
        "pg_catalog.current_schema()"
    }

    fn schema_of(&self, table: &str) -> String {
        found_in(table)
    }

    fn is_missing(&self, error: &Error) -> bool {
        matches!(
            error.server_said().state.as_deref(),
            Some("42P01" | "42703" | "3F000")
        )
    }

    fn is_denied(&self, error: &Error) -> bool {
        error.server_said().state.as_deref() == Some("42501")
    }

    fn grants(&self, schema: &str, tables: &[String], right: Right) -> Vec<String> {
        let (schema, role) = (quote(schema), quote(&self.role));
        let tables: Vec<_> = tables
            .iter()
            .map(|table| format!("{schema}.{}", quote(table)))
            .collect();
        let tables = tables.join(", ");
        vec![match right {
            // Who creates a table may use it.
            Right::Create => format!("GRANT USAGE, CREATE ON SCHEMA {schema} TO {role};"),
            Right::Use => format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role};"),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_means_itself() {
        assert_eq!(literal(r"a'b\c"), r"E'a''b\\c'");
        assert_eq!(quote("a\"b"), "\"a\"\"b\"");
    }
}
