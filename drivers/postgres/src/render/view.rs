//! Views and materialized views, with their indexes and triggers.

use super::Writer;
use super::table::{parameters, storage, with};
use crate::spell::{self, path};
use initium_driver::catalog::View;
use initium_driver::change::Edit;
use initium_driver::error::Result;

fn kind(view: &View) -> &'static str {
    match view.materialized {
        true => "MATERIALIZED VIEW",
        false => "VIEW",
    }
}

fn query(view: &View) -> &str {
    view.definition.trim().trim_end_matches(';').trim_end()
}

/// The check option has words of its own, and is a parameter all the same.
fn create(view: &View, how: &str) -> String {
    let options = match view.materialized {
        true => storage(&view.options),
        false => with(&view.options),
    };
    format!(
        "{how} {} {}{options} AS\n{}",
        kind(view),
        path(&view.name),
        query(view)
    )
}

impl Writer<'_> {
    pub fn view(&mut self, edit: &Edit<Box<View>>) -> Result<()> {
        match edit {
            Edit::Add(view) => self.view_added(view),
            Edit::Drop(view) => self.say(format!("DROP {} {}", kind(view), path(&view.name))),
            Edit::Alter { from, to } if from.definition != to.definition => {
                self.say(create(to, "CREATE OR REPLACE"));
                self.view_comments(from, to);
            }
            Edit::Alter { from, to } => {
                for action in parameters(&from.options, &to.options) {
                    self.say(format!("ALTER {} {} {action}", kind(to), path(&to.name)));
                }
                self.view_comments(from, to);
            }
        }
        Ok(())
    }

    fn view_added(&mut self, view: &View) {
        self.say(create(view, "CREATE"));
        self.view_comments(&View::default(), view);
        for index in &view.indexes {
            self.index_added(&view.name, index);
        }
        for trigger in &view.triggers {
            self.trigger_added(&view.name, trigger);
        }
    }

    fn view_comments(&mut self, from: &View, to: &View) {
        let name = path(&to.name);
        if from.comment != to.comment {
            let text = spell::comment(to.comment.as_deref());
            self.say(format!("COMMENT ON {} {name} IS {text}", kind(to)));
        }
        let (old, new) = (&from.column_comments, &to.column_comments);
        let gone = old
            .keys()
            .filter(|it| !new.contains_key(*it))
            .map(|it| (it, None));
        let fresh = new.iter().filter(|(it, text)| old.get(*it) != Some(text));
        let fresh = fresh.map(|(it, text)| (it, Some(text.as_str())));
        for (column, text) in gone.chain(fresh) {
            let (column, text) = (spell::name(column), spell::comment(text));
            self.say(format!("COMMENT ON COLUMN {name}.{column} IS {text}"));
        }
    }
}
