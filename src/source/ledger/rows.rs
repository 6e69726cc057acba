//! Rows of a ledger to what they say of each version: the last row of one counts.

use super::super::version::compare;
use super::Tool;
use initium_driver::{Code, Error, Result, Rows, sorted};

/// What a ledger says of one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Applied,
    /// It failed, or nobody knows.
    Failed,
    /// All up to it were there before the tool was.
    Baseline,
    /// It ran instead of all up to it.
    Instead,
    /// It was undone, or taken out.
    Undone,
    /// It is applied, and with it all before it.
    Current,
}

impl Standing {
    const ALL: &[Standing] = &[
        Standing::Applied,
        Standing::Failed,
        Standing::Baseline,
        Standing::Instead,
        Standing::Undone,
        Standing::Current,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Standing::Applied => "applied",
            Standing::Failed => "failed",
            Standing::Baseline => "baseline",
            Standing::Instead => "instead",
            Standing::Undone => "undone",
            Standing::Current => "current",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Empty for what runs again whenever it changes.
    pub version: String,
    pub title: String,
    pub file: String,
    pub standing: Standing,
    pub checksum: Option<String>,
    /// As a person reads it, with as much of a zone as the tool kept.
    pub at: Option<String>,
}

/// What was answered to the question. Older rows of a version are left out; the order stays.
pub fn read(tool: Tool, answer: &Rows) -> Result<Vec<Row>> {
    let rows: Vec<_> = answer
        .rows
        .iter()
        .map(|row| one(row))
        .collect::<Result<_>>()?;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    sorted::by(&mut order, |a, b| same(tool, &rows[*a], &rows[*b]));
    // Sorting keeps the order of equals, so the last of a run is the newest.
    let newest = |two: &[usize]| same(tool, &rows[two[0]], &rows[two[1]]).is_ne();
    let mut kept: Vec<usize> = order
        .windows(2)
        .filter(|two| newest(two))
        .map(|two| two[0])
        .collect();
    kept.extend(order.last());
    sorted::by(&mut kept, Ord::cmp);
    Ok(kept.into_iter().map(|at| rows[at].clone()).collect())
}

fn same(tool: Tool, one: &Row, other: &Row) -> std::cmp::Ordering {
    let order = match tool.counts() {
        true => compare(&one.version, &other.version),
        false => one.version.cmp(&other.version),
    };
    order.then_with(|| match tool {
        // An id is unique only with its author and its file.
        Tool::Liquibase => (&one.title, &one.file).cmp(&(&other.title, &other.file)),
        _ if one.version.is_empty() || other.version.is_empty() => {
            (one.version.is_empty(), &one.title).cmp(&(other.version.is_empty(), &other.title))
        }
        _ => std::cmp::Ordering::Equal,
    })
}

fn one(row: &[Option<String>]) -> Result<Row> {
    let cell = |n: usize| row.get(n).cloned().flatten();
    let text = |n: usize| cell(n).unwrap_or_default();
    let word = text(3);
    let mut all = Standing::ALL.iter();
    let standing = all.find(|one| one.word() == word).copied();
    Ok(Row {
        version: text(0),
        title: text(1),
        file: text(2),
        standing: standing
            .ok_or_else(|| Error::new(Code::Internal, "a row of another ledger has no standing"))?,
        checksum: cell(4),
        at: cell(5).map(|at| instant(&at)),
    })
}

/// `2024-01-02 03:04:05.678+00` as `2024-01-02T03:04:05Z`; what looks otherwise stays as it is.
fn instant(text: &str) -> String {
    let (Some(day), Some(time)) = (text.get(..10), text.get(11..19)) else {
        return text.into();
    };
    let digits = |text: &str, sign: char| {
        let mut parts = text.split(sign);
        parts.all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    };
    if !digits(day, '-') || !digits(time, ':') {
        return text.into();
    }
    let rest = text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    // Go writes behind it what its own clock says besides.
    let zone = match rest.split_whitespace().next().unwrap_or_default() {
        "+00" | "+00:00" | "+0000" | "Z" | "UTC" => "Z",
        zone => zone,
    };
    format!("{day}T{time}{zone}")
}
