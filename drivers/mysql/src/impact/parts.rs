//! How a server makes changes of indexes, checks, and of what is said of a table as a whole.

use super::cost::{BUILD, COPY, Cost, INPLACE, INSTANT, REBUILD, Scene};
use initium_driver::catalog::{Check, Of};
use initium_driver::change::Edit;
use initium_driver::{Index, Table};

impl Scene<'_> {
    pub fn index(&self, index: &Index) -> Cost {
        let is_computed = index
            .parts
            .iter()
            .any(|it| matches!(it.of, Of::Expression(_)));
        match index.method.as_deref() {
            _ if self.is_foreign() => COPY,
            // The first of them gives the table a hidden column.
            Some("fulltext") if !self.has("fulltext") => REBUILD.blocking(),
            Some("fulltext" | "spatial" | "vector") => BUILD.blocking(),
            _ if is_computed => BUILD.blocking(),
            _ => BUILD,
        }
    }

    pub fn check(&self, edit: &Edit<Check>) -> Cost {
        let is_own = |check: &Check| {
            !self.is_mysql() && self.to.columns.iter().any(|it| it.name == check.name)
        };
        match edit {
            Edit::Drop(_) => INSTANT,
            Edit::Add(it) | Edit::Alter { to: it, .. } if it.not_enforced => INSTANT,
            // MariaDB does not ask the rows that stand there, then.
            Edit::Add(it) if is_own(it) => INSTANT,
            _ => COPY,
        }
    }

    pub fn table(&self, from: &Table, to: &Table) -> Cost {
        let mut all = INSTANT;
        let names = from.options.keys().chain(to.options.keys());
        for name in names.filter(|name| from.options.get(*name) != to.options.get(*name)) {
            all = all.and(match name.as_str() {
                "engine" | "collation" | "system_versioning" | "period" => COPY,
                name if name.starts_with("stats_") => self.cheap(),
                "row_format" | "key_block_size" => self.rebuild(),
                _ => COPY,
            });
        }
        if from.comment != to.comment {
            all = all.and(self.cheap());
        }
        if from.partition_by != to.partition_by {
            let adds = from.partition_by.as_deref().zip(to.partition_by.as_deref());
            let adds =
                adds.is_some_and(|(from, to)| crate::render::table::appended(from, to).is_some());
            all = all.and(match adds {
                true => INPLACE,
                false => COPY,
            });
        }
        all
    }
}
