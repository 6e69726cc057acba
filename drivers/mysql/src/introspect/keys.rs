//! Foreign keys: their columns and their actions are told apart.

use super::{About, Row, Seen};
use initium_driver::Name;
use initium_driver::catalog::{Action, ForeignKey};

pub fn question(about: &About) -> String {
    format!(
        "SELECT table_name, constraint_name, column_name, referenced_table_schema, \
         referenced_table_name, referenced_column_name FROM information_schema.key_column_usage \
         WHERE {} AND referenced_table_name IS NOT NULL \
         ORDER BY table_name, constraint_name, ordinal_position",
        about.tables()
    )
}

pub fn row(mut row: Row, about: &About, seen: &mut Seen) {
    let Some(half) = seen.halves.get_mut(&row.text(0)) else {
        return;
    };
    let keys = &mut half.table.foreign_keys;
    let name = row.text(1);
    if keys.last().is_none_or(|key| key.name != name) {
        let schema = row.maybe(3).filter(|schema| *schema != about.name);
        keys.push(ForeignKey {
            name,
            references: Name {
                schema,
                name: row.text(4),
            },
            ..ForeignKey::default()
        });
    }
    if let Some(key) = keys.last_mut() {
        key.columns.push(row.text(2));
        key.referenced.push(row.text(5));
    }
}

pub fn actions(about: &About) -> String {
    format!(
        "SELECT table_name, constraint_name, delete_rule, update_rule \
         FROM information_schema.referential_constraints WHERE constraint_schema = {}",
        about.database
    )
}

pub fn action_row(mut row: Row, _: &About, seen: &mut Seen) {
    let (table, name) = (row.text(0), row.text(1));
    let half = seen.halves.get_mut(&table);
    let keys = half.map(|half| &mut half.table.foreign_keys);
    let key = keys.and_then(|keys| keys.iter_mut().find(|key| key.name == name));
    if let Some(key) = key {
        key.on_delete = action(&row.text(2));
        key.on_update = action(&row.text(3));
    }
}

/// RESTRICT and NO ACTION are one here.
fn action(rule: &str) -> Action {
    match rule {
        "CASCADE" => Action::Cascade,
        "SET NULL" => Action::SetNull,
        "SET DEFAULT" => Action::SetDefault,
        _ => Action::NoAction,
    }
}
