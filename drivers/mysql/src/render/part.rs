//! Keys, indexes and checks, as they stand in CREATE TABLE and behind ADD.

use crate::dialect::{Family, MySql};
use crate::spelled::{bare, literal};
use crate::words::quote;
use initium_driver::catalog::{Check, ForeignKey, Key, Of, Part, Sort};
use initium_driver::{Index, Name};

pub fn name(name: &Name) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&name.name)),
        None => quote(&name.name),
    }
}

pub fn parts(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let mut text = match &part.of {
            Of::Column(name) => quote(name),
            Of::Expression(text) => format!("({})", bare(text)),
        };
        if let Some(length) = part.length {
            text.push_str(&format!("({length})"));
        }
        if let Some(class) = &part.class {
            text.push_str(&format!(" {class}"));
        }
        if part.sort == Sort::Down {
            text.push_str(" DESC");
        }
        text
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn columns(names: &[String]) -> String {
    names
        .iter()
        .map(|it| quote(it))
        .collect::<Vec<_>>()
        .join(", ")
}

fn comment(text: &Option<String>) -> String {
    let text = text.as_ref();
    text.map_or(String::new(), |text| format!(" COMMENT {}", literal(text)))
}

pub fn primary(key: &Key) -> String {
    format!(
        "PRIMARY KEY ({}){}",
        parts(&key.parts),
        comment(&key.comment)
    )
}

pub fn index(index: &Index, dialect: &MySql) -> String {
    let (kind, using) = match (index.unique, index.method.as_deref()) {
        (_, Some("fulltext")) => ("FULLTEXT ", None),
        (_, Some("spatial")) => ("SPATIAL ", None),
        (_, Some("vector")) => ("VECTOR ", None),
        (true, method) => ("UNIQUE ", method),
        (false, method) => ("", method),
    };
    let mut text = format!("{kind}KEY {} ({})", quote(&index.name), parts(&index.parts));
    if let Some(method) = using {
        text.push_str(&format!(" USING {}", method.to_ascii_uppercase()));
    }
    for option in &index.options {
        if let Some(parser) = option.strip_prefix("parser=") {
            text.push_str(&format!(" WITH PARSER {}", quote(parser)));
        }
    }
    text.push_str(&comment(&index.comment));
    if index.invisible {
        text.push_str(&format!(" {}", hidden(dialect)));
    }
    text
}

pub fn hidden(dialect: &MySql) -> &'static str {
    match dialect.family() {
        Family::MySql => "INVISIBLE",
        Family::MariaDb => "IGNORED",
    }
}

pub fn shown(dialect: &MySql) -> &'static str {
    match dialect.family() {
        Family::MySql => "VISIBLE",
        Family::MariaDb => "NOT IGNORED",
    }
}

pub fn foreign_key(key: &ForeignKey) -> String {
    let mut text = format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
        quote(&key.name),
        columns(&key.columns),
        name(&key.references),
        columns(&key.referenced)
    );
    for (when, action) in [("DELETE", &key.on_delete), ("UPDATE", &key.on_update)] {
        if !action.is_ordinary() {
            text.push_str(&format!(" ON {when} {}", action.words()));
        }
    }
    text
}

pub fn check(check: &Check) -> String {
    let enforced = match check.not_enforced {
        true => " NOT ENFORCED",
        false => "",
    };
    format!(
        "CONSTRAINT {} CHECK ({}){enforced}",
        quote(&check.name),
        bare(&check.expression)
    )
}
