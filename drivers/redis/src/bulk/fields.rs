//! What becomes of the fields of a hash: some are renamed, then some set, then some taken off.

use crate::bulk::pattern::Spans;
use crate::bulk::template::Template;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct Fields {
    pub set: Vec<(String, Template)>,
    pub unset: Vec<String>,
    pub rename: Vec<(String, String)>,
}

impl Fields {
    pub fn new(
        set: Vec<(String, Template)>,
        unset: Vec<String>,
        rename: Vec<(String, String)>,
    ) -> Result<Fields, String> {
        if set.is_empty() && unset.is_empty() && rename.is_empty() {
            return Err("it sets nothing, takes off nothing and renames nothing".into());
        }
        // A field that is named twice would be changed again by the next run.
        let mut seen = BTreeSet::new();
        let named = set.iter().map(|(field, _)| field).chain(&unset);
        let named = named.chain(rename.iter().flat_map(|(old, new)| [old, new]));
        for field in named {
            if !seen.insert(field) {
                return Err(format!("the field {field:?} is named twice"));
            }
        }
        Ok(Fields { set, unset, rename })
    }

    /// Whether each key gets the same values.
    fn fixed(&self) -> bool {
        self.set.iter().all(|(_, value)| value.is_fixed())
    }

    /// What the script hears once; see `lua/hash.lua`.
    pub fn front(&self) -> Vec<Vec<u8>> {
        let counts = [self.set.len(), self.unset.len(), self.rename.len()];
        let mut args: Vec<Vec<u8>> = counts.map(|count| count.to_string().into()).into();
        args.push(if self.fixed() { "1" } else { "0" }.into());
        args.extend(self.set.iter().map(|(field, _)| field.clone().into()));
        args.extend(self.unset.iter().map(|field| field.clone().into()));
        for (old, new) in &self.rename {
            args.extend([old.clone().into(), new.clone().into()]);
        }
        if self.fixed() {
            args.extend(self.values(b"", &Vec::new()));
        }
        args
    }

    /// What it hears for each key.
    pub fn each(&self, key: &[u8], spans: &Spans, args: &mut Vec<Vec<u8>>) {
        if !self.fixed() {
            args.extend(self.values(key, spans));
        }
    }

    pub fn values(&self, key: &[u8], spans: &Spans) -> impl Iterator<Item = Vec<u8>> {
        self.set.iter().map(|(_, value)| value.fill(key, spans))
    }
}
