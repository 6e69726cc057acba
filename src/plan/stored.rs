//! The form in which `down` and `cleanup` are kept in the ledger. Of a sensitive migration only that
//! there are some; never their texts.

use crate::spec::{Secrecy, Transaction};
use initium_driver::{Code, Error, Phase, Result, Source};
use serde::{Deserialize, Serialize};

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
            format!("down or cleanup cannot be stored: {error}"),
        )
    })
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
