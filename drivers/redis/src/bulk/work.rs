//! What a step does with a key: which script runs, and what it hears of each key.

use crate::bulk::edit::Edits;
use crate::bulk::fields::Fields;
use crate::bulk::moves::{Move, Name};
use crate::bulk::pattern::Spans;
use crate::bulk::scripts;
use crate::bulk::select::Select;
use crate::bulk::shape::{Conflict, Kind};
use crate::ground::Script;

#[derive(Clone, Debug)]
pub enum Work {
    Move {
        verb: Verb,
        by: Move,
        conflict: Conflict,
    },
    Delete,
    Convert {
        from: Kind,
        to: Kind,
    },
    Hash(Fields),
    Expire(Expiry),
    Json(Edits),
    Each {
        lua: String,
        args: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Rename,
    Copy,
}

#[derive(Clone, Copy, Debug)]
pub enum Expiry {
    Never,
    After { ms: u64, replace: bool },
}

/// What one script hears: keys of one slot and their arguments.
#[derive(Clone, Debug, Default)]
pub struct Load {
    pub keys: Vec<Vec<u8>>,
    pub args: Vec<Vec<u8>>,
}

/// What is known of a key before a script sees it.
pub enum Fate {
    /// The script decides.
    Work,
    /// It needs another name, this one.
    Move(Vec<u8>),
    Skip,
    Fail(String),
}

impl Work {
    pub fn script(&self) -> Script {
        match self {
            Work::Move { verb, .. } => match verb {
                Verb::Rename => scripts::RENAME,
                Verb::Copy => scripts::COPY,
            },
            Work::Delete => scripts::DELETE,
            Work::Convert {
                from: Kind::String, ..
            } => scripts::PARSE,
            Work::Convert { .. } => scripts::CONVERT,
            Work::Hash(_) => scripts::HASH,
            Work::Expire(_) => scripts::EXPIRE,
            Work::Json(_) => scripts::SWAP,
            Work::Each { .. } => scripts::EACH,
        }
    }

    /// What the script hears before it hears of keys.
    pub fn front(&self) -> Vec<Vec<u8>> {
        match self {
            Work::Move { conflict, .. } => vec![conflict.word().into()],
            Work::Delete | Work::Json(_) => Vec::new(),
            Work::Convert {
                from: Kind::String,
                to,
            } => vec![to.word().into()],
            Work::Convert { from, to } => vec![from.word().into(), to.word().into()],
            Work::Hash(fields) => fields.front(),
            Work::Expire(Expiry::Never) => vec!["persist".into(), Vec::new()],
            Work::Expire(Expiry::After { ms, replace }) => {
                let mode = if *replace { "all" } else { "new" };
                vec![mode.into(), ms.to_string().into()]
            }
            Work::Each { lua, args } => {
                let args = args.iter().map(|arg| arg.clone().into());
                std::iter::once(lua.clone().into()).chain(args).collect()
            }
        }
    }

    /// Its new value is made here, of the old one.
    pub fn rewrites(&self) -> bool {
        let parses = |from: &Kind| *from == Kind::String;
        matches!(self, Work::Json(_)) || matches!(self, Work::Convert { from, .. } if parses(from))
    }

    /// `spans` are the captures of the key.
    pub fn fate(&self, key: &[u8], spans: &Spans, select: &Select) -> Fate {
        let Work::Move { by, .. } = self else {
            return Fate::Work;
        };
        match by.name(key, spans, select) {
            Name::New(new) => Fate::Move(new),
            Name::Same => Fate::Skip,
            Name::Again(new) => Fate::Fail(format!(
                "the next run would move its new name {:?} again",
                super::shown(&new)
            )),
        }
    }

    /// What the script hears of this key.
    pub fn hear(&self, key: &[u8], spans: &Spans, args: &mut Vec<Vec<u8>>) {
        if let Work::Hash(fields) = self {
            fields.each(key, spans, args);
        }
    }
}
