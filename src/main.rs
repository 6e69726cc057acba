//! The program: arguments in, exit status out. Everything else is the library's.

// All that is allowed is one attribute, in `backtrace`.
#![deny(unsafe_code)]

#[cfg(without_backtraces)]
mod backtrace;

fn main() {
    let arguments = std::env::args_os()
        .skip(1)
        // What is not UTF-8 becomes an unknown word instead of a panic.
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let status = initium::cli::main(arguments);
    #[allow(clippy::exit)]
    std::process::exit(status);
}
