//! Sums of files as Atlas and Drizzle write them, and whether a folder is what its `atlas.sum` says.

use super::lines::Spot;
use super::{File, start};
use initium_driver::long::Breaks;
use initium_driver::{Code, Error, Result, Text};
use sha2::{Digest, Sha256};

const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// SHA-256, in hexadecimal digits.
pub fn hex(text: &str) -> String {
    let bytes = Sha256::digest(text);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |n: usize| three.get(n).map_or(0, |byte| u32::from(*byte));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * n) & 63) as usize];
            text.push(if n <= three.len() { sign as char } else { '=' });
        }
    }
    text
}

/// A line of `atlas.sum`: a file and the sum of it and of all before it.
pub struct Summed<'a> {
    pub name: &'a str,
    pub hash: &'a str,
}

/// What `atlas.sum` says, where it says it soundly: its first line is the sum of the others.
pub fn listed<'a>(file: &File, text: &'a str) -> Result<Vec<Summed<'a>>> {
    let mut lines = text.lines();
    let head = lines.next().unwrap_or_default();
    let (mut all, mut whole, mut spot) = (Vec::new(), Sha256::new(), Spot::START);
    for line in lines {
        spot.line += 1;
        if line.trim().is_empty() {
            continue;
        }
        let Some((name, hash)) = line.split_once("h1:") else {
            return Err(
                Error::new(Code::SpecInvalid, "no line of atlas.sum looks like this")
                    .place(spot.place(&file.text))
                    .help("let `atlas migrate hash` write it"),
            );
        };
        let summed = Summed {
            name: name.trim(),
            hash: hash.trim_end(),
        };
        whole.update(summed.name);
        whole.update(summed.hash);
        all.push(summed);
    }
    let sum = base64(&whole.finalize());
    match head.trim_end().strip_prefix("h1:") == Some(sum.as_str()) {
        true => Ok(all),
        false => Err(differs(
            file,
            "the first line of atlas.sum is not the sum of the others",
        )),
    }
}

/// Compares a folder, in the order of names, with what was written about it. `ignored` are files
/// that say so themselves: only their names count.
pub fn check(
    sums: &File,
    listed: &[Summed],
    files: &[&File],
    ignored: &dyn Fn(&File) -> Result<bool>,
) -> Result<()> {
    let missing = |summed: &&Summed| files.iter().all(|file| file.name != summed.name);
    if let Some(summed) = listed.iter().find(missing) {
        return Err(differs(
            sums,
            &format!("atlas.sum names {}, which is missing", summed.name),
        ));
    }
    let mut state = Sha256::new();
    for file in files {
        state.update(&file.name);
        if ignored(file)? {
            continue;
        }
        let Some(summed) = listed.iter().find(|one| one.name == file.name) else {
            return Err(differs(file, &format!("{} is not in atlas.sum", file.name)));
        };
        // A byte order mark was taken off when the file was read; Atlas counts it.
        let fits = ["", "\u{feff}"].into_iter().find_map(|mark| {
            let mut state = state.clone();
            state.update(mark);
            match add(&mut state, &file.text.text) {
                Ok(()) if base64(&state.clone().finalize()) == summed.hash => Some(Ok(state)),
                Ok(()) => None,
                Err(error) => Some(Err(error)),
            }
        });
        state = match fits {
            Some(state) => state?,
            None => {
                let message = format!("{} is not what atlas.sum says", file.name);
                return Err(differs(file, &message));
            }
        };
    }
    Ok(())
}

fn add(state: &mut Sha256, text: &Text) -> Result<()> {
    let long = match text {
        Text::Held(text) => {
            state.update(text);
            return Ok(());
        }
        Text::Long(long) => long,
    };
    let (mut input, mut window) = (long.whole().input(Breaks::Kept)?, String::new());
    while !input.is_over() {
        window.clear();
        input.fill(&mut window, 1 << 16)?;
        state.update(&window);
    }
    Ok(())
}

fn differs(file: &File, message: &str) -> Error {
    Error::new(Code::SpecInvalid, message).place(start(file)).help(
        "was a file changed after it was made? Where the change is meant, let `atlas migrate hash` write the sums anew",
    )
}
