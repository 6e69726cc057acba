//! Writes the completions and man pages of a release: `cargo run --example pages -- FOLDER DATE`, with the
//! date of the commit (`git log -1 --format=%cs`). Not part of the program, so that it does not carry them.
#![allow(clippy::print_stderr)]

use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let [folder, date] = words.as_slice() else {
        eprintln!("usage: pages FOLDER DATE");
        return ExitCode::from(2);
    };
    match write(Path::new(folder), date) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, date: &str) -> std::io::Result<()> {
    for page in initium::cli::pages::pages(date) {
        let path = folder.join(page.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, page.text)?;
    }
    Ok(())
}
