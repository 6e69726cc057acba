//! A column as it stands in CREATE TABLE and ADD COLUMN, and what belongs to it beside.

use super::sequence::numbers;
use super::{Writer, inherited};
use crate::naming;
use crate::spell::{self, path};
use initium_driver::catalog::{Column, Identity, Name, NotNull, Numbers, Serves, Storage};
use initium_driver::change::{Edit, Of};
use initium_driver::error::Result;

/// The name of the sequence that numbers a column.
pub fn sequence(table: &Name, column: &str, identity: &Identity) -> Name {
    let plain = match &identity.sequence {
        // With its schema where that is another one than the table's.
        Some(told) if told.contains('.') => match Name::parse(told) {
            Some(name) if name.schema.is_some() => return name,
            _ => told.clone(),
        },
        Some(told) => told.clone(),
        None => naming::object(&table.name, Some(column), "seq"),
    };
    Name {
        schema: table.schema.clone(),
        name: plain,
    }
}

/// The type that makes its own sequence, where that is the ordinary one.
fn serial(column: &Column) -> Option<&'static str> {
    let identity = column.identity.as_ref()?;
    let is_plain = identity.serves == Serves::Serial
        && identity.sequence.is_none()
        && identity.numbers == Numbers::default()
        && !column.nullable;
    match column.data_type.as_str() {
        _ if !is_plain => None,
        "smallint" => Some("smallserial"),
        "integer" => Some("serial"),
        "bigint" => Some("bigserial"),
        _ => None,
    }
}

/// Whether its sequence has to be made by hand.
pub fn asks(column: &Column) -> Option<&Identity> {
    let identity = column.identity.as_ref()?;
    (identity.serves == Serves::Serial && serial(column).is_none()).then_some(identity)
}

/// `nextval('a_id_seq'::regclass)`
pub fn asking(table: &Name, column: &str, identity: &Identity) -> String {
    let sequence = spell::text(&path(&sequence(table, column, identity)));
    format!("nextval({sequence}::regclass)")
}

pub fn identity(table: &Name, column: &str, identity: &Identity) -> String {
    let serves = match identity.serves {
        Serves::Always => "ALWAYS",
        _ => "BY DEFAULT",
    };
    let mut inner = String::new();
    if identity.sequence.is_some() {
        let name = path(&sequence(table, column, identity));
        inner.push_str(&format!(" SEQUENCE NAME {name}"));
    }
    inner.push_str(&numbers(&identity.numbers));
    match inner.trim_start() {
        "" => format!("GENERATED {serves} AS IDENTITY"),
        inner => format!("GENERATED {serves} AS IDENTITY ({inner})"),
    }
}

/// The definition behind the name.
fn behind(table: &Name, column: &Column) -> String {
    let mut text = String::new();
    if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    match &column.identity {
        Some(it) if it.serves != Serves::Serial => {
            text.push_str(&format!(" {}", identity(table, &column.name, it)));
        }
        Some(it) if serial(column).is_none() => {
            text.push_str(&format!(" DEFAULT {}", asking(table, &column.name, it)));
        }
        _ => {}
    }
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            Storage::Stored => "STORED",
            Storage::Virtual => "VIRTUAL",
        };
        let expression = spell::wrapped(&generated.expression);
        text.push_str(&format!(" GENERATED ALWAYS AS {expression} {storage}"));
    }
    let later = column.not_null.as_ref().is_some_and(|it| it.not_valid);
    if !column.nullable && !later {
        text.push_str(&format!(" {}", not_null(column.not_null.as_ref())));
    }
    text
}

/// With what is out of the ordinary about it.
pub fn not_null(told: Option<&NotNull>) -> String {
    let name = told.filter(|it| !it.name.is_empty());
    let name = name.map(|it| format!("CONSTRAINT {} ", spell::name(&it.name)));
    let alone = told.is_some_and(|it| it.no_inherit);
    let alone = if alone { " NO INHERIT" } else { "" };
    format!("{}NOT NULL{alone}", name.unwrap_or_default())
}

pub fn definition(table: &Name, column: &Column) -> String {
    let collation = column.collation.as_deref().map(spell::collation);
    format!(
        "{} {}{}{}",
        spell::name(&column.name),
        serial(column).unwrap_or(&column.data_type),
        collation.map_or(String::new(), |it| format!(" COLLATE {it}")),
        behind(table, column)
    )
}

/// What a partition says of a column of its parent.
pub fn own(table: &Name, column: &Column) -> String {
    let plain = Column {
        // Its parent says them.
        generated: None,
        identity: None,
        ..column.clone()
    };
    format!("{}{}", spell::name(&column.name), behind(table, &plain))
}

impl Writer<'_> {
    pub fn column(&mut self, of: &Of<Box<Column>>) -> Result<()> {
        if let Edit::Alter { from, to } = &of.edit
            && from.name == to.name
            && self.anew.contains(&(of.table.clone(), to.name.clone()))
        {
            return Ok(());
        }
        let (before, after) = match inherited::columns(self, of) {
            Some(two) => two,
            None => (
                of.edit.from().map(|it| (**it).clone()),
                of.edit.to().map(|it| (**it).clone()),
            ),
        };
        let table = self.now(&of.table);
        match (before, after) {
            (None, Some(column)) => self.add_column(&table, &column),
            (Some(column), None) => self.drop_column(&table, &column, of),
            (Some(from), Some(to)) if from != to || matches!(of.edit, Edit::Alter { .. }) => {
                self.alter_column(&of.table, &from, &to)?;
            }
            _ => {}
        }
        Ok(())
    }

    pub fn add_column(&mut self, table: &Name, column: &Column) {
        self.before_column(table, column);
        self.alter(table, format!("ADD COLUMN {}", definition(table, column)));
        self.behind_column(table, column);
    }

    fn drop_column(&mut self, table: &Name, column: &Column, of: &Of<Box<Column>>) {
        // What a parent loses, its partitions have lost already.
        if !inherited::goes_with_parent(self, of) {
            self.alter(table, format!("DROP COLUMN {}", spell::name(&column.name)));
        }
    }

    /// A sequence that its default asks.
    pub fn before_column(&mut self, table: &Name, column: &Column) {
        if let Some(identity) = asks(column) {
            let name = path(&sequence(table, &column.name, identity));
            let kind = match column.data_type.as_str() {
                "bigint" => String::new(),
                other => format!(" AS {other}"),
            };
            self.say(format!(
                "CREATE SEQUENCE {name}{kind}{}",
                numbers(&identity.numbers)
            ));
        }
    }

    pub fn behind_column(&mut self, table: &Name, column: &Column) {
        if let Some(identity) = asks(column) {
            let name = path(&sequence(table, &column.name, identity));
            let owner = format!("{}.{}", path(table), spell::name(&column.name));
            self.say(format!("ALTER SEQUENCE {name} OWNED BY {owner}"));
        }
        if let Some(told) = column
            .not_null
            .as_ref()
            .filter(|it| it.not_valid && !column.nullable)
        {
            self.alter(table, add_not_null(&column.name, Some(told)));
        }
        if column.comment.is_some() {
            self.column_comment(table, column);
        }
    }

    pub fn column_comment(&mut self, table: &Name, column: &Column) {
        let text = spell::comment(column.comment.as_deref());
        let name = format!("{}.{}", path(table), spell::name(&column.name));
        self.say(format!("COMMENT ON COLUMN {name} IS {text}"));
    }
}

/// As an action, with its name (18).
pub fn add_not_null(column: &str, told: Option<&NotNull>) -> String {
    let named = told.filter(|it| !it.name.is_empty());
    let named = named.map(|it| format!("CONSTRAINT {} ", spell::name(&it.name)));
    let alone = told.is_some_and(|it| it.no_inherit);
    let later = told.is_some_and(|it| it.not_valid);
    format!(
        "ADD {}NOT NULL {}{}{}",
        named.unwrap_or_default(),
        spell::name(column),
        if alone { " NO INHERIT" } else { "" },
        if later { " NOT VALID" } else { "" }
    )
}
