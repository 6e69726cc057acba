//! The safe forms that several rules propose: scripts that leave the same catalog behind, in steps
//! that keep nobody out.

use super::sight::Sight;
use initium_driver::sql::ddl::{Constraint, Name, find};

/// What PostgreSQL keeps of a name.
const LONGEST: usize = 63;

impl Sight<'_> {
    /// Says that all rows are meant, where nothing stands behind the place for it.
    pub fn all_rows(&self) -> Option<String> {
        let behind = ["RETURNING", "ORDER"];
        let more = |word: &str| find(self.text(), self.ground.tongue, &[word]).is_some();
        let end = self.text().len();
        let said = || self.edited(&(end..end), " WHERE true");
        (!behind.iter().any(|word| more(word))).then(said)
    }

    /// Added NOT VALID, validated in a migration behind. One without a name gets the one that the
    /// server would give it, where that is certain.
    pub fn validated_later(&self, table: &Name, constraint: &Constraint) -> Vec<String> {
        let range = &self.act.range;
        let (name, clause) = match &constraint.name {
            Some(name) => (name.clone(), self.text()[range.clone()].to_string()),
            None if constraint.target.is_some() => {
                let name = format!("{}_{}_fkey", table.name, constraint.columns.join("_"));
                let clause = &self.text()[range.clone()];
                let behind = clause.get(3..).unwrap_or_default();
                let named = format!("ADD CONSTRAINT {}{behind}", self.quoted(&name));
                (name, named)
            }
            None => return Vec::new(),
        };
        if name.len() > LONGEST {
            return Vec::new();
        }
        vec![
            self.edited(range, &format!("{clause} NOT VALID")),
            format!(
                "ALTER TABLE {} VALIDATE CONSTRAINT {};",
                self.path(table),
                self.quoted(&name)
            ),
        ]
    }

    /// A unique index that is built beside those who work, and a constraint made of it.
    pub fn by_index(
        &self,
        table: &Name,
        constraint: &Constraint,
        kind: &str,
        ending: &str,
    ) -> Vec<String> {
        if self.acts().len() > 1 || constraint.columns.is_empty() {
            return Vec::new();
        }
        let parts = match ending {
            "pkey" => vec![table.name.as_str(), ending],
            _ => {
                let columns = constraint.columns.iter().map(String::as_str);
                std::iter::once(table.name.as_str())
                    .chain(columns)
                    .chain([ending])
                    .collect()
            }
        };
        let name = constraint.name.clone().unwrap_or_else(|| parts.join("_"));
        if name.len() > LONGEST {
            return Vec::new();
        }
        let columns: Vec<_> = constraint
            .columns
            .iter()
            .map(|name| self.quoted(name))
            .collect();
        let (name, table) = (self.quoted(&name), self.path(table));
        vec![format!(
            "CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({});\n\
             ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name};",
            columns.join(", ")
        )]
    }
}
