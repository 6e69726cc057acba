//! What lies between two catalogs with everything that people and programs ask of it: what each
//! change means on this server, the statements up, and those down where there are any.

use super::{Suggestion, described, diff, undo};
use initium_driver::catalog::Sizes;
use initium_driver::change::{Act, Change, Changes, Impact, Way, Work};
use initium_driver::ddl::Ddl;
use initium_driver::{Catalog, Result};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub steps: Vec<Step>,
    pub up: Vec<Act>,
    /// Or why there is no way back.
    pub down: Back,
    /// The changes down.
    pub back: Vec<Change>,
    pub suggestions: Vec<Suggestion>,
}

/// The way back, as far as the schema goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    Acts(Vec<Act>),
    None(String),
}

impl Default for Back {
    fn default() -> Back {
        Back::Acts(Vec::new())
    }
}

/// A change and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub change: Change,
    pub what: String,
    pub impact: Impact,
    /// How many rows the table has, by the server's estimate, where the change works through them.
    pub rows: Option<u64>,
}

pub fn difference(
    from: &Catalog,
    to: &Catalog,
    sizes: &Sizes,
    ddl: &dyn Ddl,
    way: Way,
) -> Result<Difference> {
    let found = diff(from, to, ddl);
    told(
        found.changes,
        found.suggestions,
        (from, to),
        sizes,
        ddl,
        way,
    )
}

fn told(
    list: Vec<Change>,
    suggestions: Vec<Suggestion>,
    (from, to): (&Catalog, &Catalog),
    sizes: &Sizes,
    ddl: &dyn Ddl,
    way: Way,
) -> Result<Difference> {
    let changes = Changes {
        from,
        to,
        list: &list,
        way,
    };
    let up = ddl.render(&changes)?;
    let steps = list
        .iter()
        .enumerate()
        .map(|(n, change)| {
            let impact = ddl.impact(change, &changes);
            let works = impact.work != Work::None || impact.loses();
            let table = change.table().map(|table| changes.now(n, table));
            Step {
                what: described(change),
                rows: table
                    .filter(|_| works)
                    .and_then(|table| sizes.get(table).copied()),
                impact,
                change: change.clone(),
            }
        })
        .collect();
    let back = undo(&list, from, to, ddl);
    let down = ddl.render(&Changes {
        from: to,
        to: from,
        list: &back,
        way,
    });
    Ok(Difference {
        steps,
        up,
        back: back.clone(),
        down: match down {
            Ok(acts) => Back::Acts(acts),
            Err(error) => Back::None(error.message().into()),
        },
        suggestions,
    })
}

impl Difference {
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub fn breaking(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.impact.is_breaking())
    }

    /// The statements that make a change; one may make several.
    pub fn statements(&self, step: usize) -> impl Iterator<Item = &str> {
        let acts = self
            .up
            .iter()
            .filter(move |act| act.changes.contains(&step));
        acts.map(|act| act.sql.as_str())
    }

    /// The statements that undo a change, if anything does.
    pub fn back_of(&self, step: usize) -> Option<Vec<String>> {
        let (Back::Acts(acts), Some(step)) = (&self.down, self.steps.get(step)) else {
            return None;
        };
        let undone = step.change.clone().reverse();
        let place = self.back.iter().position(|change| *change == undone)?;
        let acts = acts.iter().filter(|act| act.changes.contains(&place));
        Some(acts.map(|act| act.sql.clone()).collect())
    }

    pub fn script(&self) -> String {
        script(&self.up)
    }

    /// The script that leads back, where there is one.
    pub fn script_down(&self) -> Option<String> {
        match &self.down {
            Back::Acts(acts) => Some(script(acts)),
            Back::None(_) => None,
        }
    }
}

fn script(acts: &[Act]) -> String {
    acts.iter().map(|act| format!("{};\n", act.sql)).collect()
}
