//! Indexes of tables and materialized views.

use super::Writer;
use super::inherited::by_itself;
use crate::spell::{self, beside, names, path};
use initium_driver::catalog::{Index, Name, Nulls, Of as Kind, Part, Sort, Table};
use initium_driver::change::{Edit, Of};
use initium_driver::error::Result;

pub fn parts(parts: &[Part]) -> String {
    let all: Vec<_> = parts.iter().map(part).collect();
    all.join(", ")
}

fn part(part: &Part) -> String {
    let mut text = match &part.of {
        Kind::Column(name) => spell::name(name),
        Kind::Expression(text) => match is_call(text) {
            true => text.clone(),
            false => spell::wrapped(text),
        },
    };
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" COLLATE {}", spell::collation(collation)));
    }
    if let Some(class) = &part.class {
        text.push_str(&format!(" {class}"));
    }
    if part.sort == Sort::Down {
        text.push_str(" DESC");
    }
    match part.nulls {
        Some(Nulls::First) => text.push_str(" NULLS FIRST"),
        Some(Nulls::Last) => text.push_str(" NULLS LAST"),
        None => {}
    }
    text
}

/// `lower(name)`: the one expression that needs no parentheses of its own.
fn is_call(text: &str) -> bool {
    let Some(open) = text.find('(') else {
        return false;
    };
    let name = &text[..open];
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
    !name.is_empty()
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(plain)
        && spell::name(name.rsplit('.').next().unwrap_or(name))
            == *name.rsplit('.').next().unwrap_or(name)
        && closes(&text[open..])
}

/// Whether the first parenthesis is closed by the last character.
fn closes(text: &str) -> bool {
    let mut depth = 0i32;
    let pieces = spell::pieces(text);
    for (n, (_, piece)) in pieces.iter().enumerate() {
        match *piece {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return n + 1 == pieces.len();
        }
    }
    false
}

/// `how`: ` CONCURRENTLY`, or nothing.
pub fn create(table: &Name, index: &Index, how: &str) -> String {
    let mut text = format!(
        "CREATE {}INDEX{how}{} ON {}",
        if index.unique { "UNIQUE " } else { "" },
        match index.name.as_str() {
            "" => String::new(),
            name => format!(" {}", spell::name(name)),
        },
        path(table)
    );
    if let Some(method) = &index.method {
        text.push_str(&format!(" USING {}", spell::name(method)));
    }
    text.push_str(&format!(" ({})", parts(&index.parts)));
    if !index.include.is_empty() {
        text.push_str(&format!(" INCLUDE ({})", names(&index.include)));
    }
    if index.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    let (mut with, mut space) = (Vec::new(), None);
    for option in &index.options {
        match option.split_once('=') {
            Some(("tablespace", name)) => space = Some(name),
            Some((name, value)) => with.push(format!("{name} = {}", super::table::value(value))),
            None => with.push(option.clone()),
        }
    }
    if !with.is_empty() {
        text.push_str(&format!(" WITH ({})", with.join(", ")));
    }
    if let Some(space) = space {
        text.push_str(&format!(" TABLESPACE {}", spell::name(space)));
    }
    if let Some(predicate) = &index.predicate {
        text.push_str(&format!(" WHERE {}", spell::bare(predicate)));
    }
    text
}

/// Whether it has to do with the column.
pub fn holds(index: &Index, column: &str) -> bool {
    let part = |part: &Part| match &part.of {
        Kind::Column(name) => name == column,
        Kind::Expression(text) => spell::mentions(text, column),
    };
    index.parts.iter().any(part)
        || index.include.iter().any(|it| it == column)
        || index
            .predicate
            .as_ref()
            .is_some_and(|text| spell::mentions(text, column))
}

impl Writer<'_> {
    pub fn index(&mut self, of: &Of<Index>) -> Result<()> {
        let same = |table: &Table| {
            let this = of.edit.from().or(of.edit.to());
            table.indexes.iter().any(|it| {
                this.is_some_and(|this| {
                    (&it.parts, it.unique, &it.predicate)
                        == (&this.parts, this.unique, &this.predicate)
                })
            })
        };
        if by_itself(self, of, same) {
            return Ok(());
        }
        let table = self.now(&of.table);
        let concurrently = match self.is_online() && !self.is_parted(&of.table) {
            true => " CONCURRENTLY",
            false => "",
        };
        match &of.edit {
            Edit::Add(it) => self.index_made(&table, it, concurrently),
            Edit::Drop(it) if self.gone.contains(&(table.clone(), it.name.clone())) => {}
            Edit::Drop(it) => {
                let name = beside(&table, &it.name);
                self.say(format!("DROP INDEX{concurrently} {name}"));
            }
            Edit::Alter { from, to } => {
                if from.name != to.name && !to.name.is_empty() {
                    let (old, new) = (beside(&table, &from.name), spell::name(&to.name));
                    self.say(format!("ALTER INDEX {old} RENAME TO {new}"));
                }
                let name = beside(&table, &to.name);
                if from.invalid && !to.invalid {
                    self.say(format!("REINDEX INDEX{concurrently} {name}"));
                }
                if from.comment != to.comment {
                    self.index_comment(&table, to);
                }
            }
        }
        Ok(())
    }

    pub fn index_added(&mut self, table: &Name, index: &Index) {
        self.index_made(table, index, "");
    }

    fn index_made(&mut self, table: &Name, index: &Index, how: &str) {
        self.say(create(table, index, how));
        if index.comment.is_some() && !index.name.is_empty() {
            self.index_comment(table, index);
        }
    }

    fn index_comment(&mut self, table: &Name, index: &Index) {
        let text = spell::comment(index.comment.as_deref());
        let name = beside(table, &index.name);
        self.say(format!("COMMENT ON INDEX {name} IS {text}"));
    }
}
