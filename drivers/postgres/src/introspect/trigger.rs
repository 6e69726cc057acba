//! Triggers of tables and views; a partition's copy of its parent's is the parent's.

use super::row::Row;
use super::{Asked, Found, described};
use initium_driver::catalog::Trigger;

pub fn triggers(asked: &Asked) -> String {
    format!(
        "SELECT g.tgrelid, g.tgname, pg_catalog.pg_get_triggerdef(g.oid, true), g.tgenabled = 'D', d.description \
         FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace {} \
         WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND {}",
        described("pg_trigger", "g.oid", "0", "d"),
        asked.schemas()
    )
}

pub fn one(found: &mut Found, row: &Row, _: &Asked) {
    let id = row.id(0);
    let triggers = match found.tables.contains_key(&id) {
        true => found.table(id).map(|table| &mut table.triggers),
        false => found.view(id).map(|view| &mut view.triggers),
    };
    if let Some(triggers) = triggers {
        triggers.push(Trigger {
            name: row.text(1),
            definition: row.text(2),
            disabled: row.flag(3),
            comment: row.maybe(4),
        });
    }
}
