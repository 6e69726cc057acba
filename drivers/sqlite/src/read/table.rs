//! The text of a table: `CREATE TABLE name (columns, constraints) options`, or a virtual one.

use super::column::column;
use super::cursor::{Cursor, telling};
use super::expression::{told, unwrapped};
use super::foreign::foreign_key;
use super::index::{conflict, part};
use crate::names;
use initium_driver::catalog::{Check, Conflict, ForeignKey, Identity, Key, Part, Serves, Sort};
use initium_driver::{Column, Name, Result, Table};

/// A table while it is read.
#[derive(Default)]
pub struct Drawn {
    pub names: Vec<String>,
    pub columns: Vec<Column>,
    pub primary: Option<Key>,
    /// Where it stands with its column: only there DESC keeps the column from being the row id.
    pub primary_in_column: bool,
    pub counts: bool,
    pub unique: Vec<Key>,
    pub foreign_keys: Vec<ForeignKey>,
    pub checks: Vec<Check>,
}

/// The whole table but for its indexes and triggers; keys that lead to other tables as they stand
/// there.
pub fn table(name: &str, sql: &str) -> Result<Table> {
    let tokens = telling(sql)?;
    let about = format!("table {name}");
    let mut cursor = Cursor {
        text: sql,
        tokens: &tokens,
        about: &about,
    };
    cursor.demand("CREATE")?;
    let mut table = Table {
        name: Name::new(name),
        ..Table::default()
    };
    if cursor.take("VIRTUAL TABLE") {
        head(&mut cursor)?;
        cursor.demand("USING")?;
        let text = cursor.rest();
        table.options.insert("virtual".into(), text.into());
        return Ok(table);
    }
    cursor.demand("TABLE")?;
    head(&mut cursor)?;
    let body = cursor.parens()?;
    options(&mut cursor, &mut table)?;
    let drawn = body_of(&body)?;
    drawn.finish(table)
}

/// `[IF NOT EXISTS] [schema.]name`
pub fn head(cursor: &mut Cursor) -> Result<String> {
    cursor.take("IF NOT EXISTS");
    let name = cursor.name()?;
    match cursor.take(".") {
        true => cursor.name(),
        false => Ok(name),
    }
}

fn options(cursor: &mut Cursor, table: &mut Table) -> Result<()> {
    while !cursor.done() {
        let option = match () {
            () if cursor.take("WITHOUT ROWID") => "without_rowid",
            () if cursor.take("STRICT") => "strict",
            () => return Err(cursor.lost()),
        };
        table.options.insert(option.into(), "true".into());
        if !cursor.done() {
            cursor.demand(",")?;
        }
    }
    Ok(())
}

fn body_of(body: &Cursor) -> Result<Drawn> {
    let mut drawn = Drawn::default();
    let pieces = body.pieces();
    let is_constraint = |piece: &&Cursor| {
        ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
            .iter()
            .any(|word| piece.is(word))
    };
    for piece in pieces.iter().filter(|piece| !is_constraint(piece)) {
        drawn.names.push(piece.clone().name()?);
    }
    for piece in &pieces {
        match is_constraint(&piece) {
            false => column(*piece, &mut drawn)?,
            true => constraints(*piece, &mut drawn)?,
        }
    }
    Ok(drawn)
}

/// Constraints of the table; there need not be a comma between two.
fn constraints(mut cursor: Cursor, drawn: &mut Drawn) -> Result<()> {
    while !cursor.done() {
        let mut name = String::new();
        while cursor.take("CONSTRAINT") {
            name = cursor.name()?;
        }
        if cursor.done() {
            break;
        }
        if cursor.take("PRIMARY KEY") {
            let mut inner = cursor.parens()?;
            if let Some(at) = inner.tokens.len().checked_sub(1)
                && inner.with(&inner.tokens[at..]).is("AUTOINCREMENT")
            {
                drawn.counts = true;
                inner = inner.with(&inner.tokens[..at]);
            }
            let parts = parts(&inner, drawn)?;
            drawn.primary = Some(key(name, parts, conflict(&mut cursor)?));
        } else if cursor.take("UNIQUE") {
            let parts = parts(&cursor.parens()?, drawn)?;
            let key = key(name, parts, conflict(&mut cursor)?);
            drawn.unique.push(key);
        } else if cursor.take("CHECK") {
            let inner = cursor.parens()?;
            // It is read and does nothing.
            conflict(&mut cursor)?;
            drawn.check(name, &inner);
        } else if cursor.take("FOREIGN KEY") {
            let columns = cursor.parens()?;
            let columns = columns.pieces().into_iter().map(|mut one| one.name());
            let columns = columns.collect::<Result<Vec<_>>>()?;
            cursor.demand("REFERENCES")?;
            let key = foreign_key(&mut cursor, name, columns)?;
            drawn.foreign_keys.push(key);
        } else {
            return Err(cursor.lost());
        }
    }
    Ok(())
}

fn parts(inner: &Cursor, drawn: &Drawn) -> Result<Vec<Part>> {
    let pieces = inner.pieces().into_iter();
    pieces.map(|piece| part(piece, &drawn.names)).collect()
}

pub fn key(name: String, parts: Vec<Part>, on_conflict: Option<Conflict>) -> Key {
    Key {
        name,
        parts,
        on_conflict,
        ..Key::default()
    }
}

impl Drawn {
    pub fn check(&mut self, name: String, inner: &Cursor) {
        self.checks.push(Check {
            name,
            expression: told(&unwrapped(inner), &self.names),
            ..Check::default()
        });
    }

    fn named(&self, name: &str) -> String {
        let mut names = self.names.iter();
        let found = names.find(|one| names::same(one, name));
        found.cloned().unwrap_or_else(|| name.into())
    }

    /// In a table without row ids a column that is named again in the key is left out.
    fn once(&self, parts: &mut Vec<Part>) {
        let own = |part: &Part| {
            let mut columns = self.columns.iter();
            let column = columns.find(|column| part.name() == Some(&column.name));
            let own = column.and_then(|column| column.collation.clone());
            part.collation.clone().or(own).unwrap_or("BINARY".into())
        };
        let all = std::mem::take(parts);
        for part in all {
            let same = |it: &Part| it.of == part.of && own(it) == own(&part);
            if !parts.iter().any(same) {
                parts.push(part);
            }
        }
    }

    fn finish(mut self, mut table: Table) -> Result<Table> {
        let has = |option: &str| table.options.contains_key(option);
        let (strict, rowless) = (has("strict"), has("without_rowid"));
        if let Some(mut key) = self.primary.take() {
            let alone = match &key.parts[..] {
                [one] => one.name().map(String::from),
                _ => None,
            };
            let down = key.parts[0].sort == Sort::Down;
            for (n, column) in self.columns.iter_mut().enumerate() {
                let is_it = |part: &Part| part.name() == Some(&self.names[n]);
                if !key.parts.iter().any(is_it) {
                    continue;
                }
                let row_id = !rowless
                    && alone.is_some()
                    && column.data_type == "INTEGER"
                    && !(self.primary_in_column && down);
                if row_id {
                    // No index is made, so neither direction nor collation is there.
                    key.parts = vec![Part::column(&column.name)];
                    column.identity = self.counts.then_some(Identity::new(Serves::ByDefault));
                }
                if row_id || strict || rowless {
                    column.nullable = false;
                }
            }
            if rowless {
                self.once(&mut key.parts);
            }
            table.primary_key = Some(key);
        }
        for n in 0..self.foreign_keys.len() {
            let columns = &self.foreign_keys[n].columns;
            let columns = columns.iter().map(|name| self.named(name)).collect();
            self.foreign_keys[n].columns = columns;
        }
        // The second of two that are the same makes no index.
        let mut unique: Vec<Key> = Vec::new();
        for key in self.unique {
            let same =
                |other: &Key| key.name.is_empty() && other.parts == key.parts || key == *other;
            if !unique.iter().any(same) {
                unique.push(key);
            }
        }
        // A schema has many, and two catalogs are held at once.
        self.columns.shrink_to_fit();
        table.columns = self.columns;
        table.unique = unique;
        table.foreign_keys = self.foreign_keys;
        table.checks = self.checks;
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_text_that_is_not_understood_is_refused_and_never_guessed() {
        for text in [
            "CREATE TABLE t (a TEXT) NEWWORD",
            "CREATE TABLE t (a TEXT) STRICT WITHOUT ROWID",
            "CREATE TABLE t (a TEXT, CHECK a)",
            "CREATE TABLE t (a TEXT NOT)",
            "CREATE TABLE t (a TEXT, UNIQUE (a) ON CONFLICT PANIC)",
            "CREATE TABLE t (a TEXT REFERENCES p ON DELETE VANISH)",
            "CREATE TABLE t (a TEXT PRIMARY KEY FOREVER)",
            "CREATE TABLE t (a TEXT",
            "CREATE TABLE t (a 'TEXT",
            "CREATE VIRTUAL TABLE t",
            "ANALYZE",
        ] {
            let error = table("t", text).expect_err(text);
            assert_eq!(error.code(), initium_driver::Code::NotSupported);
        }
    }
}
