//! What the spec wants of one target: its migrations with their checksums.

use crate::spec::{Migration, Spec};
use initium_driver::{Code, Dialect, Digest, Error, Result, Source};
use sha2::{Digest as _, Sha256};
use std::fmt::Write;

/// A migration as one target sees it.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub migration: &'a Migration,
    pub up: &'a [Source],
    pub checksum: String,
}

/// The migrations of a target, in order.
pub fn wanted<'a>(spec: &'a Spec, target: &str, dialect: &dyn Dialect) -> Result<Vec<Wanted<'a>>> {
    let names = dialect.names();
    spec.migrations
        .iter()
        .filter(|migration| migration.targets.iter().any(|name| name == target))
        .map(|migration| {
            let up = migration.up.of(names).ok_or_else(|| {
                Error::new(
                    Code::ScriptMissing,
                    format!("migration '{}' has no up for {}", migration.id, names[0]),
                )
                .help(format!(
                    "add `{}:` to its `up`, or take it off this target",
                    names[0]
                ))
                .migration(&migration.id)
                .target(target)
                .place(migration.place.clone())
            })?;
            Ok(Wanted {
                migration,
                up,
                checksum: checksum(up, dialect),
            })
        })
        .collect()
}

/// The ledger's digest when nothing is pending, nothing was edited and nothing is unknown.
pub fn expected(wanted: &[Wanted]) -> Digest {
    let mut digest = Digest::default();
    for one in wanted {
        digest.add(&one.migration.id, &one.checksum);
    }
    digest
}

fn checksum(sources: &[Source], dialect: &dyn Dialect) -> String {
    let forms: Vec<_> = sources
        .iter()
        .map(|source| dialect.normal_form(&source.text))
        .collect();
    hash(&forms.join("\u{1e}"))
}

/// `v1:` and the sha256 in hex. The prefix stays for ever: a later algorithm gets a later number.
pub fn hash(text: &str) -> String {
    let mut hex = String::from("v1:");
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_a_text_is_the_same_for_ever() {
        assert_eq!(
            hash("SELECT\u{1f}1"),
            "v1:b099b3f7c660e4269cc37656821093abe8b74509ded32cb8b58fb8498506465c"
        );
    }
}
