//! A catalog for people: what there is, a line for each thing. Says less than a schema file.

use super::clean::clean_line;
use super::text::count;
use initium_driver::catalog::{
    Action, Body, Catalog, Column, ForeignKey, Index, Kind, Nulls, Of, Part, Serves, Sort, Storage,
    Table,
};

pub fn outline(catalog: &Catalog) -> String {
    let mut out = Outline(String::new());
    for one in &catalog.schemas {
        out.head("schema", &one.name, one.comment.as_deref());
    }
    for one in &catalog.extensions {
        out.head("extension", &one.name, one.version.as_deref());
    }
    for one in &catalog.types {
        let body = match &one.body {
            Body::Enum(values) => format!("enum ({})", values.join(", ")),
            Body::Domain { data_type, .. } => data_type.clone(),
            Body::Composite(parts) => {
                let parts = parts
                    .iter()
                    .map(|it| format!("{} {}", it.name, it.data_type));
                format!("({})", parts.collect::<Vec<_>>().join(", "))
            }
            Body::Other(text) => text.clone(),
        };
        out.head("type", &one.name.to_string(), Some(&body));
    }
    for one in &catalog.sequences {
        out.head("sequence", &one.name.to_string(), one.data_type.as_deref());
    }
    catalog.tables.iter().for_each(|table| out.table(table));
    for one in &catalog.views {
        let kind = match one.materialized {
            true => "materialized view",
            false => "view",
        };
        out.head(kind, &one.name.to_string(), one.comment.as_deref());
        one.indexes.iter().for_each(|it| out.line(&index(it)));
    }
    for one in &catalog.routines {
        let kind = match one.kind {
            Kind::Function => "function",
            Kind::Procedure => "procedure",
            Kind::Aggregate => "aggregate",
        };
        out.head(kind, &format!("{}({})", one.name, one.arguments), None);
    }
    let tables = count(catalog.tables.len(), "table");
    out.0 + &format!("{tables}, {}\n", count(catalog.views.len(), "view"))
}

struct Outline(String);

impl Outline {
    fn head(&mut self, kind: &str, name: &str, more: Option<&str>) {
        let more = more.map(|more| format!("  -- {more}")).unwrap_or_default();
        self.push(&format!("{kind} {name}{more}"));
    }

    fn line(&mut self, text: &str) {
        self.push(&format!("  {text}"));
    }

    fn push(&mut self, text: &str) {
        self.0.push_str(clean_line(text).trim_end());
        self.0.push('\n');
    }

    fn table(&mut self, table: &Table) {
        self.head("table", &table.name.to_string(), table.comment.as_deref());
        let width = |of: fn(&Column) -> &str| {
            let widths = table.columns.iter().map(|it| of(it).chars().count());
            widths.max().unwrap_or_default().min(40)
        };
        let (name, kind) = (width(|it| &it.name), width(|it| &it.data_type));
        for it in &table.columns {
            self.line(&format!(
                "{:name$}  {:kind$}  {}",
                it.name,
                it.data_type,
                more(it)
            ));
        }
        if let Some(key) = &table.primary_key {
            self.line(&format!("primary key {}", parts(&key.parts)));
        }
        for it in &table.unique {
            self.line(&format!("unique {}", parts(&it.parts)));
        }
        table
            .foreign_keys
            .iter()
            .for_each(|it| self.line(&foreign_key(it)));
        for it in &table.checks {
            self.line(&format!("check {}", it.expression));
        }
        for it in &table.exclusions {
            self.line(&format!("exclude {}", it.definition));
        }
        table.indexes.iter().for_each(|it| self.line(&index(it)));
        for it in &table.triggers {
            self.line(&format!("trigger {}", it.name));
        }
        if let Some(by) = &table.partition_by {
            self.line(&format!("partition by {by}"));
        }
        if let Some(of) = &table.partition_of {
            self.line(&format!("partition of {} {}", of.parent, of.bound));
        }
    }
}

fn more(column: &Column) -> String {
    let mut more = Vec::new();
    if column.nullable {
        more.push("nullable".to_string());
    }
    if let Some(default) = &column.default {
        more.push(format!("default {default}"));
    }
    if let Some(identity) = &column.identity {
        more.push(match identity.serves {
            Serves::Always => "identity always".into(),
            Serves::ByDefault => "identity".into(),
            Serves::Serial => "serial".into(),
        });
    }
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            Storage::Stored => "stored",
            Storage::Virtual => "virtual",
        };
        more.push(format!("{storage} {}", generated.expression));
    }
    if let Some(comment) = &column.comment {
        more.push(format!("-- {comment}"));
    }
    more.join(" ")
}

fn parts(parts: &[Part]) -> String {
    let one = |part: &Part| {
        let mut text = match &part.of {
            Of::Column(name) => name.clone(),
            Of::Expression(text) => format!("({text})"),
        };
        if let Some(length) = part.length {
            text += &format!("({length})");
        }
        if part.sort == Sort::Down {
            text += " desc";
        }
        match part.nulls {
            Some(Nulls::First) => text + " nulls first",
            Some(Nulls::Last) => text + " nulls last",
            None => text,
        }
    };
    format!("({})", parts.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn foreign_key(key: &ForeignKey) -> String {
    let to = match key.referenced.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", columns.join(", ")),
    };
    let act = |word: &str, action: &Action| match action.is_ordinary() {
        true => String::new(),
        false => format!(" on {word} {}", action.words().to_lowercase()),
    };
    format!(
        "foreign key ({}) -> {}{to}{}{}",
        key.columns.join(", "),
        key.references,
        act("delete", &key.on_delete),
        act("update", &key.on_update)
    )
}

fn index(index: &Index) -> String {
    let mut text = match index.unique {
        true => "unique index",
        false => "index",
    }
    .to_string();
    for (before, word) in [
        (" ", Some(&index.name).filter(|name| !name.is_empty())),
        (" ", Some(&parts(&index.parts))),
        (" using ", index.method.as_ref()),
        (" where ", index.predicate.as_ref()),
    ] {
        if let Some(word) = word {
            text = text + before + word;
        }
    }
    match index.invalid {
        true => text + " INVALID",
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::catalog::{Key, Name};

    #[test]
    fn an_outline_has_a_line_for_each_thing_and_none_that_a_name_makes_up() {
        let column = |name: &str, data_type: &str| Column {
            name: name.into(),
            data_type: data_type.into(),
            ..Column::default()
        };
        let catalog = Catalog {
            tables: vec![Table {
                name: Name::within("app", "users"),
                comment: Some("two\nlines \u{1b}[31m".into()),
                columns: vec![
                    column("id", "bigint"),
                    Column {
                        nullable: true,
                        default: Some("now()".into()),
                        ..column("born", "timestamp")
                    },
                ],
                primary_key: Some(Key {
                    parts: vec!["id".into()],
                    ..Key::default()
                }),
                foreign_keys: vec![ForeignKey {
                    columns: vec!["id".into()],
                    references: "people".into(),
                    on_delete: Action::SetNull,
                    ..ForeignKey::default()
                }],
                indexes: vec![Index {
                    name: "i".into(),
                    parts: vec![Part {
                        sort: Sort::Down,
                        ..Part::expression("lower(born)")
                    }],
                    unique: true,
                    method: Some("gin".into()),
                    ..Index::default()
                }],
                ..Table::default()
            }],
            ..Catalog::default()
        };
        let expected = "\
table app.users  -- two lines \\u{1b}[31m
  id    bigint
  born  timestamp  nullable default now()
  primary key (id)
  foreign key (id) -> people on delete set null
  unique index i ((lower(born)) desc) using gin
1 table, 0 views
";
        assert_eq!(outline(&catalog), expected);
    }
}
