//! Which session settings a script may leave behind, and the assignment that puts one back. A list,
//! because the servers also report variables nobody can set (`last_gtid`, `statement_id`).

use crate::words::literal;

/// Settings that change what a later script means, or whether it runs.
const KNOWN: &[&str] = &[
    "alter_algorithm",
    "auto_increment_increment",
    "auto_increment_offset",
    "autocommit",
    "big_tables",
    "binlog_format",
    "bulk_insert_buffer_size",
    "character_set_client",
    "character_set_connection",
    "character_set_filesystem",
    "character_set_results",
    "character_set_server",
    "check_constraint_checks",
    "collation_connection",
    "collation_server",
    "completion_type",
    "cte_max_recursion_depth",
    "default_collation_for_utf8mb4",
    "default_storage_engine",
    "default_tmp_storage_engine",
    "default_week_format",
    "div_precision_increment",
    "explicit_defaults_for_timestamp",
    "foreign_key_checks",
    "group_concat_max_len",
    "information_schema_stats_expiry",
    "innodb_lock_wait_timeout",
    "innodb_strict_mode",
    "join_buffer_size",
    "lc_time_names",
    "lock_wait_timeout",
    "max_execution_time",
    "max_heap_table_size",
    "max_join_size",
    "max_recursive_iterations",
    "max_sort_length",
    "max_statement_time",
    "myisam_sort_buffer_size",
    "net_read_timeout",
    "net_write_timeout",
    "old_alter_table",
    "optimizer_switch",
    "read_buffer_size",
    "restrict_fk_on_non_standard_key",
    "session_track_schema",
    "session_track_system_variables",
    "session_track_transaction_info",
    "sort_buffer_size",
    "sql_auto_is_null",
    "sql_big_selects",
    "sql_buffer_result",
    "sql_generate_invisible_primary_key",
    "sql_log_bin",
    "sql_mode",
    "sql_notes",
    "sql_quote_show_create",
    "sql_require_primary_key",
    "sql_safe_updates",
    "sql_select_limit",
    "sql_warnings",
    "system_versioning_alter_history",
    "time_zone",
    "timestamp",
    "tmp_table_size",
    "transaction_isolation",
    "transaction_read_only",
    "tx_isolation",
    "tx_read_only",
    "unique_checks",
    "updatable_views_with_limit",
    "wait_timeout",
];

/// What the handshake asked for.
const COLLATION: &str = "utf8mb4_general_ci";

pub fn is_known(name: &str) -> bool {
    KNOWN.binary_search(&name).is_ok()
}

/// The assignments that give these settings the values they had when the session began.
pub fn first_values(names: &[&str], sql_mode: Option<&str>) -> Vec<String> {
    let mut all: Vec<_> = names
        .iter()
        .map(|name| first_value(name, sql_mode))
        .collect();
    // A character set brings its own collation, of which nobody tells.
    if names.contains(&"character_set_connection") {
        all.push(first_value("collation_connection", None));
    }
    all
}

/// The assignment that gives a setting the value it had when the session began.
fn first_value(name: &str, sql_mode: Option<&str>) -> String {
    let value = match name {
        "character_set_client" | "character_set_connection" | "character_set_results" => {
            "utf8mb4".into()
        }
        "collation_connection" => COLLATION.into(),
        "sql_mode" => sql_mode.map_or_else(|| "DEFAULT".into(), literal),
        // MySQL 9 turns these two *off* for DEFAULT (seen on 9.7).
        "foreign_key_checks" | "unique_checks" => format!("@@GLOBAL.{name}"),
        _ => "DEFAULT".into(),
    };
    format!("SESSION {name} = {value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(KNOWN.is_sorted());
        assert!(is_known("sql_mode") && !is_known("statement_id"));
    }
}
