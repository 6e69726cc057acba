//! Whether two objects are the same but for their names. Texts that are SQL are compared by what they
//! mean, as far as the dialect knows.

use super::mention::Words;
use initium_driver::catalog::{
    Check, Column, Exclusion, ForeignKey, Generated, Index, Key, Of, Part, Trigger, View,
};
use initium_driver::ddl::Ddl;
use initium_driver::sql::expression::Within;

/// How two objects of one table are compared: what its columns and the tables are called now.
pub struct Alike<'a> {
    pub ddl: &'a dyn Ddl,
    /// Old words to new ones, for whatever is called otherwise now.
    pub columns: Words<'a>,
    pub all: Words<'a>,
    /// What the columns are now.
    pub table: &'a [Column],
}

impl Alike<'_> {
    pub fn text(&self, one: &str, other: &str) -> bool {
        self.becoming(None, one, other)
    }

    /// The value of which a column of this type gets.
    fn becoming(&self, becomes: Option<&str>, one: &str, other: &str) -> bool {
        let within = Within {
            columns: self.table,
            becomes,
        };
        one == other || self.ddl.same_in(&self.all.renamed(one), other, &within)
    }

    fn maybe(&self, becomes: Option<&str>, one: &Option<String>, other: &Option<String>) -> bool {
        match (one, other) {
            (None, None) => true,
            (Some(one), Some(other)) => self.becoming(becomes, one, other),
            _ => false,
        }
    }

    fn names(&self, one: &[String], other: &[String]) -> bool {
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| self.columns.name(one) == other)
    }

    fn part(&self, one: &Part, other: &Part) -> bool {
        let same = match (&one.of, &other.of) {
            (Of::Column(one), Of::Column(other)) => self.columns.name(one) == other,
            (Of::Expression(one), Of::Expression(other)) => self.text(one, other),
            _ => false,
        };
        same && one.sort == other.sort
            && one.nulls == other.nulls
            && one.length == other.length
            && one.collation == other.collation
            && one.class == other.class
    }

    fn parts(&self, one: &[Part], other: &[Part]) -> bool {
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| self.part(one, other))
    }

    /// But for the name.
    pub fn column(&self, one: &Column, other: &Column) -> bool {
        let of = Some(other.data_type.as_str());
        let generated = match (&one.generated, &other.generated) {
            (None, None) => true,
            (Some(one), Some(other)) => {
                let Generated {
                    expression,
                    storage,
                } = other;
                one.storage == *storage && self.becoming(of, &one.expression, expression)
            }
            _ => false,
        };
        generated
            && one.data_type == other.data_type
            && one.nullable == other.nullable
            && one.not_null == other.not_null
            && self.maybe(of, &one.default, &other.default)
            && one.identity == other.identity
            && one.charset == other.charset
            && one.collation == other.collation
            && self.maybe(of, &one.on_update, &other.on_update)
            && one.on_conflict == other.on_conflict
            && one.invisible == other.invisible
            && one.comment == other.comment
    }

    pub fn key(&self, one: &Key, other: &Key) -> bool {
        self.parts(&one.parts, &other.parts)
            && self.names(&one.include, &other.include)
            && one.nulls_not_distinct == other.nulls_not_distinct
            && one.deferrable == other.deferrable
            && one.on_conflict == other.on_conflict
            && one.comment == other.comment
    }

    /// `there`: what the columns of the other table are called now.
    pub fn foreign_key(&self, one: &ForeignKey, other: &ForeignKey, there: &Alike) -> bool {
        self.names(&one.columns, &other.columns)
            && self.all.table(&one.references) == other.references
            && there.names(&one.referenced, &other.referenced)
            && one.on_delete == other.on_delete
            && one.on_update == other.on_update
            && one.match_full == other.match_full
            && one.deferrable == other.deferrable
            && one.not_valid == other.not_valid
            && one.not_enforced == other.not_enforced
            && one.comment == other.comment
    }

    pub fn check(&self, one: &Check, other: &Check) -> bool {
        self.text(&one.expression, &other.expression)
            && one.no_inherit == other.no_inherit
            && one.not_valid == other.not_valid
            && one.not_enforced == other.not_enforced
            && one.comment == other.comment
    }

    pub fn exclusion(&self, one: &Exclusion, other: &Exclusion) -> bool {
        self.text(&one.definition, &other.definition) && one.comment == other.comment
    }

    pub fn index(&self, one: &Index, other: &Index) -> bool {
        self.parts(&one.parts, &other.parts)
            && one.unique == other.unique
            && one.method == other.method
            && self.names(&one.include, &other.include)
            && self.maybe(None, &one.predicate, &other.predicate)
            && one.nulls_not_distinct == other.nulls_not_distinct
            && one.invisible == other.invisible
            && one.invalid == other.invalid
            && one.options == other.options
            && one.comment == other.comment
    }

    pub fn trigger(&self, one: &Trigger, other: &Trigger) -> bool {
        self.text(&one.definition, &other.definition)
            && one.disabled == other.disabled
            && one.comment == other.comment
    }

    /// But for its indexes and triggers.
    pub fn view(&self, one: &View, other: &View) -> bool {
        let columns =
            one.columns.is_empty() || other.columns.is_empty() || one.columns == other.columns;
        columns
            && self.text(&one.definition, &other.definition)
            && one.materialized == other.materialized
            && one.options == other.options
            && one.comment == other.comment
            && one.column_comments == other.column_comments
    }
}
