//! What stands behind REFERENCES.

use super::cursor::Cursor;
use initium_driver::catalog::{Action, Deferrable, ForeignKey};
use initium_driver::{Name, Result};

/// The other end as it is written; who knows the other table completes it.
pub fn foreign_key(cursor: &mut Cursor, name: String, columns: Vec<String>) -> Result<ForeignKey> {
    let mut key = ForeignKey {
        name,
        columns,
        references: Name::new(cursor.name()?),
        ..ForeignKey::default()
    };
    if cursor.peek(0) == "(" {
        let pieces = cursor.parens()?.pieces();
        let names = pieces.into_iter().map(|mut piece| piece.name());
        key.referenced = names.collect::<Result<_>>()?;
    }
    loop {
        if cursor.take("ON DELETE") {
            key.on_delete = action(cursor)?;
        } else if cursor.take("ON UPDATE") {
            key.on_update = action(cursor)?;
        } else if cursor.take("ON INSERT") {
            // It is read and does nothing.
            action(cursor)?;
        } else if cursor.take("MATCH") {
            // So is this one: every reference is checked as MATCH SIMPLE.
            cursor.name()?;
        } else if let Some(waits) = waits(cursor)? {
            key.deferrable = waits.until;
        } else {
            return Ok(key);
        }
    }
}

/// Whether the key read last waits for the end of a transaction. SQLite takes the words anywhere among
/// the constraints of a column.
pub struct Waits {
    pub until: Option<Deferrable>,
}

pub fn waits(cursor: &mut Cursor) -> Result<Option<Waits>> {
    if cursor.take("NOT DEFERRABLE") {
        initially(cursor)?;
        return Ok(Some(Waits { until: None }));
    }
    if cursor.take("DEFERRABLE") {
        let until = Some(initially(cursor)?);
        return Ok(Some(Waits { until }));
    }
    Ok(None)
}

fn initially(cursor: &mut Cursor) -> Result<Deferrable> {
    if cursor.take("INITIALLY DEFERRED") {
        return Ok(Deferrable::Deferred);
    }
    if cursor.take("INITIALLY") {
        cursor.demand("IMMEDIATE")?;
    }
    Ok(Deferrable::Immediate)
}

fn action(cursor: &mut Cursor) -> Result<Action> {
    for action in [
        Action::NoAction,
        Action::Restrict,
        Action::Cascade,
        Action::SetNull,
        Action::SetDefault,
    ] {
        if cursor.take(action.words()) {
            return Ok(action);
        }
    }
    Err(cursor.lost())
}
