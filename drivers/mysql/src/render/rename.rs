//! What has to be said anew where a column gets another name.

use super::alter::Alter;
use super::clause::Kind;
use super::column::definition;
use super::part;
use crate::impact::cost::{COPY, INSTANT};
use crate::spelled::signs;
use crate::words::quote;
use initium_driver::catalog::Of as Is;
use initium_driver::change::{Change, Edit};
use initium_driver::{Column, Index};
use std::ops::Range;

impl Alter<'_> {
    /// MySQL renames no column that an expression of the table uses: such expressions are said anew in
    /// the same statement.
    pub fn follow(&mut self, edits: &[&Edit<Box<Column>>], range: Range<usize>) {
        let list = self.changes.list;
        let renamed: Vec<(usize, &str)> = range
            .filter_map(|n| match &list[n] {
                Change::Column(of) => match &of.edit {
                    Edit::Alter { from, to } if from.name != to.name => {
                        Some((n, from.name.as_str()))
                    }
                    _ => None,
                },
                _ => None,
            })
            .collect();
        let uses = |text: &str| {
            let word = |name: &str| {
                signs(text)
                    .iter()
                    // A server quotes each name, people do not.
                    .any(|it| {
                        let said = &text[it.range.clone()];
                        said == quote(name) || said.eq_ignore_ascii_case(name)
                    })
            };
            renamed.iter().find(|(_, name)| word(name)).map(|(n, _)| *n)
        };
        if renamed.is_empty() {
            return;
        }
        let before = self.clauses.len();
        let (from, to) = (self.from, self.to);
        let told: Vec<_> = list
            .iter()
            .filter_map(|change| match change {
                Change::Check(of) if of.table == to.name => of.edit.from().map(|it| &it.name),
                _ => None,
            })
            .collect();
        for check in from.checks.iter().filter(|it| !told.contains(&&it.name)) {
            let now = self.check_now(&check.name);
            let new = to.checks.iter().find(|it| it.name == now);
            if let (Some(n), Some(new)) = (uses(&check.expression), new) {
                let cost = match new.not_enforced {
                    true => INSTANT,
                    false => COPY,
                };
                self.push(
                    n,
                    format!("DROP CONSTRAINT {}", quote(&now)),
                    Kind::Rest,
                    cost,
                );
                self.push(n, format!("ADD {}", part::check(new)), Kind::Rest, cost);
            }
        }
        for column in &from.columns {
            let Some(generated) = &column.generated else {
                continue;
            };
            let is_told = edits
                .iter()
                .any(|it| it.from().is_some_and(|it| it.name == column.name));
            if let (Some(n), false, Some(new)) = (
                uses(&generated.expression),
                is_told,
                to.column(&column.name),
            ) {
                let full = definition(new, to, self.dialect);
                let kind = Kind::Column(new.name.clone());
                self.push(n, format!("MODIFY COLUMN {full}"), kind, COPY);
            }
        }
        let texts = |index: &Index| {
            index.parts.iter().find_map(|part| match &part.of {
                Is::Expression(text) => uses(text),
                Is::Column(_) => None,
            })
        };
        let again: Vec<_> = from
            .indexes
            .iter()
            .filter_map(|it| Some((texts(it)?, it.name.clone())))
            .collect();
        for (n, name) in again {
            self.index_again(n, |it| it.name == name);
        }
        if let (Some(old), Some(new)) = (&from.partition_by, &to.partition_by)
            && let Some(n) = uses(old)
        {
            self.partitioning = Some((format!("PARTITION BY {new}"), n));
            self.whole = true;
        }
        // It has to be the same statement.
        self.whole |= self.clauses.len() > before;
    }
}
