//! A panic is a mistake of ours, told like any other error: where it stands and where to report it.
//! Must never print what it says: a panic quotes values, and a value may be a secret.

use super::output::Output;
use initium_driver::{Code, Error};
use std::panic::{PanicHookInfo, set_hook};

/// From now on a panic ends the process with its error. It ends it in the hook itself: a release
/// build aborts behind it, and an unwinding one would go on and say more.
pub fn tell_panics(arguments: &[&str]) {
    let output = Output::of(arguments);
    set_hook(Box::new(move |panic| {
        let status = output.fail("initium", &error(panic));
        #[allow(clippy::exit)]
        std::process::exit(status)
    }));
}

fn error(panic: &PanicHookInfo) -> Error {
    let at = panic.location().map_or_else(
        || "a place unknown".to_string(),
        |at| format!("{}:{}", within(at.file()), at.line()),
    );
    Error::new(Code::Internal, format!("internal error at {at}")).help(concat!(
        "a mistake of initium ",
        env!("CARGO_PKG_VERSION"),
        ", not yours: report this line at ",
        env!("CARGO_PKG_REPOSITORY"),
        "/issues; the ledger is right, `initium migrate status` shows it"
    ))
}

/// A dependency is compiled from a folder of the machine that built it.
fn within(file: &str) -> &str {
    match file.rsplit_once("/registry/src/") {
        Some((_, rest)) => rest.split_once('/').map_or(rest, |(_, path)| path),
        None => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_no_folder_of_the_machine_that_built_it() {
        assert_eq!(within("src/run/lock.rs"), "src/run/lock.rs");
        let built = "/home/x/registry/src/index-1/mysql-27.0.0/src/conn.rs";
        assert_eq!(within(built), "mysql-27.0.0/src/conn.rs");
    }
}
