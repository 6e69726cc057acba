//! How many rows the tables of a database have, as its statistics say: the question, not the asking.

use super::ddl::Tongue;

/// Two columns: a table's name and its rows. `None` where the server keeps no count.
pub const fn question(tongue: Tongue) -> Option<&'static str> {
    match tongue {
        // Below zero: nobody has looked yet.
        Tongue::Postgres => Some(
            "SELECT c.relname, c.reltuples::bigint FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'm') AND c.reltuples >= 0 \
             AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')",
        ),
        Tongue::MySql | Tongue::MariaDb => Some(
            "SELECT TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = DATABASE() AND TABLE_ROWS IS NOT NULL",
        ),
        Tongue::Sqlite => None,
    }
}
