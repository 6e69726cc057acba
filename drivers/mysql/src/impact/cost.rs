//! How a server of this version makes a change: whether it touches the rows, and who has to wait. The
//! facts are those of the manuals, asked of real servers by `tests/impact.rs`; where they are not
//! sure, the dearer way is told.

use super::kind::{Shape, shape};
use crate::collation::{charset, widest};
use crate::dialect::{Family, MySql};
use crate::render::column::own_check;
use crate::types::{is_text, name_of, sizes_of};
use crate::words::quote;
use initium_driver::catalog::Storage;
use initium_driver::change::{Blocks, Change, Edit, Lock, Work};
use initium_driver::{Column, Table};

/// How it is made, the cheapest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The catalog alone changes.
    #[default]
    Instant,
    Inplace,
    Copy,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub way: Way,
    pub blocks: Blocks,
    pub work: Work,
}

pub const INSTANT: Cost = cost(Way::Instant, Blocks::Nothing, Work::None);
pub const INPLACE: Cost = cost(Way::Inplace, Blocks::Nothing, Work::None);
pub const BUILD: Cost = cost(Way::Inplace, Blocks::Nothing, Work::Build);
pub const REBUILD: Cost = cost(Way::Inplace, Blocks::Nothing, Work::Rewrite);
pub const COPY: Cost = cost(Way::Copy, Blocks::Writes, Work::Rewrite);

const fn cost(way: Way, blocks: Blocks, work: Work) -> Cost {
    Cost { way, blocks, work }
}

impl Cost {
    pub fn and(self, other: Cost) -> Cost {
        Cost {
            way: self.way.max(other.way),
            blocks: self.blocks.max(other.blocks),
            work: self.work.max(other.work),
        }
    }

    pub fn blocking(self) -> Cost {
        Cost {
            blocks: Blocks::Writes,
            ..self
        }
    }

    /// In the server's words.
    pub fn lock(self) -> Lock {
        let name = match (self.way, self.blocks) {
            (Way::Instant, _) => "exclusive metadata lock",
            (_, Blocks::Nothing) => "LOCK=NONE",
            _ => "LOCK=SHARED",
        };
        Lock {
            blocks: self.blocks,
            name,
        }
    }
}

fn same_but_default(from: &Column, to: &Column) -> bool {
    let same = Column {
        default: from.default.clone(),
        renamed_from: from.renamed_from.clone(),
        ..to.clone()
    };
    same == *from && from.default != to.default
}

/// How a column is collated, whoever said it; nothing where only the database says it and was not asked.
fn collated<'a>(column: &'a Column, table: &'a Table, dialect: &'a MySql) -> &'a str {
    let own = column.collation.as_ref();
    let own = own.or(table.options.get("collation"));
    own.or(dialect.collation.as_ref())
        .map_or("", String::as_str)
}

/// A table whose parts change, before and after, and the server.
pub struct Scene<'a> {
    pub from: &'a Table,
    pub to: &'a Table,
    pub dialect: &'a MySql,
    /// The key goes and another one comes, together.
    pub key_changes: bool,
}

impl Scene<'_> {
    pub fn is_mysql(&self) -> bool {
        self.dialect.family() == Family::MySql
    }

    fn mysql_before(&self, version: [u32; 3]) -> bool {
        self.is_mysql() && self.dialect.version < version
    }

    pub fn has(&self, method: &str) -> bool {
        let mut indexes = self.from.indexes.iter();
        indexes.any(|it| it.method.as_deref() == Some(method))
    }

    /// Of a table that keeps its rows elsewhere than in InnoDB.
    pub fn is_foreign(&self) -> bool {
        self.from.options.contains_key("engine")
    }

    fn is_compressed(&self) -> bool {
        let options = &self.from.options;
        options
            .get("row_format")
            .is_some_and(|it| it == "COMPRESSED")
            || options.contains_key("key_block_size")
    }

    /// The whole table anew, with what its indexes ask for.
    pub fn rebuild(&self) -> Cost {
        match () {
            () if self.is_foreign() => COPY,
            () if self.has("fulltext") && self.is_mysql() => COPY,
            () if self.has("fulltext") || self.has("spatial") => REBUILD.blocking(),
            () => REBUILD,
        }
    }

    /// MariaDB knows how to do at once what MySQL does in place.
    pub fn cheap(&self) -> Cost {
        match self.is_mysql() {
            true => INPLACE,
            false => INSTANT,
        }
    }

    pub fn cost(&self, change: &Change) -> Cost {
        match change {
            Change::Column(of) => match &of.edit {
                Edit::Add(it) => self.add(it),
                Edit::Drop(it) => self.drop(it),
                Edit::Alter { from, to } => self.column(from, to),
            },
            Change::PrimaryKey(of) => match &of.edit {
                _ if self.key_changes => self.rebuild(),
                Edit::Drop(_) => COPY,
                _ => self.rebuild(),
            },
            Change::Index(of) => match &of.edit {
                Edit::Add(it) => self.index(it),
                Edit::Drop(_) if self.is_foreign() => COPY,
                Edit::Drop(_) => INPLACE,
                Edit::Alter { from, to } if from.comment != to.comment => self.index(to),
                Edit::Alter { .. } => self.cheap(),
            },
            Change::ForeignKey(of) => match &of.edit {
                Edit::Drop(_) => self.cheap(),
                _ => COPY,
            },
            Change::Check(of) => self.check(&of.edit),
            Change::Table(Edit::Alter { from, to }) => self.table(from, to),
            _ => INSTANT,
        }
    }

    fn add(&self, column: &Column) -> Cost {
        let stored = column.generated.as_ref().map(|it| it.storage);
        if self.is_foreign() || stored == Some(Storage::Stored) {
            return COPY;
        }
        if column.identity.is_some() {
            return REBUILD.blocking();
        }
        if stored == Some(Storage::Virtual) {
            let parted = self.from.partition_by.is_some();
            return match parted && (!self.is_mysql() || self.mysql_before([9, 0, 0])) {
                true => COPY,
                false => INSTANT,
            };
        }
        let default = column.default.as_deref().unwrap_or("NULL");
        let is_value =
            crate::defaults::is_literal(default) || crate::spelled::moment(default).is_some();
        if !is_value || own_check(column, self.to, self.dialect).is_some() {
            return COPY;
        }
        let is_last = self
            .to
            .columns
            .last()
            .is_none_or(|it| it.name == column.name);
        if self.is_compressed() || self.has("fulltext") || self.mysql_before([8, 0, 29]) && !is_last
        {
            return self.rebuild();
        }
        INSTANT
    }

    fn drop(&self, column: &Column) -> Cost {
        if self.is_foreign() {
            return COPY;
        }
        let is_virtual = column
            .generated
            .as_ref()
            .is_some_and(|it| it.storage == Storage::Virtual);
        match is_virtual {
            true if self.from.partition_by.is_some() => COPY,
            true => INSTANT,
            false if self.is_compressed() || self.has("fulltext") => self.rebuild(),
            false if self.mysql_before([8, 0, 29]) => self.rebuild(),
            false => INSTANT,
        }
    }

    fn column(&self, from: &Column, to: &Column) -> Cost {
        let mut all = INSTANT;
        if from.name != to.name && self.mysql_before([8, 0, 28]) {
            all = all.and(INPLACE);
        }
        if self.is_checked_long() && !same_but_default(from, to) {
            all = all.and(COPY);
        }
        all = all.and(self.shape(from, to));
        if from.nullable != to.nullable {
            all = all.and(self.rebuild());
        }
        let was = from.identity.is_some();
        if was != to.identity.is_some() && (self.is_mysql() || !was) {
            all = all.and(COPY);
        }
        all = all.and(self.computed(from, to));
        if self.moves(from, to) {
            all = all.and(match self.is_mysql() {
                true => self.rebuild(),
                false if self.is_compressed() || self.has("fulltext") => self.rebuild(),
                false => INSTANT,
            });
        }
        all
    }

    /// MySQL copies a table for any column that is said anew, where a check of the table is about a text
    /// that is neither short nor just long (seen on 9.7).
    fn is_checked_long(&self) -> bool {
        const LONG: &[&str] = &[
            "tinytext",
            "mediumtext",
            "longtext",
            "tinyblob",
            "mediumblob",
            "longblob",
        ];
        let mut columns = self.from.columns.iter();
        self.is_mysql()
            && columns.any(|column| {
                let name = quote(&column.name);
                let mut checks = self.from.checks.iter();
                LONG.contains(&name_of(&column.data_type))
                    && checks.any(|check| check.expression.contains(&name))
            })
    }

    /// Whether it stands between others than before. Where nothing else changes it does: else it would
    /// be no change.
    fn moves(&self, from: &Column, to: &Column) -> bool {
        let bare = |it: &Column| Column {
            renamed_from: None,
            ..it.clone()
        };
        let before = |table: &Table, name: &str| -> Vec<String> {
            let before = table.columns.iter().take_while(|it| it.name != name);
            let names = before.map(|it| it.name.clone());
            let both = |name: &String| {
                [self.from, self.to]
                    .iter()
                    .all(|it| it.column(name).is_some())
            };
            let mut names: Vec<_> = names.filter(both).collect();
            names.sort_unstable();
            names
        };
        bare(from) == bare(to) || before(self.from, &from.name) != before(self.to, &to.name)
    }

    /// Of a column whose value is computed, now or before.
    fn computed(&self, from: &Column, to: &Column) -> Cost {
        match (&from.generated, &to.generated) {
            (None, None) => INSTANT,
            (Some(one), Some(other)) if one == other => INSTANT,
            (Some(one), Some(other)) => {
                let both = [one, other].iter().all(|it| it.storage == Storage::Virtual);
                match both && !self.is_mysql() {
                    true => INSTANT,
                    false => COPY,
                }
            }
            _ => COPY,
        }
    }

    /// The type and the collation.
    fn shape(&self, from: &Column, to: &Column) -> Cost {
        let collation = self.collation(from, to);
        if from.data_type == to.data_type && collation == INSTANT {
            return INSTANT;
        }
        if self.is_foreign() || from.generated.is_some() || to.generated.is_some() {
            return COPY;
        }
        let by_type = match shape(&from.data_type, &to.data_type) {
            Shape::Same | Shape::Shown | Shape::Appended => INSTANT,
            Shape::Longer if self.fits(from, to) => self.cheap(),
            _ => COPY,
        };
        by_type.and(collation)
    }

    pub fn collated_before<'b>(&'b self, column: &'b Column) -> &'b str {
        collated(column, self.from, self.dialect)
    }

    pub fn collated_after<'b>(&'b self, column: &'b Column) -> &'b str {
        collated(column, self.to, self.dialect)
    }

    fn collation(&self, from: &Column, to: &Column) -> Cost {
        if !is_text(&from.data_type) || !is_text(&to.data_type) {
            return INSTANT;
        }
        let (one, other) = (self.collated_before(from), self.collated_after(to));
        if one == other {
            return INSTANT;
        }
        let (before, after) = (charset(one), charset(other));
        let grows = before == "utf8mb3" && after == "utf8mb4";
        let is_plain = name_of(&from.data_type) == "varchar";
        let is_indexed = |table: &Table, name: &str| {
            let keys = table.primary_key.iter().map(|it| &it.parts);
            let mut all = keys.chain(table.indexes.iter().map(|it| &it.parts));
            all.any(|parts| parts.iter().any(|part| part.name() == Some(name)))
        };
        match is_indexed(self.from, &from.name) || is_indexed(self.to, &to.name) {
            true => COPY,
            false if is_plain && (before == after || grows && self.fits(from, to)) => self.cheap(),
            false => COPY,
        }
    }

    /// Whether the length of a value is still said in as many bytes.
    fn fits(&self, from: &Column, to: &Column) -> bool {
        let bytes = |column: &Column, table: &Table| {
            let wide = match is_text(&column.data_type) {
                true => widest(charset(collated(column, table, self.dialect))),
                false => 1,
            };
            sizes_of(&column.data_type)
                .first()
                .map_or(0, |size| size * wide)
        };
        let (one, other) = (bytes(from, self.from), bytes(to, self.to));
        (one > 255) == (other > 255) && !self.has("fulltext")
    }
}
