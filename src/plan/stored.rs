//! The form in which `up`, `down` and `cleanup` are kept in the ledger. Of a sensitive migration only that
//! there are some; never their texts.

use super::edits::unified;
use super::{Up, Wanted};
use crate::spec::{SQL, Secrecy, Transaction};
use initium_driver::{Code, Error, Phase, Result, Source, Text};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Serialize, Deserialize)]
struct Stored {
    transaction: String,
    scripts: Vec<String>,
}

/// Stands for what is not kept. A version that does not know it cannot read it, which is right: an
/// empty list of scripts would be run as one.
const SENSITIVE: &str = r#"{"sensitive":true}"#;

/// What the ledger has of a script.
pub(super) enum Kept {
    Text(Vec<Source>, Transaction),
    /// The migration is sensitive.
    Nothing,
}

/// The ledger keeps it in one row.
const LONGEST: usize = 16 << 20;

pub(super) fn store(
    sources: &[Source],
    transaction: Transaction,
    secrecy: Secrecy,
) -> Result<String> {
    if secrecy == Secrecy::Sensitive {
        return Ok(SENSITIVE.into());
    }
    let mut scripts = Vec::new();
    for source in sources {
        scripts.push(source.whole()?.into_owned());
    }
    if scripts.iter().map(String::len).sum::<usize>() > LONGEST {
        return Err(Error::new(
            Code::ScriptTooLong,
            "down and cleanup are kept in the ledger, and these are longer than 16 MiB",
        )
        .help("write what undoes it shorter: DROP or TRUNCATE instead of many DELETEs"));
    }
    written(scripts, transaction)
}

fn written(scripts: Vec<String>, transaction: Transaction) -> Result<String> {
    let stored = Stored {
        transaction: match transaction {
            Transaction::Auto => "auto".into(),
            Transaction::None => "none".into(),
        },
        scripts,
    };
    serde_json::to_string(&stored).map_err(|error| {
        Error::new(
            Code::ScriptTooLong,
            format!("a script cannot be stored: {error}"),
        )
    })
}

/// What is kept only to be shown, and no more of it than somebody reads.
const LONGEST_UP: usize = 64 << 10;

/// What a migration says, to be compared with what it says later. Nothing of a sensitive one, and
/// nothing of long ones: then an edit is told without being shown.
pub(super) fn store_up(one: &Wanted) -> Option<String> {
    if one.migration.secrecy == Secrecy::Sensitive {
        return None;
    }
    let scripts = said(one)?;
    if scripts.iter().map(|text| text.len()).sum::<usize>() > LONGEST_UP {
        return None;
    }
    let scripts = scripts.into_iter().map(Cow::into_owned).collect();
    written(scripts, one.migration.transaction).ok()
}

/// What was edited since a migration was applied, where the ledger kept what it said then.
pub fn edited_since(one: &Wanted, kept: &str) -> Option<String> {
    if one.migration.secrecy == Secrecy::Sensitive {
        return None;
    }
    let stored: Stored = serde_json::from_str(kept).ok()?;
    let name = match one.written {
        Up::Scripts([source, ..]) => source.file.as_str(),
        _ => one.migration.place.file.as_str(),
    };
    unified(&stored.scripts.join("\n"), &said(one)?.join("\n"), name)
}

/// Texts that are held; of changes what they say, one after the other.
fn said<'a>(one: &Wanted<'a>) -> Option<Vec<Cow<'a, str>>> {
    match one.written {
        Up::Scripts(sources) => sources
            .iter()
            .map(|source| match &source.text {
                Text::Held(text) => Some(Cow::Borrowed(text.as_str())),
                Text::Long(_) => None,
            })
            .collect(),
        Up::Changes(list) => {
            let texts = list.iter().map(|item| item.said.replace(SQL, ""));
            Some(texts.map(Cow::Owned).collect())
        }
    }
}

pub(super) fn load(id: &str, phase: Phase, text: &str) -> Result<Kept> {
    if text == SENSITIVE {
        return Ok(Kept::Nothing);
    }
    let origin = format!("ledger:{id}/{}", phase.word());
    let stored: Stored = serde_json::from_str(text).map_err(|e| {
        Error::new(
            Code::LedgerNewer,
            format!("the stored {} of '{id}' cannot be read: {e}", phase.word()),
        )
        .help("a newer initium wrote it; use that version or a later one")
        .migration(id)
    })?;
    let transaction = if stored.transaction == "none" {
        Transaction::None
    } else {
        Transaction::Auto
    };
    let sources = stored
        .scripts
        .into_iter()
        .map(|text| Source::file(&origin, text))
        .collect();
    Ok(Kept::Text(sources, transaction))
}
