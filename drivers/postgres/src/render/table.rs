//! Tables: made, dropped, renamed; their options, their place among partitions.

use super::column::{definition, own};
use super::{Writer, constraint, refused};
use crate::spell::{self, path};
use initium_driver::catalog::{Column, Name, Options, Table};
use initium_driver::change::Edit;
use initium_driver::error::Result;

/// What is no parameter in WITH.
const APART: &[&str] = &[
    "unlogged",
    "tablespace",
    "access_method",
    "replica_identity",
];

/// As a parameter has it.
pub fn value(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    match !text.is_empty() && text.chars().all(plain) {
        true => text.into(),
        false => spell::text(text),
    }
}

pub fn with(options: &Options) -> String {
    let all: Vec<_> = options
        .iter()
        .filter(|(name, _)| !APART.contains(&name.as_str()))
        .map(|(name, text)| format!("{name} = {}", value(text)))
        .collect();
    match all.is_empty() {
        true => String::new(),
        false => format!(" WITH ({})", all.join(", ")),
    }
}

/// Behind the columns: how and where its rows stand.
pub fn storage(options: &Options) -> String {
    let mut text = String::new();
    if let Some(method) = options.get("access_method") {
        text.push_str(&format!(" USING {}", spell::name(method)));
    }
    text.push_str(&with(options));
    if let Some(space) = options.get("tablespace") {
        text.push_str(&format!(" TABLESPACE {}", spell::name(space)));
    }
    text
}

fn create(table: &Table) -> String {
    let is_flagged = table.options.get("unlogged").is_some_and(|it| it == "true");
    let unlogged = if is_flagged { "UNLOGGED " } else { "" };
    let mut text = format!("CREATE {unlogged}TABLE {}", path(&table.name));
    let column = |column: &Column| match table.partition_of {
        Some(_) => own(&table.name, column),
        None => definition(&table.name, column),
    };
    let mut lines: Vec<String> = table.columns.iter().map(column).collect();
    lines.extend(constraint::lines(table).0);
    let lines = match lines.is_empty() {
        true => "()".into(),
        false => format!("(\n    {}\n)", lines.join(",\n    ")),
    };
    match &table.partition_of {
        None => text.push_str(&format!(" {lines}")),
        Some(place) => {
            text.push_str(&format!(" PARTITION OF {}", path(&place.parent)));
            if lines != "()" {
                text.push_str(&format!(" {lines}"));
            }
            text.push_str(&format!(" {}", place.bound));
        }
    }
    if !table.inherits.is_empty() {
        let parents: Vec<_> = table.inherits.iter().map(path).collect();
        text.push_str(&format!(" INHERITS ({})", parents.join(", ")));
    }
    if let Some(parts) = &table.partition_by {
        text.push_str(&format!(" PARTITION BY {parts}"));
    }
    text + &storage(&table.options)
}

impl Writer<'_> {
    pub fn table(&mut self, edit: &Edit<Box<Table>>) -> Result<()> {
        match edit {
            Edit::Add(table) => self.table_added(table),
            Edit::Drop(table) => self.say(format!("DROP TABLE {}", path(&table.name))),
            Edit::Alter { from, to } => self.table_altered(from, to)?,
        }
        Ok(())
    }

    fn table_added(&mut self, table: &Table) {
        let name = &table.name;
        for column in &table.columns {
            self.before_column(name, column);
        }
        self.say(create(table));
        if let Some(place) = &table.partition_of {
            let parent = self.after(&place.parent).cloned();
            for column in &table.columns {
                let above = parent.as_ref().and_then(|it| it.column(&column.name));
                if column.default.is_none()
                    && column.generated.is_none()
                    && above.is_some_and(|it| it.default.is_some())
                {
                    let column = spell::name(&column.name);
                    self.alter(name, format!("ALTER COLUMN {column} DROP DEFAULT"));
                }
            }
        }
        for action in constraint::lines(table).1 {
            self.alter(name, format!("ADD {action}"));
        }
        for index in &table.indexes {
            self.index_added(name, index);
        }
        if let Some(identity) = table.options.get("replica_identity") {
            self.replica_identity(name, Some(identity));
        }
        self.table_comments(table);
        for trigger in &table.triggers {
            self.trigger_added(name, trigger);
        }
    }

    fn table_comments(&mut self, table: &Table) {
        if table.comment.is_some() {
            self.table_comment(table);
        }
        for column in &table.columns {
            self.behind_column(&table.name, column);
        }
        for (name, comment) in constraint::comments(table) {
            self.constraint_comment(&table.name, name, Some(comment));
        }
    }

    fn table_comment(&mut self, table: &Table) {
        let text = spell::comment(table.comment.as_deref());
        self.say(format!("COMMENT ON TABLE {} IS {text}", path(&table.name)));
    }

    fn table_altered(&mut self, from: &Table, to: &Table) -> Result<()> {
        if from.partition_by != to.partition_by {
            return Err(refused(
                format!("table {} cannot be partitioned in another way", to.name),
                "make a new table, move the rows, and rename both",
            ));
        }
        self.renamed(from, to);
        self.place(from, to);
        self.options(from, to);
        if from.comment != to.comment {
            self.table_comment(to);
        }
        Ok(())
    }

    fn renamed(&mut self, from: &Table, to: &Table) {
        let mut name = from.name.clone();
        if name.schema != to.name.schema
            && let Some(schema) = &to.name.schema
        {
            self.alter_alone(&name, format!("SET SCHEMA {}", spell::name(schema)));
            name.schema.clone_from(&to.name.schema);
        }
        if name.name == to.name.name {
            return;
        }
        self.alter_alone(&name, format!("RENAME TO {}", spell::name(&to.name.name)));
        for column in &from.columns {
            if let Some(it) = &column.identity
                && it.sequence.is_none()
            {
                let old = super::column::sequence(&name, &column.name, it);
                let new = super::column::sequence(&to.name, &column.name, it);
                self.move_sequence(&old, &new);
            }
        }
    }

    /// Among partitions and heirs.
    fn place(&mut self, from: &Table, to: &Table) {
        let name = spell::path(&to.name);
        if from.partition_of != to.partition_of {
            if let Some(old) = &from.partition_of {
                let how = if self.is_online() {
                    " CONCURRENTLY"
                } else {
                    ""
                };
                self.alter_alone(&old.parent, format!("DETACH PARTITION {name}{how}"));
            }
            if let Some(new) = &to.partition_of {
                self.alter_alone(
                    &new.parent,
                    format!("ATTACH PARTITION {name} {}", new.bound),
                );
            }
        }
        for old in from.inherits.iter().filter(|it| !to.inherits.contains(it)) {
            self.alter(&to.name, format!("NO INHERIT {}", path(old)));
        }
        for new in to.inherits.iter().filter(|it| !from.inherits.contains(it)) {
            self.alter(&to.name, format!("INHERIT {}", path(new)));
        }
    }

    fn options(&mut self, from: &Table, to: &Table) {
        let name = &to.name;
        let differs = |key: &str| from.options.get(key) != to.options.get(key);
        if differs("unlogged") {
            let is_set = to.options.get("unlogged").is_some_and(|it| it == "true");
            self.alter(name, if is_set { "SET UNLOGGED" } else { "SET LOGGED" });
        }
        if differs("access_method") {
            let method = to
                .options
                .get("access_method")
                .map_or("heap", String::as_str);
            self.alter(name, format!("SET ACCESS METHOD {}", spell::name(method)));
        }
        for action in parameters(&from.options, &to.options) {
            self.alter(name, action);
        }
        if differs("tablespace") {
            let space = to
                .options
                .get("tablespace")
                .map_or("pg_default", String::as_str);
            self.alter_alone(name, format!("SET TABLESPACE {}", spell::name(space)));
        }
        if differs("replica_identity") {
            self.replica_identity(name, to.options.get("replica_identity"));
        }
    }

    /// Its index may be made later.
    fn replica_identity(&mut self, table: &Name, told: Option<&String>) {
        let what = match told.map(String::as_str) {
            None => "DEFAULT".into(),
            Some("full") => "FULL".into(),
            Some("nothing") => "NOTHING".into(),
            Some(other) => {
                let index = other.strip_prefix("index ").unwrap_or(other);
                format!("USING INDEX {}", spell::name(index))
            }
        };
        self.say_late(format!(
            "ALTER TABLE {} REPLICA IDENTITY {what}",
            path(table)
        ));
    }
}

/// SET and RESET of what stands in WITH.
pub fn parameters(from: &Options, to: &Options) -> Vec<String> {
    let is_apart = |name: &str| APART.contains(&name);
    let set: Vec<_> = to
        .iter()
        .filter(|(name, text)| !is_apart(name) && from.get(*name) != Some(text))
        .map(|(name, text)| format!("{name} = {}", value(text)))
        .collect();
    let reset: Vec<_> = from
        .keys()
        .filter(|name| !is_apart(name) && !to.contains_key(*name))
        .cloned()
        .collect();
    let mut all = Vec::new();
    if !set.is_empty() {
        all.push(format!("SET ({})", set.join(", ")));
    }
    if !reset.is_empty() {
        all.push(format!("RESET ({})", reset.join(", ")));
    }
    all
}
