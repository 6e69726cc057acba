//! The statements of `changes` as they are kept: what was made of a migration once stays what it is,
//! because a run that went on in the middle would find another database and make others.

use super::Made;
use crate::diff::{Back, Difference};
use crate::plan::wanted::hash;
use crate::spec::Logical;
use initium_driver::change::Act;
use initium_driver::{Code, Error, Lines, Phase, Place, Result, Source, Step, StepState};
use serde::{Deserialize, Serialize};

/// Some items of `changes` and the statements that make them together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The hash of what the items say.
    said: String,
    /// How many they are.
    of: usize,
    up: Vec<String>,
    /// Absent where there is no way back.
    back: Option<Vec<String>>,
}

/// All parts of a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    parts: Vec<Part>,
}

/// Before the first statement comes the row that holds them all.
pub const NUMBER: u64 = 0;

fn said(items: &[Logical]) -> String {
    let all: Vec<_> = items.iter().map(|it| it.said.as_str()).collect();
    hash(&all.join("\u{1e}"))
}

impl Made {
    pub(super) fn sql(&mut self, item: &Logical, up: &str, down: Option<&Source>) -> Result<()> {
        let down = match down {
            Some(source) => Back::Acts(vec![Act {
                sql: source.whole()?.into_owned(),
                changes: Vec::new(),
            }]),
            None => Back::None("SQL among the changes has no `down`".into()),
        };
        let found = Difference {
            up: vec![Act {
                sql: up.into(),
                changes: Vec::new(),
            }],
            down,
            ..Difference::default()
        };
        self.add(std::slice::from_ref(item), found);
        Ok(())
    }

    /// The next items and what makes them.
    pub(super) fn add(&mut self, items: &[Logical], mut found: Difference) {
        let texts = |acts: &[Act]| acts.iter().map(|act| act.sql.clone()).collect();
        self.parts.push(Part {
            said: said(items),
            of: items.len(),
            up: texts(&found.up),
            back: match &found.down {
                Back::Acts(acts) => Some(texts(acts)),
                Back::None(_) => None,
            },
        });
        let known = self.difference.steps.len();
        for act in &mut found.up {
            act.changes.iter_mut().for_each(|n| *n += known);
        }
        let all = &mut self.difference;
        all.steps.append(&mut found.steps);
        all.up.append(&mut found.up);
        all.down = match (std::mem::take(&mut all.down), found.down) {
            (Back::None(why), _) | (_, Back::None(why)) => Back::None(why),
            (Back::Acts(before), Back::Acts(mut acts)) => {
                acts.extend(before);
                acts.iter_mut().for_each(|act| act.changes.clear());
                Back::Acts(acts)
            }
        };
    }
}

impl Kept {
    pub fn of(parts: Vec<Part>) -> Kept {
        Kept { parts }
    }

    /// What a step of the ledger keeps, if it is the one that does.
    pub fn read(step: &Step) -> Option<Result<Kept>> {
        if step.number != NUMBER || step.phase != Phase::Up {
            return None;
        }
        Some(serde_json::from_str(&step.head).map_err(|error| {
            let id = &step.id;
            Error::new(
                Code::LedgerNewer,
                format!("the stored statements of '{id}' cannot be read: {error}"),
            )
            .help("a newer initium wrote them; use that version or a later one")
            .migration(id)
        }))
    }

    /// The row that keeps them, written together with what says that the first statement comes.
    pub fn row(&self, id: &str, checksum: &str) -> Result<Step> {
        let text = serde_json::to_string(self).map_err(|error| {
            Error::new(
                Code::ScriptTooLong,
                format!("the statements of '{id}' cannot be stored: {error}"),
            )
        })?;
        Ok(Step {
            id: id.into(),
            phase: Phase::Up,
            number: NUMBER,
            state: StepState::Done,
            checksum: checksum.into(),
            head: text,
            catalog: None,
        })
    }

    /// How many parts at the beginning are of what the spec says.
    pub fn same(&self, list: &[Logical]) -> usize {
        let mut rest = list;
        let mut count = 0;
        for part in &self.parts {
            match rest.split_at_checked(part.of) {
                Some((items, behind)) if said(items) == part.said => rest = behind,
                _ => return count,
            }
            count += 1;
        }
        count
    }

    /// Whether they are of all that the spec says, and of nothing else.
    pub fn covers(&self, list: &[Logical]) -> bool {
        self.same(list) == self.parts.len() && self.items(self.parts.len()) == list.len()
    }

    /// How many parts at the beginning are made where so many statements ran, and whether none is
    /// half made.
    pub fn made(&self, statements: usize) -> (usize, bool) {
        let (mut count, mut left) = (0, statements);
        for part in &self.parts {
            if left < part.up.len() {
                break;
            }
            left -= part.up.len();
            count += 1;
        }
        (count, left == 0)
    }

    /// How many items the first parts make.
    pub fn items(&self, parts: usize) -> usize {
        self.parts[..parts].iter().map(|part| part.of).sum()
    }

    /// Others from this part on.
    pub fn from(mut self, part: usize, others: Vec<Part>) -> Kept {
        self.parts.truncate(part);
        self.parts.extend(others);
        self
    }

    /// The statements, each with the place of the item that it is made for.
    pub fn up(&self, list: &[Logical], nowhere: &Place) -> Vec<Source> {
        let mut sources = Vec::new();
        let mut item = 0;
        for part in &self.parts {
            let place = list.get(item).map_or(nowhere, |it| &it.place);
            sources.extend(part.up.iter().map(|text| source(text, place)));
            item += part.of;
        }
        sources
    }

    /// The statements that undo it, if there are.
    pub fn down(&self, place: &Place) -> Option<Vec<Source>> {
        let mut sources = Vec::new();
        for part in self.parts.iter().rev() {
            let back = part.back.as_ref()?;
            sources.extend(back.iter().map(|text| source(text, place)));
        }
        Some(sources)
    }
}

fn source(text: &str, place: &Place) -> Source {
    Source {
        file: place.file.clone(),
        line: place.line,
        column: place.column,
        lines: Lines::Folded,
        text: text.into(),
    }
}
