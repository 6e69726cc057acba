//! Texts that run with migrations and are none: what the spec says of them, and the halves of them that
//! belong to each migration. Those of a whole run stay with the spec.

use super::build::keep;
use super::model::{Callback, Migration, Secrecy, Spec, Variables};
use super::node::Node;
use super::script::scripts;
use super::text::Document;
use crate::source::Moment;
use initium_driver::{Code, Error, Source};
use std::sync::Arc;

/// As a spec calls them.
const MOMENTS: [(&str, Moment); 5] = [
    ("before_all", Moment::BeforeAll),
    ("after_all", Moment::AfterAll),
    ("before_each", Moment::BeforeEach),
    ("after_each", Moment::AfterEach),
    ("on_error", Moment::OnError),
];

pub const fn word(moment: Moment) -> &'static str {
    match moment {
        Moment::BeforeAll => MOMENTS[0].0,
        Moment::AfterAll => MOMENTS[1].0,
        Moment::BeforeEach => MOMENTS[2].0,
        Moment::AfterEach => MOMENTS[3].0,
        Moment::OnError => MOMENTS[4].0,
    }
}

/// Those of one file; they are for every target.
pub(super) fn part(
    doc: &Document,
    root: &Node,
    variables: &Option<Arc<Variables>>,
    errors: &mut Vec<Error>,
) -> Vec<Callback> {
    let said = |(key, moment): &(&str, Moment)| {
        let node = root.get("callbacks")?.get(key)?;
        Some(Callback {
            moment: *moment,
            targets: Vec::new(),
            script: keep(scripts(doc, node), errors)?,
            secrecy: Secrecy::Open,
            variables: variables.clone(),
        })
    };
    MOMENTS.iter().filter_map(said).collect()
}

/// Adds those of the spec itself to those of its folders, and gives each migration its own.
pub(super) fn settle(said: Vec<Callback>, spec: &mut Spec, errors: &mut Vec<Error>) {
    let targets: Vec<String> = spec.targets.iter().map(|one| one.name.clone()).collect();
    let called = |one: Callback| Callback {
        targets: targets.clone(),
        ..one
    };
    spec.callbacks.extend(said.into_iter().map(called));
    let each = |one: &&Callback| matches!(one.moment, Moment::BeforeEach | Moment::AfterEach);
    let all: Vec<Callback> = spec.callbacks.iter().filter(each).cloned().collect();
    if all.is_empty() {
        return;
    }
    for migration in &mut spec.migrations {
        let mine = |one: &&Callback| one.targets.iter().any(|it| migration.targets.contains(it));
        let found: Vec<&Callback> = all.iter().filter(mine).collect();
        if found.is_empty() {
            continue;
        }
        if migration.changes.is_some() {
            errors.push(with_changes(migration));
            continue;
        }
        let at = |moment| found.iter().filter(move |one| one.moment == moment);
        let cloned = |moment| at(moment).map(|one| (*one).clone()).collect();
        migration.before = cloned(Moment::BeforeEach);
        migration.after = cloned(Moment::AfterEach);
    }
}

fn with_changes(migration: &Migration) -> Error {
    let message = format!(
        "migration '{}' says `changes`, and what runs before or after each has no place in it",
        migration.id
    );
    Error::new(Code::NotSupported, message)
        .help("write an `up` in SQL for it, or use before_all and after_all")
        .migration(&migration.id)
        .place(migration.place.clone())
}

impl Migration {
    /// What runs for a database of these names: its scripts, and what belongs before and behind them.
    pub fn whole_up(&self, names: &[&str]) -> Option<Vec<Source>> {
        let up = self.up.of(names)?;
        let of = |all: &[Callback]| -> Vec<Source> {
            let found = all.iter().filter_map(|one| one.script.of(names));
            found.flatten().cloned().collect()
        };
        let mut whole = of(&self.before);
        whole.extend(up.iter().cloned());
        whole.extend(of(&self.after));
        Some(whole)
    }

    pub fn is_alone(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}
