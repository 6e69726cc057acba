//! Which keys a step is about.

use crate::bulk::pattern::{Pattern, Spans};
use initium_driver::Result;

#[derive(Clone, Debug)]
pub struct Select {
    pub pattern: Pattern,
    unless: Vec<Pattern>,
    /// Only keys of this type.
    pub kind: Option<&'static str>,
}

impl Select {
    pub fn new<'a>(
        pattern: &str,
        unless: impl IntoIterator<Item = &'a str>,
        kind: Option<&'static str>,
    ) -> Result<Select> {
        Ok(Select {
            pattern: Pattern::parse(pattern)?,
            unless: unless
                .into_iter()
                .map(Pattern::parse)
                .collect::<Result<_>>()?,
            kind,
        })
    }

    /// Whether the name is selected; its captures are in `spans` then.
    pub fn find(&self, key: &[u8], spans: &mut Spans) -> bool {
        self.pattern.find(key, spans) && !self.spared(key)
    }

    pub fn takes(&self, key: &[u8]) -> bool {
        self.pattern.matches(key) && !self.spared(key)
    }

    pub fn spared(&self, key: &[u8]) -> bool {
        self.unless.iter().any(|pattern| pattern.matches(key))
    }
}
