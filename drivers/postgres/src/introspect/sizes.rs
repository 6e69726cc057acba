//! How many rows the tables have, by what the server knows without looking. Never counts.

use super::{Asked, NAME, ours};
use crate::session::Link;
use initium_driver::catalog::{Name, Sizes};
use initium_driver::error::Result;

/// What was never analysed says so, and then what was written since the server started is more.
const ROWS: &str =
    "greatest(l.reltuples::pg_catalog.int8, pg_catalog.pg_stat_get_live_tuples(l.oid), 0)";

pub fn sizes(link: &mut Link, asked: &Asked) -> Result<Sizes> {
    let message = format!(
        "SELECT {NAME}, c.relname, CASE WHEN c.relkind = 'p' THEN (SELECT coalesce(sum({ROWS}), 0) \
         FROM pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class l ON l.oid = t.relid WHERE t.isleaf) \
         ELSE (SELECT {ROWS} FROM pg_catalog.pg_class l WHERE l.oid = c.oid) END \
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'm') AND {} AND {}",
        asked.schemas(),
        ours("pg_class", "c")
    );
    let mut sizes = Sizes::new();
    let read = link.wire.each(&message, &mut |_, row| {
        let cell = |at: usize| row.try_get(at).ok().flatten();
        let (Some(name), Some(rows)) = (cell(1), cell(2).and_then(|text| text.parse().ok())) else {
            return;
        };
        if !asked.leave_out.iter().any(|other| other == name) {
            let schema = cell(0).map(String::from);
            sizes.insert(
                Name {
                    schema,
                    name: name.into(),
                },
                rows,
            );
        }
    });
    read.map_err(|trouble| trouble.into_error())?;
    Ok(sizes)
}
