//! A process that panics after our hook was set: this test program, started once more. A release
//! binary has no way to panic on demand, and should not have one.

use super::{Ran, ran};
use std::process::{Command, Stdio};

const SAYS: &str = "CHILD_PANICS";
const HOW: &str = "CHILD_PANICS_HOW";
const ARGUMENTS: &str = "CHILD_ARGUMENTS";

/// A child that panics with this text, as a run with these arguments would;
/// how: `macro`, `expect`, `slice` or `thread`.
pub fn panicking(how: &str, says: &str, arguments: &[&str]) -> Ran {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([&format!("{}::child", path()), "--exact", "--nocapture"])
        .env(SAYS, says)
        .env(HOW, how)
        .env(ARGUMENTS, arguments.join("\n"))
        .env("RUST_BACKTRACE", "full")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    ran(child)
}

fn path() -> &'static str {
    // Without the name of the test program.
    module_path!().split_once("::").unwrap().1
}

/// What quotes its text where it is none.
#[derive(Debug)]
struct Number;

impl std::str::FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Number, String> {
        match text {
            "1" => Ok(Number),
            other => Err(format!("'{other}' is no number")),
        }
    }
}

/// Passes at once, unless it was started to panic.
#[test]
fn child() {
    let Ok(says) = std::env::var(SAYS) else {
        return;
    };
    let arguments = std::env::var(ARGUMENTS).unwrap();
    let arguments: Vec<_> = arguments.split('\n').collect();
    initium::cli::tell_panics(&arguments);
    match std::env::var(HOW).unwrap().as_str() {
        "macro" => panic!("{says}"),
        "expect" => says.parse::<Number>().map(drop).expect("a number"),
        "slice" => drop(says[says.len() + 1..].to_string()),
        _ => drop(std::thread::spawn(move || panic!("{says}")).join()),
    }
}
