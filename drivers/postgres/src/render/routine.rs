//! Functions, procedures and aggregates.

use super::Writer;
use crate::spell::{self, path};
use initium_driver::catalog::{Kind, Routine};
use initium_driver::change::{Change, Edit};
use initium_driver::error::Result;

fn kind(routine: &Routine) -> &'static str {
    match routine.kind {
        Kind::Function => "FUNCTION",
        Kind::Procedure => "PROCEDURE",
        Kind::Aggregate => "AGGREGATE",
    }
}

fn named(routine: &Routine) -> String {
    let arguments = match (routine.kind, routine.arguments.as_str()) {
        (Kind::Aggregate, "") => "*",
        (_, arguments) => arguments,
    };
    format!("{} {}({arguments})", kind(routine), path(&routine.name))
}

/// The names of its arguments and what it returns: no REPLACE changes them.
pub fn signature(definition: &str) -> Vec<String> {
    let pieces = spell::pieces(definition);
    let all = pieces.iter().filter(|(_, piece)| !piece.trim().is_empty());
    let mut signature = Vec::new();
    let mut depth = 0;
    let mut in_default = false;
    for (word, piece) in all {
        match *piece {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth <= 1 => in_default = false,
            "=" if depth == 1 => in_default = true,
            _ => {}
        }
        match word.as_deref() {
            Some("default") if depth == 1 => in_default = true,
            Some(
                "language" | "as" | "begin" | "return" | "immutable" | "stable" | "volatile"
                | "strict",
            ) if depth == 0 => {
                break;
            }
            _ => {}
        }
        if depth == 0 {
            in_default = false;
        }
        if !in_default {
            signature.push(word.clone().unwrap_or_else(|| (*piece).to_string()));
        }
    }
    signature.retain(|word| !matches!(word.as_str(), "or" | "replace"));
    signature
}

impl Writer<'_> {
    pub fn routine(&mut self, edit: &Edit<Routine>) -> Result<()> {
        match edit {
            Edit::Add(it) => self.routine_added(it),
            Edit::Drop(it) => self.say(format!("DROP {}", named(it))),
            Edit::Alter { from, to } => {
                let is_other = from.kind != to.kind
                    || to.kind == Kind::Aggregate && from.definition != to.definition
                    || signature(&from.definition) != signature(&to.definition);
                if is_other {
                    self.say(format!("DROP {}", named(from)));
                    self.routine_added(to);
                    return Ok(());
                }
                if from.definition != to.definition {
                    self.unchecked(to);
                    self.say(replacing(&to.definition));
                }
                if from.comment != to.comment {
                    self.routine_comment(to);
                }
            }
        }
        Ok(())
    }

    /// A trigger needs its function, and that may name the tables that come with the trigger.
    fn unchecked(&mut self, it: &Routine) {
        let later = self.changes.list.iter().skip(self.at);
        let is_named = later.into_iter().any(|change| {
            let name = match change {
                Change::Table(Edit::Add(table)) => &table.name.name,
                Change::View(Edit::Add(view)) => &view.name.name,
                Change::Column(of) if of.edit.from().is_none() => &of.table.name,
                Change::Table(Edit::Alter { from, to }) if from.name != to.name => &to.name.name,
                _ => return false,
            };
            // Its body is one quoted text.
            it.definition.contains(name.as_str())
        });
        if is_named && !self.unchecked {
            self.unchecked = true;
            self.say("SET check_function_bodies = off");
        }
    }

    fn routine_added(&mut self, it: &Routine) {
        self.unchecked(it);
        self.say(it.definition.trim_end().trim_end_matches(';'));
        if it.comment.is_some() {
            self.routine_comment(it);
        }
    }

    fn routine_comment(&mut self, it: &Routine) {
        let text = spell::comment(it.comment.as_deref());
        self.say(format!("COMMENT ON {} IS {text}", named(it)));
    }
}

/// A file may say CREATE alone.
fn replacing(definition: &str) -> String {
    let text = definition.trim().trim_end_matches(';');
    let head = text
        .get(..6)
        .is_some_and(|it| it.eq_ignore_ascii_case("create"));
    let rest = text.get(6..).unwrap_or_default().trim_start();
    let replaces = rest
        .get(..2)
        .is_some_and(|it| it.eq_ignore_ascii_case("or"));
    match head && !replaces {
        true => format!("CREATE OR REPLACE {rest}"),
        false => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_replace_cannot_change_is_told_apart() {
        let one = "CREATE OR REPLACE FUNCTION f(a integer, b numeric(10,2) DEFAULT 1)\n RETURNS integer\n LANGUAGE sql\nAS $$ SELECT 1 $$";
        let body = "CREATE FUNCTION f(a integer, b numeric(10, 2) = 2) RETURNS integer AS $$ SELECT 2 $$ LANGUAGE sql";
        let name = "CREATE FUNCTION f(x integer, b numeric(10,2)) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$";
        let answer = "CREATE FUNCTION f(a integer, b numeric(10,2)) RETURNS bigint LANGUAGE sql AS $$ SELECT 1 $$";
        assert_eq!(signature(one), signature(body));
        assert_ne!(signature(one), signature(name));
        assert_ne!(signature(one), signature(answer));
    }
}
