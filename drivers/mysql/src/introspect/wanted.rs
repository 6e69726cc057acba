//! What is asked for by its name, and what its text tells.

use super::{About, Row, Seen, sequences, shown};
use crate::read;
use crate::spelled;
use crate::words::quote;
use initium_driver::catalog::{Attribute, Catalog, Kind, Options, Routine, View};
use initium_driver::{Code, Error, Name, Result, catalog};

pub enum Wanted {
    View { name: String, options: Options },
    Trigger(Trigger),
    Routine { name: String, kind: Kind },
    Table(String),
    Sequence(String),
}

pub struct Trigger {
    pub name: String,
    pub table: String,
    /// `BEFORE INSERT`
    pub event: String,
    /// The one that runs before it.
    pub before: Option<String>,
    /// Where it is not who asks.
    pub definer: Option<String>,
}

impl Wanted {
    pub fn question(&self) -> String {
        match self {
            Wanted::View { name, .. } => format!("SHOW CREATE VIEW {}", quote(name)),
            Wanted::Trigger(it) => format!("SHOW CREATE TRIGGER {}", quote(&it.name)),
            Wanted::Routine { name, kind } => match kind {
                Kind::Procedure => format!("SHOW CREATE PROCEDURE {}", quote(name)),
                _ => format!("SHOW CREATE FUNCTION {}", quote(name)),
            },
            Wanted::Table(name) => format!("SHOW CREATE TABLE {}", quote(name)),
            Wanted::Sequence(name) => sequences::question(name),
        }
    }

    fn name(&self) -> &str {
        match self {
            Wanted::Trigger(it) => &it.name,
            Wanted::View { name, .. }
            | Wanted::Routine { name, .. }
            | Wanted::Table(name)
            | Wanted::Sequence(name) => name,
        }
    }
}

pub fn take(
    wanted: &Wanted,
    mut row: Row,
    about: &About,
    seen: &mut Seen,
    catalog: &mut Catalog,
) -> Result<()> {
    match wanted {
        Wanted::Sequence(name) => {
            catalog.sequences.push(sequences::sequence(name, &mut row));
            return Ok(());
        }
        Wanted::Table(name) => {
            let text = row.text(1);
            return match seen.halves.get_mut(name) {
                Some(half) => shown::complete(half, &text, about),
                None => Ok(()),
            };
        }
        _ => {}
    }
    // Of what only its name may be seen.
    let place = match wanted {
        Wanted::View { .. } => 1,
        _ => 2,
    };
    let text = row.maybe(place).ok_or_else(|| unread(wanted.name()))?;
    match wanted {
        Wanted::View { name, options } => catalog.views.push(view(name, options, &text, about)?),
        Wanted::Trigger(it) => {
            let trigger = trigger(it, &text)?;
            if let Some(half) = seen.halves.get_mut(&it.table) {
                half.table.triggers.push(trigger);
            }
        }
        Wanted::Routine { name, kind } => catalog.routines.push(Routine {
            name: Name::new(name),
            arguments: String::new(),
            kind: *kind,
            definition: read::without_definer(&text, Some(&about.user)),
            comment: None,
        }),
        _ => {}
    }
    Ok(())
}

fn unread(name: &str) -> Error {
    Error::new(
        Code::StatementFailed,
        format!("the text of {name} is not shown to this user"),
    )
    .help("grant it what shows the texts of routines: SHOW_ROUTINE on MySQL, SELECT ON mysql.proc on MariaDB")
}

fn view(name: &str, told: &Options, text: &str, about: &About) -> Result<View> {
    let found = read::view(text).ok_or_else(|| unread(name))?;
    let mut options = told.clone();
    if found.algorithm != "UNDEFINED" {
        options.insert("algorithm".into(), found.algorithm.to_ascii_lowercase());
    }
    Ok(View {
        name: Name::new(name),
        definition: spelled::query(found.query, &about.name),
        columns: found
            .columns
            .into_iter()
            .map(|name| Attribute {
                name,
                data_type: String::new(),
            })
            .collect(),
        options,
        ..View::default()
    })
}

fn trigger(it: &Trigger, text: &str) -> Result<catalog::Trigger> {
    let body = read::trigger_body(text).ok_or_else(|| unread(&it.name))?;
    let definer = it.definer.as_deref().map(read::definer).unwrap_or_default();
    let (name, table, event) = (quote(&it.name), quote(&it.table), &it.event);
    let follows = match &it.before {
        Some(before) => format!("FOLLOWS {} ", quote(before)),
        None => String::new(),
    };
    Ok(catalog::Trigger {
        name: it.name.clone(),
        definition: format!(
            "CREATE {definer}TRIGGER {name} {event} ON {table} FOR EACH ROW {follows}{body}"
        ),
        ..catalog::Trigger::default()
    })
}
