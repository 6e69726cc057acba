//! The form in which `down` and `cleanup` are kept in the ledger.

use crate::spec::Transaction;
use initium_driver::{Code, Error, Phase, Result, Source};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Stored {
    transaction: String,
    scripts: Vec<String>,
}

pub(super) fn store(sources: &[Source], transaction: Transaction) -> Option<String> {
    let stored = Stored {
        transaction: match transaction {
            Transaction::Auto => "auto".into(),
            Transaction::None => "none".into(),
        },
        scripts: sources.iter().map(|source| source.text.clone()).collect(),
    };
    serde_json::to_string(&stored).ok()
}

pub(super) fn load(id: &str, phase: Phase, text: &str) -> Result<(Vec<Source>, Transaction)> {
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
    Ok((sources, transaction))
}
