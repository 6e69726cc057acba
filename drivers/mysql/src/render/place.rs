//! Where columns go. A clause says it only where the column would not come to stand there by itself.

use crate::words::quote;
use initium_driver::change::Edit;
use initium_driver::{Column, Table};

/// The columns as they stand while the clauses are made, by their new names.
pub struct Places {
    now: Vec<String>,
}

impl Places {
    /// As they are, under their new names; without those that go, and those that only move.
    pub fn new(from: &Table, edits: &[&Edit<Box<Column>>]) -> Places {
        let now = from.columns.iter().filter_map(|column| {
            let edit = edits
                .iter()
                .find(|edit| edit.from().is_some_and(|it| it.name == column.name));
            match edit {
                Some(Edit::Drop(_)) => None,
                Some(Edit::Alter { from, to }) if from == to => None,
                Some(Edit::Alter { to, .. }) => Some(to.name.clone()),
                _ => Some(column.name.clone()),
            }
        });
        Places { now: now.collect() }
    }

    /// Puts a column where the table has it; the words for it, if it needs some.
    pub fn put(&mut self, edit: &Edit<Box<Column>>, to: &Table) -> Option<String> {
        let column = edit.to()?.name.as_str();
        let at = to.columns.iter().position(|it| it.name == column)?;
        // The nearest before it that is there: what comes later is put by itself.
        let before = to.columns[..at]
            .iter()
            .rev()
            .map(|it| it.name.as_str())
            .find(|name| self.now.iter().any(|it| it == name));
        let wanted = match before {
            Some(name) => self.now.iter().position(|it| it == name)? + 1,
            None => 0,
        };
        let words = match before {
            Some(name) => format!("AFTER {}", quote(name)),
            None => "FIRST".into(),
        };
        match self.now.iter().position(|it| it == column) {
            Some(now) if now == wanted => None,
            Some(now) => {
                self.now.remove(now);
                let wanted = wanted - usize::from(now < wanted);
                self.now.insert(wanted, column.into());
                Some(words)
            }
            None => {
                self.now.insert(wanted, column.into());
                let is_last = wanted + 1 == self.now.len();
                let comes_last = is_last && matches!(edit, Edit::Add(_));
                (!comes_last).then_some(words)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[&str]) -> Table {
        let column = |name: &&str| Column {
            name: (*name).into(),
            ..Column::default()
        };
        Table {
            columns: columns.iter().map(column).collect(),
            ..Table::default()
        }
    }

    fn column(name: &str, data_type: &str) -> Box<Column> {
        Box::new(Column {
            name: name.into(),
            data_type: data_type.into(),
            ..Column::default()
        })
    }

    #[test]
    fn a_column_is_told_its_place_only_where_it_must_be() {
        let add = |name| Edit::Add(column(name, "int"));
        let change = |name| Edit::Alter {
            from: column(name, "int"),
            to: column(name, "text"),
        };
        let move_ = |name| Edit::Alter {
            from: column(name, "int"),
            to: column(name, "int"),
        };
        for (from, to, edits, told) in [
            (
                vec!["a", "b"],
                vec!["a", "b", "c"],
                vec![add("c")],
                vec![None],
            ),
            (
                vec!["a", "b"],
                vec!["c", "a", "b"],
                vec![add("c")],
                vec![Some("FIRST")],
            ),
            (
                vec!["a", "b"],
                vec!["a", "x", "y", "b"],
                vec![add("x"), add("y")],
                vec![Some("AFTER `a`"), Some("AFTER `x`")],
            ),
            (
                vec!["a", "b"],
                vec!["a", "x", "b"],
                vec![add("x"), change("b")],
                vec![Some("AFTER `a`"), None],
            ),
            (
                vec!["m", "a", "b"],
                vec!["a", "b", "m"],
                vec![change("a"), move_("m")],
                vec![None, Some("AFTER `b`")],
            ),
            (
                vec!["a", "b", "c"],
                vec!["a", "c", "b"],
                vec![move_("c")],
                vec![Some("AFTER `a`")],
            ),
        ] {
            let all: Vec<_> = edits.iter().collect();
            let mut places = Places::new(&table(&from), &all);
            let to = table(&to);
            let found: Vec<_> = edits.iter().map(|edit| places.put(edit, &to)).collect();
            let told: Vec<_> = told.iter().map(|it| it.map(String::from)).collect();
            assert_eq!(found, told, "{from:?}");
        }
    }
}
