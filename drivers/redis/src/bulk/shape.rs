//! The JSON of steps and queries, key by key. A key that is not here is refused, not skipped.

use serde::Deserialize;
use std::collections::BTreeMap;

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            #[serde(rename = "match")]
            pub pattern: String,
            #[serde(default)]
            pub unless: Globs,
            #[serde(default, rename = "type")]
            pub kind: Option<Kind>,
            $($(#[$attribute])* pub $field: $type,)*
        }
    )*};
}

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* })*) => {
        shapes! {$(
            $(#[$doc])* $name {
                #[serde(default)] batch: Option<u32>,
                #[serde(default)] rate: Option<u32>,
                $($(#[$attribute])* $field: $type,)*
            }
        )*}
    };
}

steps! {
    Moving {
        to: String,
        #[serde(default)] on_conflict: Conflict,
    }
    Deleting {}
    Converting {
        from: Kind,
        to: Kind,
    }
    Hashing {
        #[serde(default)] set: BTreeMap<String, Scalar>,
        #[serde(default)] unset: Vec<String>,
        #[serde(default)] rename: BTreeMap<String, String>,
    }
    Expiring {
        #[serde(default)] ttl_ms: Option<u64>,
        #[serde(default)] persist: bool,
        #[serde(default)] replace: bool,
    }
    Editing {
        #[serde(default)] set: BTreeMap<String, Box<serde_json::value::RawValue>>,
        #[serde(default)] unset: Vec<String>,
        #[serde(default)] rename: BTreeMap<String, String>,
    }
    Calling {
        #[serde(default)] args: Vec<Scalar>,
    }
}

shapes! {
    Counting {
        #[serde(default)] at_least: Option<u64>,
        #[serde(default)] at_most: Option<u64>,
    }
    Asking {}
    Sampling {
        to: String,
        #[serde(default = "hundred")] size: u32,
        #[serde(default)] compare: Compare,
    }
}

fn hundred() -> u32 {
    100
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Globs {
    One(String),
    Many(Vec<String>),
}

impl Default for Globs {
    fn default() -> Globs {
        Globs::Many(Vec::new())
    }
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
