//! Tables, indexes and views as somebody would write them down.

use crate::names::{is_plain, list, written};
use crate::read::{bracketed, is_one};
use initium_driver::catalog::{
    Action, Check, Column, Conflict, Deferrable, ForeignKey, Index, Key, Of, Part, Sort, Storage,
    Table, View,
};

/// The text that makes it virtual, where it is.
pub fn module(table: &Table) -> Option<&str> {
    table.options.get("virtual").map(String::as_str)
}

pub fn has(table: &Table, option: &str) -> bool {
    table.options.contains_key(option)
}

pub fn table(table: &Table) -> String {
    let name = written(&table.name.name);
    if let Some(module) = module(table) {
        return format!("CREATE VIRTUAL TABLE {name} USING {module}");
    }
    let mut lines: Vec<_> = table
        .columns
        .iter()
        .map(|it| column_of(it, table))
        .collect();
    let apart = |key: &&Key| in_column(key).is_none();
    if let Some(key) = table.primary_key.iter().find(apart) {
        lines.push(self::key("PRIMARY KEY", key));
    }
    let unique = table.unique.iter().filter(apart);
    lines.extend(unique.map(|it| key("UNIQUE", it)));
    let keys = table.foreign_keys.iter();
    let apart = keys.filter(|it| !it.name.is_empty() || it.columns.len() != 1);
    lines.extend(apart.map(|it| {
        let columns = list(it.columns.iter().map(String::as_str));
        format!(
            "{}FOREIGN KEY ({columns}) {}",
            named(&it.name),
            references(it)
        )
    }));
    lines.extend(table.checks.iter().map(check));
    let options = [("without_rowid", "WITHOUT ROWID"), ("strict", "STRICT")];
    let options = options.iter().filter(|(option, _)| has(table, option));
    let options: Vec<_> = options.map(|(_, words)| *words).collect();
    let behind = if options.is_empty() { "" } else { " " };
    format!(
        "CREATE TABLE {name} (\n  {}\n){behind}{}",
        lines.join(",\n  "),
        options.join(", ")
    )
}

/// The column of a key that stands with it: it is the only one and nothing is said of it but DESC.
fn in_column(key: &Key) -> Option<&str> {
    match &key.parts[..] {
        [one] if one.collation.is_none() => one.name(),
        _ => None,
    }
}

/// With everything that stands with it.
fn column_of(column: &Column, table: &Table) -> String {
    let mut text = column_alone(column);
    let is_its = |key: &&Key| in_column(key) == Some(&column.name);
    if let Some(key) = table.primary_key.iter().find(is_its) {
        let down = if key.parts[0].sort == Sort::Down {
            " DESC"
        } else {
            ""
        };
        let counts = if column.identity.is_some() {
            " AUTOINCREMENT"
        } else {
            ""
        };
        let conflict = on_conflict(key.on_conflict);
        text += &format!(" {}PRIMARY KEY{down}{conflict}{counts}", named(&key.name));
    }
    for key in table.unique.iter().filter(is_its) {
        // Its direction means nothing.
        text += &format!(
            " {}UNIQUE{}",
            named(&key.name),
            on_conflict(key.on_conflict)
        );
    }
    let mine = [column.name.clone()];
    let keys = table.foreign_keys.iter();
    for key in keys.filter(|key| key.name.is_empty() && key.columns == mine) {
        text += &format!(" {}", references(key));
    }
    // What is the row id is never NULL, and nobody says so.
    let is_id = !has(table, "without_rowid")
        && column.data_type == "INTEGER"
        && table
            .primary_key
            .iter()
            .any(|key| is_its(&key) && key.parts[0].sort == Sort::Up);
    match is_id && column.on_conflict.is_none() && column.not_null.is_none() {
        true => text.replacen(" NOT NULL", "", 1),
        false => text,
    }
}

/// With a foreign key of its own, as ADD COLUMN takes it.
pub fn column(column: &Column, keys: &[&ForeignKey]) -> String {
    let mut text = column_alone(column);
    for key in keys {
        text += &format!(" {}{}", named(&key.name), references(key));
    }
    text
}

fn column_alone(column: &Column) -> String {
    let mut text = written(&column.name);
    if !column.data_type.is_empty() {
        text += &format!(" {}", data_type(&column.data_type));
    }
    if !column.nullable {
        let name = column.not_null.as_ref().map_or("", |it| &it.name);
        text += &format!(
            " {}NOT NULL{}",
            named(name),
            on_conflict(column.on_conflict)
        );
    }
    if let Some(default) = &column.default {
        text += &format!(" DEFAULT {}", bracketed(default));
    }
    if let Some(collation) = &column.collation {
        text += &format!(" COLLATE {}", written(collation));
    }
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            Storage::Stored => " STORED",
            Storage::Virtual => "",
        };
        text += &format!(" GENERATED ALWAYS AS ({}){storage}", generated.expression);
    }
    text
}

/// Most types are words, some with one or two numbers; one that is not needs quotes.
fn data_type(text: &str) -> String {
    let (words, inner) = match text.split_once('(') {
        Some((words, inner)) => (words, inner.strip_suffix(')').unwrap_or("x")),
        None => (text, "0"),
    };
    let is_number = |text: &str| {
        let digits = text.trim_start_matches(['+', '-']);
        !digits.is_empty()
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let numbers: Vec<_> = inner.split(',').collect();
    let is_bare = words.split(' ').all(is_plain)
        && numbers.len() <= 2
        && numbers.iter().all(|one| is_number(one));
    match is_bare {
        true => text.into(),
        false => format!("\"{}\"", text.replace('"', "\"\"")),
    }
}

fn named(name: &str) -> String {
    match name {
        "" => String::new(),
        name => format!("CONSTRAINT {} ", written(name)),
    }
}

fn key(words: &str, key: &Key) -> String {
    format!(
        "{}{words} ({}){}",
        named(&key.name),
        parts(&key.parts),
        on_conflict(key.on_conflict)
    )
}

pub fn check(check: &Check) -> String {
    format!("{}CHECK ({})", named(&check.name), check.expression)
}

fn references(key: &ForeignKey) -> String {
    let mut text = format!("REFERENCES {}", written(&key.references.name));
    if !key.referenced.is_empty() {
        text += &format!(" ({})", list(key.referenced.iter().map(String::as_str)));
    }
    for (words, action) in [("ON DELETE", &key.on_delete), ("ON UPDATE", &key.on_update)] {
        if *action != Action::NoAction {
            text += &format!(" {words} {}", action.words());
        }
    }
    text + match key.deferrable {
        None => "",
        Some(Deferrable::Immediate) => " DEFERRABLE INITIALLY IMMEDIATE",
        Some(Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
    }
}

fn on_conflict(conflict: Option<Conflict>) -> &'static str {
    match conflict {
        None => "",
        Some(Conflict::Rollback) => " ON CONFLICT ROLLBACK",
        Some(Conflict::Fail) => " ON CONFLICT FAIL",
        Some(Conflict::Ignore) => " ON CONFLICT IGNORE",
        Some(Conflict::Replace) => " ON CONFLICT REPLACE",
    }
}

pub fn index(index: &Index, table: &str) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let predicate = match &index.predicate {
        Some(text) => format!(" WHERE {text}"),
        None => String::new(),
    };
    format!(
        "CREATE {unique}INDEX {} ON {} ({}){predicate}",
        written(&index.name),
        written(table),
        parts(&index.parts)
    )
}

fn parts(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let mut text = match &part.of {
            Of::Column(name) => written(name),
            // COLLATE binds closer than any operator.
            Of::Expression(text) if part.collation.is_some() && !is_one(text) => {
                format!("({text})")
            }
            Of::Expression(text) => text.clone(),
        };
        if let Some(collation) = &part.collation {
            text += &format!(" COLLATE {}", written(collation));
        }
        if part.sort == Sort::Down {
            text += " DESC";
        }
        text
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

pub fn view(view: &View) -> String {
    let columns = match view.options.get("columns") {
        Some(list) => format!(" ({list})"),
        None => String::new(),
    };
    let name = written(&view.name.name);
    format!("CREATE VIEW {name}{columns} AS\n{}", view.definition)
}
