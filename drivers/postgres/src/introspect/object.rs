//! Schemas and extensions.

use super::row::Row;
use super::{Asked, Found, NAME, described, ours};
use initium_driver::catalog::{Extension, Schema};

/// Every database has `public` by itself.
pub fn schemas(asked: &Asked) -> String {
    format!(
        "SELECT n.nspname, d.description FROM pg_catalog.pg_namespace n {} WHERE {} AND {} \
         AND n.nspname <> 'public' AND n.nspname IS DISTINCT FROM pg_catalog.current_schema()",
        described("pg_namespace", "n.oid", "0", "d"),
        asked.schemas(),
        ours("pg_namespace", "n")
    )
}

pub fn schema(found: &mut Found, row: &Row, _: &Asked) {
    found.catalog.schemas.push(Schema {
        name: row.text(0),
        comment: row.maybe(1),
    });
}

/// Every database has `plpgsql` by itself.
pub fn extensions(_: &Asked) -> String {
    format!(
        "SELECT x.extname, {NAME}, x.extversion FROM pg_catalog.pg_extension x \
         JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql'"
    )
}

pub fn extension(found: &mut Found, row: &Row, _: &Asked) {
    found.catalog.extensions.push(Extension {
        name: row.text(0),
        schema: row.maybe(1),
        version: row.maybe(2),
    });
}
