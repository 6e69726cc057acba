//! The JSON of steps and queries. A key that is not here is refused, not skipped, and so is one that
//! another step has: all are read by one shape, which is half the code of one for each.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

macro_rules! said {
    ($($(#[$attribute:meta])* $field:ident $name:literal: $type:ty,)*) => {
        /// All that any of them may say.
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Said {
            $($(#[$attribute])* #[serde(rename = $name, deserialize_with = "said")] pub $field: Option<$type>,)*
        }

        impl Said {
            /// The first key that is said and is none of these.
            pub fn beside(&self, keys: &[&[&str]]) -> Option<&'static str> {
                let said = [$(($name, self.$field.is_some()),)*];
                let other = |name: &str| !keys.iter().any(|keys| keys.contains(&name));
                let mut others = said.into_iter().filter(|(name, said)| *said && other(name));
                others.next().map(|(name, _)| name)
            }
        }
    };
}

said! {
    pattern "match": String,
    unless "unless": Globs,
    kind "type": Kind,
    batch "batch": u32,
    rate "rate": u32,
    from "from": Kind,
    /// A template; of `convert`, a type.
    to "to": String,
    on_conflict "on_conflict": Conflict,
    /// Of `hash`, values of fields; of `json`, JSON as it is written.
    set "set": BTreeMap<String, Box<RawValue>>,
    unset "unset": Vec<String>,
    rename "rename": BTreeMap<String, String>,
    ttl_ms "ttl_ms": u64,
    persist "persist": bool,
    replace "replace": bool,
    args "args": Vec<Scalar>,
    at_least "at_least": u64,
    at_most "at_most": u64,
    size "size": u32,
    compare "compare": Compare,
}

/// What is said is a value: `null` is none.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Globs {
    One(String),
    Many(Vec<String>),
}

impl Globs {
    pub fn texts(&self) -> &[String] {
        match self {
            Globs::One(text) => std::slice::from_ref(text),
            Globs::Many(texts) => texts,
        }
    }
}

/// A value of a field: people write `2` and mean its text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Text(String),
    Number(serde_json::Number),
    Truth(bool),
}

impl Scalar {
    pub fn text(&self) -> String {
        match self {
            Scalar::Text(text) => text.clone(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Truth(truth) => truth.to_string(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    String,
    Hash,
    List,
    Set,
    Zset,
    Stream,
}

impl Kind {
    pub fn of(word: &str) -> Option<Kind> {
        use Kind::{Hash, List, Set, Stream, String, Zset};
        let all = [String, Hash, List, Set, Zset, Stream];
        all.into_iter().find(|kind| kind.word() == word)
    }

    /// As the server calls it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Hash => "hash",
            Kind::List => "list",
            Kind::Set => "set",
            Kind::Zset => "zset",
            Kind::Stream => "stream",
        }
    }
}

/// What is done where the new name is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conflict {
    #[default]
    Fail,
    Skip,
    Overwrite,
}

impl Conflict {
    pub fn word(self) -> &'static str {
        match self {
            Conflict::Fail => "fail",
            Conflict::Skip => "skip",
            Conflict::Overwrite => "overwrite",
        }
    }
}

/// What a sample looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    #[default]
    Value,
    /// Later steps may have changed the values.
    Type,
}
