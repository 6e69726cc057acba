//! The table of rules: the only place where one is listed. A rule is a file here, cases in
//! `tests/lint`, and a page in `docs/lints` that is made of both.

mod attach_scans;
mod backfill_beside_lock;
mod char_type;
mod charset_copies;
mod check_scans;
mod column_order_rebuilds;
mod copy_asked;
mod counter_rewrites;
mod default_rewrites;
mod delete_all;
mod detach_blocks_reads;
mod display_width;
mod domain_check_scans;
mod drop_cascade;
mod drop_column;
mod drop_constraint;
mod drop_database;
mod drop_not_null;
mod drop_partition;
mod drop_table;
mod duplicate_index;
mod engine_without_transactions;
mod enum_value_order;
mod enum_value_used;
mod exclusion_builds_index;
mod fixed_definer;
mod float_type;
mod foreign_key_blocks_writes;
mod fulltext_blocks_writes;
mod index_blocks_writes;
mod index_drop_blocks;
mod inline_reference_ignored;
mod insert_without_columns;
mod int_primary_key;
mod json_type;
mod lock_asked;
mod lock_timeout_off;
mod long_identifier;
mod many_locks;
mod maybe_invalid_index;
mod missing_primary_key;
mod money_type;
mod not_null_scans;
mod partition_copies;
mod password_in_script;
mod primary_key_builds_index;
mod primary_key_drop_copies;
mod refresh_blocks_reads;
mod reindex_blocks_writes;
mod rename_column;
mod rename_enum_value;
mod rename_object;
mod rename_table;
mod required_column;
mod script_not_read;
mod serial_type;
mod short_charset;
mod small_primary_key;
mod sqlite_add_column;
mod stored_column_rewrites;
mod string_type;
mod table_rewrites;
mod timestamp_without_zone;
mod transaction_in_script;
mod truncate_table;
mod type_change_rewrites;
mod unchecked_rows;
mod unique_builds_index;
mod unqualified_name;
mod unused_allow;
mod update_all;
mod validate_beside_add;
mod varchar_length;
mod wide_grant;
mod wide_index;
mod writable_schema;
mod zero_date;

use super::rule::Rule;

pub use script_not_read::RULE as SCRIPT_NOT_READ;
pub use unused_allow::RULE as UNUSED_ALLOW;

/// In the order of their pages: by what they are about.
pub static RULES: &[&Rule] = &[
    &index_blocks_writes::RULE,
    &index_drop_blocks::RULE,
    &fulltext_blocks_writes::RULE,
    &reindex_blocks_writes::RULE,
    &refresh_blocks_reads::RULE,
    &detach_blocks_reads::RULE,
    &attach_scans::RULE,
    &foreign_key_blocks_writes::RULE,
    &check_scans::RULE,
    &unique_builds_index::RULE,
    &primary_key_builds_index::RULE,
    &primary_key_drop_copies::RULE,
    &exclusion_builds_index::RULE,
    &not_null_scans::RULE,
    &type_change_rewrites::RULE,
    &default_rewrites::RULE,
    &counter_rewrites::RULE,
    &stored_column_rewrites::RULE,
    &charset_copies::RULE,
    &partition_copies::RULE,
    &table_rewrites::RULE,
    &copy_asked::RULE,
    &lock_asked::RULE,
    &validate_beside_add::RULE,
    &backfill_beside_lock::RULE,
    &many_locks::RULE,
    &lock_timeout_off::RULE,
    &domain_check_scans::RULE,
    &column_order_rebuilds::RULE,
    &drop_table::RULE,
    &drop_column::RULE,
    &drop_database::RULE,
    &truncate_table::RULE,
    &delete_all::RULE,
    &update_all::RULE,
    &drop_cascade::RULE,
    &drop_partition::RULE,
    &drop_constraint::RULE,
    &drop_not_null::RULE,
    &rename_table::RULE,
    &rename_column::RULE,
    &rename_object::RULE,
    &rename_enum_value::RULE,
    &required_column::RULE,
    &sqlite_add_column::RULE,
    &enum_value_used::RULE,
    &long_identifier::RULE,
    &inline_reference_ignored::RULE,
    &transaction_in_script::RULE,
    &unchecked_rows::RULE,
    &writable_schema::RULE,
    &maybe_invalid_index::RULE,
    &enum_value_order::RULE,
    &wide_index::RULE,
    &duplicate_index::RULE,
    &missing_primary_key::RULE,
    &small_primary_key::RULE,
    &serial_type::RULE,
    &varchar_length::RULE,
    &char_type::RULE,
    &timestamp_without_zone::RULE,
    &json_type::RULE,
    &money_type::RULE,
    &float_type::RULE,
    &short_charset::RULE,
    &engine_without_transactions::RULE,
    &display_width::RULE,
    &zero_date::RULE,
    &fixed_definer::RULE,
    &string_type::RULE,
    &int_primary_key::RULE,
    &insert_without_columns::RULE,
    &password_in_script::RULE,
    &wide_grant::RULE,
    &unqualified_name::RULE,
    &unused_allow::RULE,
    &script_not_read::RULE,
];
