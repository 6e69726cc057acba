//! A batch of keys, by what becomes of each: what a script works on, by slot; what is made here;
//! what is carried to another slot; and what is decided already.

use crate::bulk::course::Course;
use crate::bulk::cross::Pair;
use crate::bulk::pattern::Spans;
use crate::bulk::work::{Fate, Load, Work};
use crate::ground::Ground;
use std::collections::BTreeMap;

pub struct Sorted {
    pub loads: Vec<Load>,
    /// Their new values are made here.
    pub keys: Vec<Vec<u8>>,
    pub cross: Vec<Pair>,
}

/// What is decided without a script is counted here.
pub fn sort(course: &mut Course, keys: Vec<Vec<u8>>) -> Sorted {
    let select = &course.step.select;
    let mut loads = loads(course.work, &*course.ground);
    let mut rewritten = Vec::new();
    let mut cross = Vec::new();
    let mut spans = Spans::new();
    for key in keys {
        if !select.pattern.find(&key, &mut spans) {
            let why = "the server says that `match` matches it, and it does not";
            course.note.fail(&key, why);
            continue;
        }
        match course.work.fate(&key, &spans, select) {
            Fate::Skip => course.note.skip(),
            Fate::Fail(why) => course.note.fail(&key, &why),
            Fate::Move(new) if course.ground.ours(&new) => {
                course.note.fail(&key, "its new name belongs to the ledger");
            }
            Fate::Move(new) if course.ground.slot(&key) != course.ground.slot(&new) => {
                cross.push(Pair { old: key, new });
            }
            Fate::Move(new) => loads.of(&key).keys.extend([key, new]),
            Fate::Work if course.work.rewrites() => rewritten.push(key),
            Fate::Work => {
                let load = loads.of(&key);
                course.work.hear(&key, &spans, &mut load.args);
                load.keys.push(key);
            }
        }
    }
    Sorted {
        loads: loads.all(),
        keys: rewritten,
        cross,
    }
}

/// Loads by slot; all begin with what the script hears once.
pub struct Loads<'a> {
    work: &'a Work,
    ground: &'a dyn Ground,
    slots: BTreeMap<Option<u16>, Load>,
}

pub fn loads<'a>(work: &'a Work, ground: &'a dyn Ground) -> Loads<'a> {
    Loads {
        work,
        ground,
        slots: BTreeMap::new(),
    }
}

impl Loads<'_> {
    pub fn of(&mut self, key: &[u8]) -> &mut Load {
        self.slots
            .entry(self.ground.slot(key))
            .or_insert_with(|| Load {
                keys: Vec::new(),
                args: self.work.front(),
            })
    }

    pub fn all(self) -> Vec<Load> {
        self.slots.into_values().collect()
    }
}
