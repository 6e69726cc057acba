//! The table of verbs.

use super::arguments::{Common, Words};
use super::output::Output;
use super::{
    apply, baseline, check, cleanup, connect, diff, export, hash, history, import, inspect, lint,
    new, plan, rebase, repair, rollback, schema, squash, status, unlock, verify, wait,
};
use argh::{ArgsInfo, CommandInfoWithArgs};

pub struct Verb {
    pub name: &'static str,
    pub alias: Option<&'static str>,
    pub about: &'static str,
    pub info: fn() -> CommandInfoWithArgs,
    pub run: fn(&Common, &Words, &Output) -> i32,
    /// What `--format` may be beside what it may be everywhere.
    pub forms: &'static [&'static str],
}

const fn verb(
    name: &'static str,
    about: &'static str,
    info: fn() -> CommandInfoWithArgs,
    run: fn(&Common, &Words, &Output) -> i32,
) -> Verb {
    Verb {
        name,
        alias: None,
        about,
        info,
        run,
        forms: &[],
    }
}

pub const VERBS: &[Verb] = &[
    verb(
        "apply",
        "apply what is pending, in order",
        apply::Apply::get_args_info,
        apply::run,
    ),
    verb(
        "plan",
        "show what apply would do",
        plan::Plan::get_args_info,
        plan::run,
    ),
    Verb {
        alias: Some("list"),
        ..verb(
            "status",
            "show every migration and its state",
            status::Status::get_args_info,
            status::run,
        )
    },
    verb(
        "check",
        "answer by exit code whether nothing is pending",
        check::Check::get_args_info,
        check::run,
    ),
    verb(
        "wait",
        "check again until nothing is pending",
        wait::Wait::get_args_info,
        wait::run,
    ),
    verb(
        "verify",
        "ask what must hold of applied migrations",
        verify::Verify::get_args_info,
        verify::run,
    ),
    verb(
        "rollback",
        "undo the newest migrations",
        rollback::Rollback::get_args_info,
        rollback::run,
    ),
    verb(
        "cleanup",
        "run the contract half of verified migrations",
        cleanup::Cleanup::get_args_info,
        cleanup::run,
    ),
    verb(
        "baseline",
        "adopt an existing database",
        baseline::Baseline::get_args_info,
        baseline::run,
    ),
    verb(
        "rebase",
        "move migrations of a folder behind the applied ones",
        rebase::Rebase::get_args_info,
        rebase::run,
    ),
    verb(
        "repair",
        "settle one named thing",
        repair::Repair::get_args_info,
        repair::run,
    ),
    verb(
        "unlock",
        "show who holds the lock, and end it",
        unlock::Unlock::get_args_info,
        unlock::run,
    ),
    verb(
        "connection",
        "show what is understood of the connection, and test it",
        connect::Connection::get_args_info,
        connect::run,
    ),
    Verb {
        forms: diff::FORMS,
        ..verb(
            "diff",
            "show what lies between two schemas",
            diff::Diff::get_args_info,
            diff::run,
        )
    },
    verb(
        "export",
        "write another tool's ledger from this one",
        export::Export::get_args_info,
        export::run,
    ),
    verb(
        "hash",
        "write down what the files of migrations are",
        hash::Hash::get_args_info,
        hash::run,
    ),
    verb(
        "history",
        "show every attempt",
        history::History::get_args_info,
        history::run,
    ),
    verb(
        "import",
        "take over what another tool's ledger says",
        import::Import::get_args_info,
        import::run,
    ),
    verb(
        "lint",
        "judge statements before they run",
        lint::Lint::get_args_info,
        lint::run,
    ),
    verb(
        "new",
        "add a migration to a spec",
        new::New::get_args_info,
        new::run,
    ),
    Verb {
        forms: inspect::FORMS,
        ..verb(
            "inspect",
            "show what a database holds",
            inspect::Inspect::get_args_info,
            inspect::run,
        )
    },
    verb(
        "squash",
        "make one migration of many",
        squash::Squash::get_args_info,
        squash::run,
    ),
    verb(
        "schema",
        "print a JSON Schema",
        schema::Schema::get_args_info,
        schema::run,
    ),
];
