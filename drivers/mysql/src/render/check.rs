//! Checks of a table that stands. MariaDB keeps some with their column.

use super::alter::Alter;
use super::clause::Kind;
use super::column::definition;
use super::part;
use crate::dialect::Family;
use crate::words::quote;
use initium_driver::catalog::Check;
use initium_driver::change::{Change, Edit};
use initium_driver::{Column, Table};

impl Alter<'_> {
    pub fn check(&mut self, n: usize, edit: &Edit<Check>) {
        // MariaDB: one that stands with its column comes and goes with the column's definition.
        let of_column = |check: &Check, table: &Table| {
            self.dialect.family() == Family::MariaDb && table.column(&check.name).is_some()
        };
        if let Some(check) = edit.from().or(edit.to())
            && (of_column(check, self.from) || of_column(check, self.to))
            && let Some(column) = self.column_now(&check.name).cloned()
        {
            return self.own_check(n, &column);
        }
        match edit {
            Edit::Alter { from, to }
                if from.name == to.name && from.expression == to.expression =>
            {
                let word = match to.not_enforced {
                    true => "NOT ENFORCED",
                    false => "ENFORCED",
                };
                self.add(
                    n,
                    format!("ALTER CHECK {} {word}", quote(&to.name)),
                    Kind::Rest,
                );
            }
            edit => {
                if let Some(check) = edit.from() {
                    let gone = (self.from.column(&check.name).is_some()
                        && self.dialect.family() == Family::MariaDb)
                        .then_some(());
                    // With its column.
                    if gone.is_none() {
                        let name = quote(&self.check_now(&check.name));
                        self.add(n, format!("DROP CONSTRAINT {name}"), Kind::CheckGone);
                    }
                }
                if let Some(check) = edit.to() {
                    self.add(n, format!("ADD {}", part::check(check)), Kind::CheckComes);
                }
            }
        }
    }

    /// The column that has this name, or had it.
    fn column_now(&self, name: &str) -> Option<&Column> {
        let renamed = self.changes.list.iter().find_map(|change| match change {
            Change::Column(of) if of.table == self.to.name => match &of.edit {
                Edit::Alter { from, to } if from.name == name => Some(to.name.as_str()),
                _ => None,
            },
            _ => None,
        });
        self.to.column(renamed.unwrap_or(name))
    }

    fn own_check(&mut self, n: usize, column: &Column) {
        let kind = Kind::Column(column.name.clone());
        let told = self.clauses.iter_mut().find(|it| it.kind == kind);
        if let Some(clause) = told {
            clause.changes.push(n);
            return;
        }
        let sql = format!(
            "MODIFY COLUMN {}",
            definition(column, self.to, self.dialect)
        );
        self.add(n, sql, kind);
    }

    /// MySQL renames what begins with the table's name together with the table.
    pub fn check_now(&self, name: &str) -> String {
        let (old, new) = (&self.from.name.name, &self.to.name.name);
        match name.strip_prefix(&format!("{old}_chk_")) {
            Some(rest) if self.dialect.family() == Family::MySql => format!("{new}_chk_{rest}"),
            _ => name.into(),
        }
    }
}
