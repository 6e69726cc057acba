//! A column that changes. What one ALTER TABLE can do in the right order is one.

use super::column::{add_not_null, asking, asks, identity, sequence};
use super::inherited::{below, is_changed};
use super::sequence::change;
use super::using::using;
use super::{Writer, column};
use crate::spell::{self, path};
use initium_driver::catalog::{Column, Identity, Name, NotNull, Serves, Storage};
use initium_driver::change::Change;
use initium_driver::error::Result;

impl Writer<'_> {
    pub fn alter_column(&mut self, wanted: &Name, from: &Column, to: &Column) -> Result<()> {
        let table = &self.now(wanted);
        if from.name != to.name {
            let (old, new) = (spell::name(&from.name), spell::name(&to.name));
            self.alter_alone(table, format!("RENAME COLUMN {old} TO {new}"));
            self.rename_sequence(table, from, to);
        }
        if self.is_made_anew(from, to) {
            return self.column_anew(wanted, from, to);
        }
        self.computed(table, from, to);
        let turns = from.data_type != to.data_type || from.collation != to.collation;
        let mut held = from.default.as_ref();
        if turns {
            self.drop_pins(wanted, to);
            self.data_type(table, from, to, &mut held)?;
        }
        // A column that is numbered is never empty.
        match to.identity.is_some() {
            true => {
                self.nullable(table, from, to);
                self.numbers(table, from, to, &mut held);
            }
            false => {
                self.numbers(table, from, to, &mut held);
                self.nullable(table, from, to);
            }
        }
        if held != to.default.as_ref() {
            self.default(wanted, to);
        }
        if turns {
            self.restore_pins(wanted, to);
        }
        if from.comment != to.comment {
            self.column_comment(table, to);
        }
        Ok(())
    }

    /// What no ALTER COLUMN can do: to compute what was stored.
    fn is_made_anew(&self, from: &Column, to: &Column) -> bool {
        match (&from.generated, &to.generated) {
            (None, Some(_)) => true,
            (Some(from), None) => from.storage == Storage::Virtual,
            (Some(one), Some(other)) if one != other => {
                self.major < 17 || one.storage != other.storage
            }
            _ => false,
        }
    }

    /// With what goes when the column goes: keys, checks and indexes that hold it.
    fn column_anew(&mut self, wanted: &Name, from: &Column, to: &Column) -> Result<()> {
        let table = &self.now(wanted);
        self.drop_pins(wanted, to);
        self.alter(table, format!("DROP COLUMN {}", spell::name(&to.name)));
        self.add_column(table, to);
        self.restore_parts(wanted, &from.name, &to.name)?;
        self.restore_pins(wanted, to);
        Ok(())
    }

    fn computed(&mut self, table: &Name, from: &Column, to: &Column) {
        let name = spell::name(&to.name);
        match (&from.generated, &to.generated) {
            (Some(_), None) => self.alter(table, format!("ALTER COLUMN {name} DROP EXPRESSION")),
            (Some(one), Some(other)) if one.expression != other.expression => {
                let expression = spell::wrapped(&other.expression);
                self.alter(
                    table,
                    format!("ALTER COLUMN {name} SET EXPRESSION AS {expression}"),
                );
            }
            _ => {}
        }
    }

    fn data_type<'a>(
        &mut self,
        table: &Name,
        from: &Column,
        to: &'a Column,
        held: &mut Option<&'a String>,
    ) -> Result<()> {
        let name = spell::name(&to.name);
        let using = using(&to.name, &from.data_type, &to.data_type)?;
        // A default has to go with it, and it may not know how.
        if using.is_some() && held.is_some() {
            self.alter(table, format!("ALTER COLUMN {name} DROP DEFAULT"));
            *held = None;
        }
        let collation = to.collation.as_deref().map(spell::collation);
        let collation = collation
            .map(|it| format!(" COLLATE {it}"))
            .unwrap_or_default();
        let using = using.map(|it| format!(" USING {it}")).unwrap_or_default();
        self.alter(
            table,
            format!(
                "ALTER COLUMN {name} TYPE {}{collation}{using}",
                to.data_type
            ),
        );
        let both = (&from.identity, &to.identity);
        if let (Some(one), Some(_)) = both
            && from.data_type != to.data_type
            && one.serves == Serves::Serial
        {
            let sequence = path(&sequence(table, &to.name, one));
            self.say(format!("ALTER SEQUENCE {sequence} AS {}", to.data_type));
        }
        Ok(())
    }

    fn nullable(&mut self, table: &Name, from: &Column, to: &Column) {
        let name = spell::name(&to.name);
        let told = to.not_null.as_ref();
        match (from.nullable, to.nullable) {
            (true, false) if self.is_online() && told.is_none() => self.not_null_online(table, to),
            (true, false) if told.is_some() => self.alter(table, add_not_null(&to.name, told)),
            (true, false) => self.alter(table, format!("ALTER COLUMN {name} SET NOT NULL")),
            (false, true) => self.alter(table, format!("ALTER COLUMN {name} DROP NOT NULL")),
            (false, false) if from.not_null != to.not_null => {
                let was = from.not_null.clone().unwrap_or_default();
                let is = told.cloned().unwrap_or_default();
                self.not_null_altered(table, &to.name, &was, &is);
            }
            _ => {}
        }
    }

    fn not_null_altered(&mut self, table: &Name, column: &str, was: &NotNull, is: &NotNull) {
        let plain = column;
        let column = &spell::name(plain);
        let is_known = !was.name.is_empty();
        let can_stay = was.no_inherit == is.no_inherit && (was.not_valid || !is.not_valid);
        if !can_stay || was.name != is.name && (!is_known || is.name.is_empty()) {
            self.alter(table, format!("ALTER COLUMN {column} DROP NOT NULL"));
            self.alter_alone(table, add_not_null(plain, Some(is)));
            return;
        }
        let name = spell::name(&is.name);
        if was.name != is.name {
            let old = spell::name(&was.name);
            self.alter_alone(table, format!("RENAME CONSTRAINT {old} TO {name}"));
        }
        if was.not_valid && !is.not_valid {
            // Whatever the server called it, SET NOT NULL finds it.
            match is_known {
                true => self.alter_alone(table, format!("VALIDATE CONSTRAINT {name}")),
                false => self.alter(table, format!("ALTER COLUMN {column} SET NOT NULL")),
            }
        }
    }

    /// A check that holds already spares the scan under the strong lock.
    fn not_null_online(&mut self, table: &Name, to: &Column) {
        let name = spell::name(&to.name);
        if self.major >= 18 {
            let plain = crate::naming::object(&table.name, Some(&to.name), "not_null");
            let own = spell::name(&plain);
            self.alter_alone(
                table,
                format!("ADD CONSTRAINT {own} NOT NULL {name} NOT VALID"),
            );
            self.alter_alone(table, format!("VALIDATE CONSTRAINT {own}"));
            return;
        }
        let own = crate::naming::object(&table.name, Some(&to.name), "not_null_check");
        let own = spell::name(&own);
        self.alter_alone(
            table,
            format!("ADD CONSTRAINT {own} CHECK ({name} IS NOT NULL) NOT VALID"),
        );
        self.alter_alone(table, format!("VALIDATE CONSTRAINT {own}"));
        self.alter_alone(table, format!("ALTER COLUMN {name} SET NOT NULL"));
        self.alter_alone(table, format!("DROP CONSTRAINT {own}"));
    }

    fn numbers<'a>(
        &mut self,
        table: &Name,
        from: &Column,
        to: &'a Column,
        held: &mut Option<&'a String>,
    ) {
        match (&from.identity, &to.identity) {
            (None, None) => {}
            (Some(one), Some(other))
                if (one.serves == Serves::Serial) == (other.serves == Serves::Serial) =>
            {
                self.renumbered(table, to, one, other);
            }
            (one, other) => {
                if let Some(one) = one {
                    self.numbers_go(table, to, one);
                    *held = None;
                }
                if let Some(other) = other {
                    if held.take().is_some() {
                        let name = spell::name(&to.name);
                        self.alter(table, format!("ALTER COLUMN {name} DROP DEFAULT"));
                    }
                    self.numbers_come(table, to, other);
                }
            }
        }
    }

    fn numbers_go(&mut self, table: &Name, to: &Column, one: &Identity) {
        let name = spell::name(&to.name);
        if one.serves != Serves::Serial {
            self.alter(table, format!("ALTER COLUMN {name} DROP IDENTITY"));
            return;
        }
        self.alter(table, format!("ALTER COLUMN {name} DROP DEFAULT"));
        let sequence = path(&sequence(table, &to.name, one));
        self.say(format!("DROP SEQUENCE {sequence}"));
    }

    /// They go on behind the highest that is there.
    fn numbers_come(&mut self, table: &Name, to: &Column, other: &Identity) {
        let name = spell::name(&to.name);
        if other.serves == Serves::Serial {
            let own = path(&sequence(table, &to.name, other));
            let kind = match to.data_type.as_str() {
                "bigint" => String::new(),
                it => format!(" AS {it}"),
            };
            let numbers = super::sequence::numbers(&other.numbers);
            self.say(format!("CREATE SEQUENCE {own}{kind}{numbers}"));
            let asking = asking(table, &to.name, other);
            self.alter(table, format!("ALTER COLUMN {name} SET DEFAULT {asking}"));
            let owner = format!("{}.{name}", path(table));
            self.say(format!("ALTER SEQUENCE {own} OWNED BY {owner}"));
        } else {
            let text = identity(table, &to.name, other);
            self.alter(table, format!("ALTER COLUMN {name} ADD {text}"));
        }
        if other.numbers.increment.unwrap_or(1) > 0 {
            let first = other.numbers.start.or(other.numbers.min).unwrap_or(1);
            let own = spell::text(&path(&sequence(table, &to.name, other)));
            let table = path(table);
            self.say(format!(
                "SELECT setval({own}, coalesce((SELECT max({name}) + 1 FROM {table}), {first}), false)"
            ));
        }
    }

    fn renumbered(&mut self, table: &Name, to: &Column, one: &Identity, other: &Identity) {
        let (old, new) = (
            sequence(table, &to.name, one),
            sequence(table, &to.name, other),
        );
        self.move_sequence(&old, &new);
        if other.serves == Serves::Serial {
            let text = change(&one.numbers, &other.numbers, &to.data_type, "");
            if !text.is_empty() {
                self.say(format!("ALTER SEQUENCE {}{text}", path(&new)));
            }
            return;
        }
        let mut text = change(&one.numbers, &other.numbers, &to.data_type, "SET ");
        if one.serves != other.serves {
            let serves = match other.serves {
                Serves::Always => "ALWAYS",
                _ => "BY DEFAULT",
            };
            text.insert_str(0, &format!(" SET GENERATED {serves}"));
        }
        if !text.is_empty() {
            let name = spell::name(&to.name);
            self.alter(table, format!("ALTER COLUMN {name}{text}"));
        }
    }

    /// The name of a sequence follows its column's, where it is the ordinary one.
    pub fn rename_sequence(&mut self, table: &Name, from: &Column, to: &Column) {
        if let (Some(one), Some(other)) = (&from.identity, &to.identity)
            && one.sequence.is_none()
            && other.sequence.is_none()
        {
            let old = sequence(table, &from.name, one);
            self.move_sequence(&old, &sequence(table, &to.name, one));
        }
    }

    fn default(&mut self, wanted: &Name, to: &Column) {
        if asks(to).is_some() {
            return;
        }
        let table = &self.now(wanted);
        let name = spell::name(&to.name);
        let said = |column: &Column| match &column.default {
            Some(default) => format!("ALTER COLUMN {name} SET DEFAULT {default}"),
            None => format!("ALTER COLUMN {name} DROP DEFAULT"),
        };
        self.alter(table, said(to));
        // It reaches the tables below, and they have their own.
        for (child, own) in below(self.changes.to, wanted, &to.name) {
            if own.default != to.default && !is_changed(self.changes.list, child, &to.name) {
                self.alter_alone(child, said(own));
            }
        }
    }

    /// Triggers that name the column, and columns that are computed from it, hold its type fast.
    fn drop_pins(&mut self, wanted: &Name, column: &Column) {
        let table = &self.now(wanted);
        for trigger in self.pinned_triggers(wanted, &column.name) {
            let name = spell::name(&trigger.name);
            self.say(format!("DROP TRIGGER {name} ON {}", path(table)));
        }
        for computed in self.pinned_columns(wanted, &column.name) {
            self.alter(
                table,
                format!("DROP COLUMN {}", spell::name(&computed.name)),
            );
        }
    }

    fn restore_pins(&mut self, wanted: &Name, column: &Column) {
        let table = &self.now(wanted);
        for computed in self.pinned_columns(wanted, &column.name) {
            self.alter(
                table,
                format!("ADD COLUMN {}", column::definition(table, &computed)),
            );
            self.behind_column(table, &computed);
            self.anew.push((wanted.clone(), computed.name.clone()));
            // What the column took with it comes back, too.
            let _ = self.restore_parts(wanted, &computed.name, &computed.name);
        }
        for trigger in self.pinned_triggers(wanted, &column.name) {
            self.trigger_added(table, &trigger);
        }
    }

    fn pinned_columns(&self, wanted: &Name, column: &str) -> Vec<Column> {
        let (Some(old), Some(new)) = (self.before(wanted), self.after(wanted)) else {
            return Vec::new();
        };
        let holds = |it: &&Column| {
            let text = it.generated.as_ref().map(|it| it.expression.as_str());
            it.name != column
                && text.is_some_and(|text| spell::mentions(text, column))
                && old
                    .column(&it.name)
                    .is_some_and(|was| was.generated.is_some())
                && !is_changed(self.changes.list, wanted, &it.name)
        };
        new.columns.iter().filter(holds).cloned().collect()
    }

    fn pinned_triggers(
        &self,
        wanted: &Name,
        column: &str,
    ) -> Vec<initium_driver::catalog::Trigger> {
        let (Some(old), Some(new)) = (self.before(wanted), self.after(wanted)) else {
            return Vec::new();
        };
        let is_changed = |name: &str| {
            self.changes.list.iter().any(|change| match change {
                Change::Trigger(of) => {
                    let from = of.edit.from().map(|it| it.name.as_str());
                    of.table == *wanted
                        && (from == Some(name) || of.edit.to().is_some_and(|it| it.name == name))
                }
                _ => false,
            })
        };
        let new = new.triggers.iter().filter(|it| {
            spell::mentions(&it.definition, column)
                && old.triggers.iter().any(|was| was.name == it.name)
                && !is_changed(&it.name)
        });
        new.cloned().collect()
    }
}
