//! Changes as SQLite's statements. What ALTER TABLE can do is one statement; everything else of a table
//! is done at once by building it anew. Views and triggers that go or change are out of the way first
//! and come back last, because ALTER TABLE looks at all of them.

mod alter;
mod create;
mod rebuild;
mod scene;

pub use alter::{Means, means};
pub use create::module;
pub use scene::{Group, Scene};

use crate::names::written;
use initium_driver::catalog::Trigger;
use initium_driver::change::{Act, Change, Changes, Edit, Of};
use initium_driver::{Code, Error, Result};

/// Statements while they are found.
#[derive(Default)]
pub struct Script {
    acts: Vec<Act>,
    /// What comes last: what is virtual, which may read from any table, then views, then triggers.
    modules: Vec<Act>,
    views: Vec<Act>,
    triggers: Vec<Act>,
    /// Changes during which references lead nowhere for a moment.
    loose: Vec<usize>,
}

impl Script {
    pub fn say(&mut self, sql: String, changes: &[usize]) {
        let changes = changes.to_vec();
        self.acts.push(Act { sql, changes });
    }

    pub fn trigger(&mut self, trigger: &Trigger, changes: &[usize]) {
        self.triggers.push(Act {
            sql: trigger.definition.clone(),
            changes: changes.to_vec(),
        });
    }

    fn finish(self) -> Vec<Act> {
        let pragma = |word: &str| Act {
            sql: format!("PRAGMA foreign_keys = {word}"),
            changes: self.loose.clone(),
        };
        let (mut first, mut last) = (Vec::new(), Vec::new());
        if !self.loose.is_empty() {
            first.push(pragma("OFF"));
            last.push(pragma("ON"));
        }
        let parts = [
            first,
            self.acts,
            self.modules,
            self.views,
            self.triggers,
            last,
        ];
        parts.into_iter().flatten().collect()
    }
}

pub fn acts(changes: &Changes) -> Result<Vec<Act>> {
    let scene = Scene::new(changes);
    let mut script = Script::default();
    aside(&scene, &mut script);
    for (n, change) in changes.list.iter().enumerate() {
        match change {
            Change::Table(Edit::Add(table)) if module(table).is_some() => {
                let (sql, changes) = (create::table(table), vec![n]);
                script.modules.push(Act { sql, changes });
            }
            Change::Table(Edit::Drop(table)) if module(table).is_some() => {}
            Change::Table(Edit::Add(table)) => {
                script.say(create::table(table), &[n]);
                let name = &table.name.name;
                for index in &table.indexes {
                    script.say(create::index(index, name), &[n]);
                }
                for trigger in &table.triggers {
                    script.trigger(trigger, &[n]);
                }
            }
            Change::Table(Edit::Drop(table)) => {
                if scene.is_referred_to(n, &table.name) {
                    script.loose.push(n);
                }
                script.say(format!("DROP TABLE {}", written(&table.name.name)), &[n]);
            }
            Change::View(edit) => view(edit, n, &scene, &mut script),
            Change::Trigger(Of { edit, .. }) => {
                if let Some(trigger) = edit.to() {
                    script.trigger(trigger, &[n]);
                }
            }
            Change::Schema(_)
            | Change::Extension(_)
            | Change::Type(_)
            | Change::Sequence(_)
            | Change::Routine(_)
            | Change::Exclusion(_) => return Err(unknown(change)),
            part => {
                if let Some((old, new)) = part.renamed() {
                    let (old, new) = (written(&old.name), written(&new.name));
                    script.say(format!("ALTER TABLE {old} RENAME TO {new}"), &[n]);
                }
                // Those of one table are done together, where the first of them stands.
                if let Some(group) = scene.group(n) {
                    together(group, &scene, &mut script)?;
                }
            }
        }
    }
    Ok(script.finish())
}

fn unknown(change: &Change) -> Error {
    let what = match change {
        Change::Schema(_) => "schemas",
        Change::Extension(_) => "extensions",
        Change::Type(_) => "types of its own",
        Change::Sequence(_) => "sequences",
        Change::Routine(_) => "functions or procedures",
        _ => "exclusion constraints",
    };
    Error::new(Code::NotSupported, format!("SQLite has no {what}"))
        .help("leave it out for this database, or write what is meant in SQL")
}

/// Views and triggers that go, also those that come back otherwise, and what is virtual and may read
/// from a table that goes. A view takes its triggers along.
fn aside(scene: &Scene, script: &mut Script) {
    for (n, change) in scene.list().iter().enumerate() {
        let sql = match change {
            Change::View(Edit::Drop(view) | Edit::Alter { from: view, .. }) => {
                format!("DROP VIEW {}", written(&view.name.name))
            }
            Change::Table(Edit::Drop(table)) if module(table).is_some() => {
                format!("DROP TABLE {}", written(&table.name.name))
            }
            Change::Trigger(of) if !scene.goes_with_its_view(&of.table) => match of.edit.from() {
                Some(trigger) => format!("DROP TRIGGER {}", written(&trigger.name)),
                None => continue,
            },
            _ => continue,
        };
        script.say(sql, &[n]);
    }
}

fn view(
    edit: &Edit<Box<initium_driver::catalog::View>>,
    n: usize,
    scene: &Scene,
    script: &mut Script,
) {
    let Some(view) = edit.to() else { return };
    script.views.push(Act {
        sql: create::view(view),
        changes: vec![n],
    });
    for trigger in &view.triggers {
        if !scene.comes(&view.name, trigger) {
            script.trigger(trigger, &[n]);
        }
    }
}

/// All changes of one table.
fn together(group: &Group, scene: &Scene, script: &mut Script) -> Result<()> {
    match means(group, scene) {
        Means::Alter(steps) => {
            for (sql, places) in steps {
                script.say(sql, &places);
            }
            Ok(())
        }
        Means::Replace => {
            let to = group.to()?;
            let name = written(&to.name.name);
            script.say(format!("DROP TABLE {name}"), &group.places);
            script.say(create::table(to), &group.places);
            Ok(())
        }
        Means::Rebuild => rebuild::rebuild(group, scene, script),
    }
}
