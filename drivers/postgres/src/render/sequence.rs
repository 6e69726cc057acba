//! Sequences: those that stand for themselves, and the numbers of columns.

use super::Writer;
use crate::naming::limits;
use crate::spell::{self, path};
use initium_driver::catalog::{Name, Numbers, Sequence};
use initium_driver::change::{Change, Edit};
use initium_driver::error::Result;

/// As they stand behind CREATE SEQUENCE, with a blank before each.
pub fn numbers(numbers: &Numbers) -> String {
    let mut text = String::new();
    let mut say = |word: &str, number: Option<i64>| {
        if let Some(number) = number {
            text.push_str(&format!(" {word} {number}"));
        }
    };
    say("START WITH", numbers.start);
    say("INCREMENT BY", numbers.increment);
    say("MINVALUE", numbers.min);
    say("MAXVALUE", numbers.max);
    say("CACHE", numbers.cache);
    if numbers.cycle {
        text.push_str(" CYCLE");
    }
    text
}

/// What has to be said so that the one becomes the other; each part behind `word`.
pub fn change(from: &Numbers, to: &Numbers, data_type: &str, word: &str) -> String {
    let mut text = String::new();
    let mut say = |part: String| text.push_str(&format!(" {word}{part}"));
    if from.increment != to.increment {
        say(format!("INCREMENT BY {}", to.increment.unwrap_or(1)));
    }
    let turned = from.increment.unwrap_or(1).signum() != to.increment.unwrap_or(1).signum();
    let (low, high) = limits(data_type, to.increment.unwrap_or(1));
    if from.min != to.min || turned {
        say(to
            .min
            .map_or("NO MINVALUE".into(), |n| format!("MINVALUE {n}")));
    }
    if from.max != to.max || turned {
        say(to
            .max
            .map_or("NO MAXVALUE".into(), |n| format!("MAXVALUE {n}")));
    }
    if from.start != to.start || from.min != to.min || turned {
        let first = match to.increment.unwrap_or(1) < 0 {
            true => to.max.unwrap_or(high),
            false => to.min.unwrap_or(low),
        };
        say(format!("START WITH {}", to.start.unwrap_or(first)));
    }
    if from.cache != to.cache {
        say(format!("CACHE {}", to.cache.unwrap_or(1)));
    }
    if turned {
        say("RESTART".into());
    }
    if from.cycle != to.cycle {
        say(if to.cycle { "CYCLE" } else { "NO CYCLE" }.into());
    }
    text
}

impl Writer<'_> {
    pub fn sequence(&mut self, edit: &Edit<Sequence>) -> Result<()> {
        match edit {
            Edit::Add(it) => {
                let kind = it.data_type.as_ref().map(|it| format!(" AS {it}"));
                self.say(format!(
                    "CREATE SEQUENCE {}{}{}",
                    path(&it.name),
                    kind.unwrap_or_default(),
                    numbers(&it.numbers)
                ));
                self.owned(it);
                if it.comment.is_some() {
                    self.sequence_comment(it);
                }
            }
            // With its column's table it goes by itself.
            Edit::Drop(it) => {
                let goes = match &it.owned_by {
                    Some(owner) => self.changes.list.iter().any(|change| match change {
                        Change::Table(Edit::Drop(table)) => table.name == owner.table,
                        Change::Column(of) => matches!(&of.edit, Edit::Drop(column)
                            if of.table == owner.table && column.name == owner.column),
                        _ => false,
                    }),
                    None => false,
                };
                let lenient = if goes { "IF EXISTS " } else { "" };
                self.say(format!("DROP SEQUENCE {lenient}{}", path(&it.name)));
            }
            Edit::Alter { from, to } => self.altered(from, to),
        }
        Ok(())
    }

    fn altered(&mut self, from: &Sequence, to: &Sequence) {
        self.move_sequence(&from.name, &to.name);
        let plain = "bigint".to_string();
        let kind = to.data_type.as_ref().unwrap_or(&plain);
        let mut text = String::new();
        if from.data_type != to.data_type {
            text.push_str(&format!(" AS {kind}"));
        }
        text.push_str(&change(&from.numbers, &to.numbers, kind, ""));
        if !text.is_empty() {
            self.say(format!("ALTER SEQUENCE {}{text}", path(&to.name)));
        }
        if from.owned_by != to.owned_by {
            match &to.owned_by {
                Some(_) => self.owned(to),
                None => self.say(format!("ALTER SEQUENCE {} OWNED BY NONE", path(&to.name))),
            }
        }
        if from.comment != to.comment {
            self.sequence_comment(to);
        }
    }

    /// Another name, another schema.
    pub fn move_sequence(&mut self, from: &Name, to: &Name) {
        if from.schema != to.schema
            && let Some(schema) = &to.schema
        {
            let schema = spell::name(schema);
            self.say(format!("ALTER SEQUENCE {} SET SCHEMA {schema}", path(from)));
        }
        if from.name != to.name {
            let here = Name {
                schema: to.schema.clone(),
                name: from.name.clone(),
            };
            let new = spell::name(&to.name);
            self.say(format!("ALTER SEQUENCE {} RENAME TO {new}", path(&here)));
        }
    }

    /// Its column may be made later.
    fn owned(&mut self, it: &Sequence) {
        if let Some(owner) = &it.owned_by {
            let column = format!("{}.{}", path(&owner.table), spell::name(&owner.column));
            self.say_late(format!(
                "ALTER SEQUENCE {} OWNED BY {column}",
                path(&it.name)
            ));
        }
    }

    fn sequence_comment(&mut self, it: &Sequence) {
        let text = spell::comment(it.comment.as_deref());
        self.say(format!("COMMENT ON SEQUENCE {} IS {text}", path(&it.name)));
    }
}
