//! The suite that every driver passes. A driver's `tests/conformance.rs` brings a [`Bench`] and
//! calls [`conformance!`](crate::conformance!); each case becomes a test whose name is the fact.
//!
//! A case asks the contract and nothing else: no SQL of one database, no detail of one driver.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

pub mod catalog;
pub mod format;
pub mod lock;
pub mod prepare;
pub mod read;
pub mod record;
pub mod script;
pub mod split;
pub mod step;

use crate::driver::{Driver, Run};
use crate::error::Result;

/// One fresh and empty database. It is made when the bench is made and goes when the bench is
/// dropped; every call of `open` leads into the same one.
pub trait Bench {
    fn open(&self, run: &Run) -> Result<Box<dyn Driver>>;

    fn sql(&self) -> Sql {
        Sql::Spoken
    }
}

/// What the database understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sql {
    Spoken,
    /// The fake has lines of its own.
    NotSpoken,
    /// Those of Redis.
    Commands,
}

/// The bench of a case, or a loud word that the case did not run.
pub fn begin(case: &str, bench: impl FnOnce() -> Option<Box<dyn Bench>>) -> Option<Box<dyn Bench>> {
    let bench = bench();
    if bench.is_none() {
        eprintln!("SKIPPED {case}: no server");
    }
    bench
}

/// One `#[test]` per case. Takes a closure that makes a bench, `None` where there is no server:
/// `initium_driver::conformance!(|| Some(Box::new(MyBench::new()?)));`
/// Several servers: call it in one module each.
#[macro_export]
macro_rules! conformance {
    ($bench:expr) => {
        $crate::conformance! { @cases $bench;
            read: a_database_without_a_ledger_is_empty,
            read: reading_creates_nothing,
            read: a_second_connection_reads_what_the_first_wrote,
            read: a_reader_that_waits_sees_the_ledger_appear,
            read: who_waited_for_the_lock_finds_the_ledger_of_the_other,
            record: a_record_comes_back_as_it_was,
            record: every_text_comes_back_as_it_was,
            record: ids_that_differ_in_case_or_accent_are_different,
            record: history_is_oldest_first,
            record: the_digest_is_the_one_the_engine_computes,
            record: a_state_moves_and_the_digest_stays,
            record: an_accepted_checksum_moves_the_digest,
            record: a_forgotten_record_is_gone,
            record: what_undoes_a_migration_is_stored,
            record: an_accepted_text_is_the_stored_one,
            record: attempts_are_the_newest_and_oldest_first,
            record: every_text_of_an_attempt_comes_back_as_it_was,
            record: the_same_id_twice_is_refused,
            step: a_step_goes_from_intent_to_done,
            step: done_and_the_next_intent_travel_together,
            step: a_half_undone_migration_is_not_digested,
            step: an_unstep_takes_one_step_back,
            step: clearing_takes_the_steps_of_one_list,
            script: statements_and_record_are_committed_together,
            script: a_failed_script_leaves_no_record,
            script: a_failed_script_leaves_no_table,
            script: a_failed_script_leaves_no_row,
            script: the_error_says_which_statement_failed,
            script: a_failed_entry_takes_the_statements_with_it,
            script: after_a_failure_the_connection_still_works,
            script: a_statement_alone_runs_between_its_entries,
            script: a_statement_alone_that_fails_keeps_what_was_before_it,
            script: a_script_of_entries_alone_is_written,
            script: rows_of_a_script_are_read_and_dropped,
            script: statements_are_refused_together_where_there_is_no_transaction,
            lock: a_second_connection_is_refused_the_lock_and_told_the_holder,
            lock: the_lock_is_free_after_unlock,
            lock: the_lock_goes_with_its_connection,
            lock: a_lock_survives_a_failed_script,
            lock: a_free_lock_has_no_holder,
            lock: another_ledger_is_another_lock,
            lock: ending_the_holder_frees_the_lock_or_is_not_supported,
            prepare: preparing_twice_changes_nothing,
            prepare: the_ledger_is_hidden_from_introspection,
            prepare: two_ledgers_live_side_by_side,
            catalog: an_answer_is_text_and_null_is_none,
            catalog: a_query_that_writes_is_refused,
            catalog: a_query_that_fails_leaves_the_connection_working,
            catalog: an_answer_to_a_command_is_rows_of_text,
            catalog: a_command_that_writes_is_no_query,
            catalog: introspection_sees_what_stands_there,
            catalog: a_rendered_table_is_introspected_as_it_was_meant,
            catalog: a_rendered_change_does_what_it_says,
            catalog: a_name_that_needs_quotes_is_rendered_with_them,
            split: a_script_falls_into_its_statements,
            split: a_script_of_comments_has_no_statement,
            split: what_begins_or_ends_a_transaction_is_recognised,
            split: what_is_never_closed_is_refused_with_its_place,
            split: layout_does_not_count_and_text_does,
            split: a_script_of_commands_falls_into_its_lines,
            split: a_command_that_cannot_be_taken_back_is_refused_with_its_place,
            format: a_ledger_of_format_0_is_read_without_writing,
            format: a_ledger_of_format_0_is_upgraded,
            format: a_ledger_of_format_1_is_read_without_writing,
            format: a_ledger_of_format_1_is_upgraded,
            format: an_upgrade_that_died_in_the_middle_goes_on,
            format: a_newer_ledger_is_refused,
            format: a_table_that_is_no_ledger_is_refused,
            format: a_newer_ledger_of_keys_is_refused,
            format: keys_that_are_no_ledger_are_refused,
        }
    };
    (@cases $bench:expr; $($room:ident: $case:ident,)*) => {
        $(
            #[test]
            fn $case() {
                let name = concat!(module_path!(), "::", stringify!($case));
                if let Some(bench) = $crate::conformance::begin(name, $bench) {
                    $crate::conformance::$room::$case(&*bench);
                }
            }
        )*
    };
}

mod bench;

#[cfg(test)]
mod tests {
    const LIST: &str = include_str!("mod.rs");
    const ROOMS: &[(&str, &str)] = &[
        ("catalog", include_str!("catalog.rs")),
        ("format", include_str!("format.rs")),
        ("lock", include_str!("lock.rs")),
        ("prepare", include_str!("prepare.rs")),
        ("read", include_str!("read.rs")),
        ("record", include_str!("record.rs")),
        ("script", include_str!("script.rs")),
        ("split", include_str!("split.rs")),
        ("step", include_str!("step.rs")),
    ];

    #[test]
    fn no_case_is_forgotten_in_the_list() {
        for (room, text) in ROOMS {
            for line in text.lines().filter_map(|l| l.strip_prefix("pub fn ")) {
                let case = line.split('(').next().unwrap();
                assert!(LIST.contains(&format!("{room}: {case},")), "{room}: {case}");
            }
        }
    }
}
