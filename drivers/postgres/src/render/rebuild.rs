//! A type that cannot become what it should be: a new one under its name, the columns changed to it,
//! the old one gone. Refused where something else than columns of tables holds it.

use super::using::using;
use super::{Writer, constraint, domain, index, refused, restore, types};
use crate::spell::{self, path};
use initium_driver::catalog::{Body, Column, Name, Table, Type};
use initium_driver::change::{Change, Changes, Edit};
use initium_driver::error::Result;

/// Whether it is this type, or an array of it.
fn is_of(data_type: &str, name: &Name) -> bool {
    data_type.trim_end_matches("[]") == path(name)
}

/// Whether something names a value that comes in the same list: no transaction can use a value
/// that it has added to a type.
pub fn is_used_at_once(changes: &Changes, it: &Name, value: &str) -> bool {
    let literal = spell::text(value);
    let named = format!("{literal}::{}", path(it));
    let own = |column: &Column| is_of(&column.data_type, it);
    let says = |text: &String| text.contains(&named);
    changes.to.tables.iter().any(|table| {
        let holds = table.columns.iter().any(own);
        let mut defaults = table
            .columns
            .iter()
            .filter(|it| own(it))
            .filter_map(|it| it.default.as_ref());
        holds && defaults.any(|text| *text == literal || says(text))
            || table.checks.iter().any(|it| says(&it.expression))
            || table
                .indexes
                .iter()
                .any(|it| it.predicate.as_ref().is_some_and(says))
    }) || changes.to.views.iter().any(|view| says(&view.definition))
}

impl Writer<'_> {
    /// The columns that hold values of a type when this change runs.
    pub fn users(&self, name: &Name) -> Vec<(&Table, &Column)> {
        let goes = |table: &Table| {
            self.changes.list.iter().any(|change| match change {
                Change::Table(Edit::Drop(gone)) => gone.name == table.name,
                _ => false,
            })
        };
        let tables = self.changes.from.tables.iter().filter(|it| !goes(it));
        tables
            .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
            .filter(|(_, column)| is_of(&column.data_type, name))
            .collect()
    }

    pub fn rebuild(&mut self, from: &Type, to: &Type) -> Result<()> {
        self.may_rebuild(from)?;
        let old = Name {
            schema: to.name.schema.clone(),
            name: format!("{}_old", to.name.name),
        };
        let kind = domain::kind(from);
        let (name, plain) = (path(&to.name), spell::name(&old.name));
        self.say(format!("ALTER {kind} {name} RENAME TO {plain}"));
        self.say(format!("CREATE {}", types::body(to)));
        let users: Vec<(Table, Column)> = self
            .users(&to.name)
            .into_iter()
            .map(|(table, column)| (table.clone(), column.clone()))
            .collect();
        for (table, column) in &users {
            self.holders_go(table, column);
        }
        for (table, column) in &users {
            self.carried_over(table, column, from, to)?;
        }
        self.say(format!("DROP {kind} {}", path(&old)));
        for (table, column) in &users {
            self.holders_come(table, column);
        }
        // What the old one had went with it.
        self.type_comments(None, to);
        Ok(())
    }

    fn carried_over(
        &mut self,
        table: &Table,
        column: &Column,
        from: &Type,
        to: &Type,
    ) -> Result<()> {
        // A partition goes with its parent.
        if super::inherited::parents(table).next().is_some() {
            return Ok(());
        }
        let plain = spell::name(&column.name);
        let base = |it: &Type| match &it.body {
            Body::Domain { data_type, .. } => Some(data_type.clone()),
            _ => None,
        };
        let brackets = if column.data_type.ends_with("[]") {
            "[]"
        } else {
            ""
        };
        let using = match (base(from), base(to)) {
            (Some(one), Some(other)) => {
                let step = using(&column.name, &one, &other)?;
                format!("{}::{}", step.unwrap_or(plain.clone()), column.data_type)
            }
            _ => format!("{plain}::text{brackets}::{}", column.data_type),
        };
        if column.default.is_some() {
            self.alter(&table.name, format!("ALTER COLUMN {plain} DROP DEFAULT"));
        }
        self.alter(
            &table.name,
            format!(
                "ALTER COLUMN {plain} TYPE {} USING {using}",
                column.data_type
            ),
        );
        let wanted = self.wanted(&table.name);
        let wanted =
            wanted.and_then(|it| Some((it.name.clone(), it.column(&column.name)?.clone())));
        if let Some((name, wanted)) = wanted
            && let Some(default) = &wanted.default
        {
            // Otherwise the change of the column says it.
            let is_said = column.default == wanted.default
                || !super::inherited::is_changed(self.changes.list, &name, &column.name);
            if is_said {
                self.alter(
                    &table.name,
                    format!("ALTER COLUMN {plain} SET DEFAULT {default}"),
                );
            }
        }
        Ok(())
    }

    /// What the table should become, by the name it has now.
    fn wanted(&self, table: &Name) -> Option<&Table> {
        let renamed = self.changes.list.iter().filter_map(Change::renamed);
        let mut renamed = renamed.filter(|(old, _)| *old == table);
        self.after(renamed.next().map_or(table, |(_, new)| new))
    }

    /// Texts in which its values stand: they would be compared with values of another type.
    fn holders_go(&mut self, table: &Table, column: &Column) {
        for it in &table.indexes {
            let is_text =
                it.predicate.is_some() || it.parts.iter().any(|part| part.name().is_none());
            if is_text && index::holds(it, &column.name) && self.goes(&table.name, &it.name) {
                self.say(format!(
                    "DROP INDEX {}",
                    spell::beside(&table.name, &it.name)
                ));
            }
        }
        for it in &table.checks {
            if spell::mentions(&it.expression, &column.name) && self.goes(&table.name, &it.name) {
                self.alter(
                    &table.name,
                    format!("DROP CONSTRAINT {}", spell::name(&it.name)),
                );
            }
        }
    }

    /// Once, and nobody drops it again.
    fn goes(&mut self, table: &Name, part: &str) -> bool {
        let it = (table.clone(), part.to_string());
        let is_new = !self.gone.contains(&it);
        if is_new {
            self.gone.push(it);
        }
        is_new
    }

    fn holders_come(&mut self, table: &Table, column: &Column) {
        let Some(wanted) = self.wanted(&table.name).cloned() else {
            return;
        };
        let is_back = |writer: &mut Self, name: &str| {
            let it = (table.name.clone(), name.to_string());
            let comes_anyway = writer
                .changes
                .list
                .iter()
                .any(|change| restore::adds(change, &wanted.name, name));
            let was_gone = writer.gone.contains(&it) && !writer.back.contains(&it);
            writer.back.push(it);
            was_gone && !comes_anyway
        };
        for it in wanted
            .checks
            .iter()
            .filter(|it| spell::mentions(&it.expression, &column.name))
        {
            if is_back(self, &it.name) {
                self.alter(&table.name, format!("ADD {}", constraint::check(it)));
                self.constraint_comment(&table.name, &it.name, it.comment.as_deref());
            }
        }
        for it in wanted
            .indexes
            .iter()
            .filter(|it| index::holds(it, &column.name))
        {
            if is_back(self, &it.name) {
                self.index_added(&table.name, it);
            }
        }
    }

    pub fn may_rebuild(&self, it: &Type) -> Result<()> {
        let name = &it.name.name;
        let from = self.changes.from;
        let refuse = |by: String| {
            Err(refused(
                format!(
                    "{} {} has to be made anew, and {by} holds it fast",
                    domain::kind(it).to_ascii_lowercase(),
                    it.name
                ),
                "make a new type under another name, move what uses the old one, and drop that",
            ))
        };
        for other in from.types.iter().filter(|other| other.name != it.name) {
            let text = types::body(other);
            if spell::mentions(&text, name) {
                return refuse(format!("type {}", other.name));
            }
        }
        for routine in &from.routines {
            if spell::mentions(&routine.arguments, name)
                || super::routine::signature(&routine.definition).contains(name)
            {
                return refuse(format!("routine {}", routine.name));
            }
        }
        for (table, column) in self.users(&it.name) {
            if let Some(generated) = table.columns.iter().find(|other| {
                let text = other.generated.as_ref().map(|it| it.expression.as_str());
                text.is_some_and(|text| spell::mentions(text, &column.name))
            }) {
                return refuse(format!("column {}.{}", table.name, generated.name));
            }
            let is_key = table
                .partition_by
                .as_ref()
                .is_some_and(|text| spell::mentions(text, &column.name));
            if is_key {
                return refuse(format!("the partition key of {}", table.name));
            }
            if let Some(view) = self.pinning(table, column) {
                return refuse(format!("view {view}"));
            }
        }
        Ok(())
    }

    /// A view that uses the column and does not step aside.
    fn pinning(&self, table: &Table, column: &Column) -> Option<&Name> {
        let goes = |name: &Name| {
            self.changes.list.iter().any(|change| match change {
                Change::View(Edit::Drop(view)) => view.name == *name,
                _ => false,
            })
        };
        let holds = |text: &str| {
            spell::mentions(text, &table.name.name) && spell::mentions(text, &column.name)
        };
        let mut views = self.changes.from.views.iter();
        let view = views.find(|view| holds(&view.definition) && !goes(&view.name))?;
        Some(&view.name)
    }
}
