//! What is said of a table as a whole, when it changes.

use super::alter::{Alter, collation};
use super::clause::Kind;
use super::column::definition;
use super::table;
use crate::collation::{charset, widest};
use crate::types::{is_text, name_of};
use initium_driver::change::Change;
use initium_driver::{Code, Column, Error, Result, Table};

impl Alter<'_> {
    pub fn table(&mut self, n: usize) -> Result<()> {
        for clause in table::altered(self.from, self.to)? {
            self.add(n, clause, Kind::Rest);
        }
        if self.from.options.get("collation") != self.to.options.get("collation") {
            self.collate(n)?;
        }
        self.partitioning = table::partitioning(self.from, self.to).map(|sql| (sql, n));
        Ok(())
    }

    /// The table's collation, and with it that of the columns which have no other.
    fn collate(&mut self, n: usize) -> Result<()> {
        self.whole = true;
        let new = collation(self.to, self.dialect).ok_or_else(|| {
            Error::new(
                Code::NotSupported,
                format!(
                    "{}: its collation becomes the database's, which nobody told",
                    self.to.name
                ),
            )
            .help("ask a server, or say the collation")
        })?;
        let old = collation(self.from, self.dialect).map_or("", |it| charset(it));
        let texts = |table: &Table| -> Vec<Column> {
            let columns = table.columns.iter().filter(|it| is_text(&it.data_type));
            columns.cloned().collect()
        };
        let all = texts(self.to);
        let is_told = |column: &&Column| {
            self.changes.list.iter().any(|change| match change {
                Change::Column(of) => {
                    of.table == self.to.name
                        && of.edit.to().is_some_and(|it| it.name == column.name)
                }
                _ => false,
            })
        };
        let moved: Vec<_> = all
            .iter()
            .filter(|it| it.collation.is_none() && self.from.column(&it.name).is_some())
            .filter(|it| !is_told(it))
            .collect();
        // A text becomes a longer one there, if its characters may become longer.
        let grows = widest(charset(new)) > widest(old);
        let is_long = |it: &&Column| name_of(&it.data_type).ends_with("text");
        if !moved.is_empty()
            && moved.len() == all.len()
            && !(grows && all.iter().any(|it| is_long(&it)))
        {
            let set = charset(new);
            self.add(
                n,
                format!("CONVERT TO CHARACTER SET {set} COLLATE {new}"),
                Kind::Rest,
            );
            return Ok(());
        }
        let sql = format!("DEFAULT CHARSET={} COLLATE={new}", charset(new));
        let moved: Vec<_> = moved
            .iter()
            .map(|it| definition(it, self.to, self.dialect))
            .collect();
        self.add(n, sql, Kind::Rest);
        for told in moved {
            self.add(n, format!("MODIFY COLUMN {told}"), Kind::Rest);
        }
        Ok(())
    }
}
