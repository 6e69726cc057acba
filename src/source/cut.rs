//! Cuts a script where a tool's own delimiter stands. The pieces are split into statements by reading,
//! as everything is, so that a piece may be a whole procedure.

use super::Script;
use super::lines::{Spot, held, piece};
use initium_driver::{Result, Source};

/// Where the mark stands, wherever that is.
pub fn at_marks(file: &Source, mark: &str) -> Result<Vec<Source>> {
    let text = held(file)?;
    let all = text.match_indices(mark);
    pieces(file, all.map(|(at, _)| (at, at + mark.len())).collect())
}

/// Where a line ends with the delimiter, or, where the delimiter begins with a line break, is it.
/// `\n\n` is an empty line.
pub fn at_delimiter(file: &Source, delimiter: &str) -> Result<Vec<Source>> {
    let word = delimiter.trim();
    if word.is_empty() {
        return at_marks(file, delimiter);
    }
    let alone = delimiter.starts_with('\n');
    let (mut at, mut ends) = (0, Vec::new());
    for line in held(file)?.split_inclusive('\n') {
        let bare = line.trim_end();
        let fits = match alone {
            true => bare.trim() == word,
            false => bare.ends_with(word),
        };
        if fits {
            ends.push((at + bare.len() - word.len(), at + bare.len()));
        }
        at += line.len();
    }
    pieces(file, ends)
}

fn pieces(file: &Source, mut ends: Vec<(usize, usize)>) -> Result<Vec<Source>> {
    let text = held(file)?;
    ends.push((text.len(), text.len()));
    let (mut all, mut from) = (Vec::new(), 0);
    let mut position = file.start();
    for (to, next) in ends {
        let spot = Spot {
            at: from as u64,
            line: position.line,
            column: position.column,
        };
        all.extend(piece(file, spot, to as u64)?);
        position.pass(&text[from..next]);
        from = next;
    }
    Ok(all)
}

/// The same for every database.
pub fn scripts(texts: Vec<Source>) -> Vec<Script> {
    let script = |text| Script {
        database: None,
        text,
    };
    texts.into_iter().map(script).collect()
}
