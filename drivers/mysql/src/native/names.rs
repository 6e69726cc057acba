//! Names that the server finds itself, and the indexes that it makes for foreign keys.

use crate::dialect::{Family, MySql};
use initium_driver::catalog::{Part, Sort};
use initium_driver::{Index, Table};

/// Gives each part without a name the one it would get.
pub fn fill(table: &mut Table, dialect: &MySql) {
    let name = table.name.name.clone();
    let mut names: Vec<String> = table.indexes.iter().map(|it| it.name.clone()).collect();
    for n in 0..table.indexes.len() {
        if names[n].is_empty() {
            names[n] = index(table.indexes[n].parts.first(), &names);
            table.indexes[n].name = names[n].clone();
        }
    }
    let keys: Vec<_> = table
        .foreign_keys
        .iter()
        .map(|it| it.name.clone())
        .collect();
    let mut free = Free::new(format!("{name}_ibfk_"), keys);
    for key in table
        .foreign_keys
        .iter_mut()
        .filter(|it| it.name.is_empty())
    {
        key.name = free.next();
    }
    for n in 0..table.foreign_keys.len() {
        let key = &table.foreign_keys[n];
        if serves(table, &key.columns, dialect.family()) {
            continue;
        }
        let is_chosen = !is_numbered(&key.name, &format!("{name}_ibfk_"));
        let parts: Vec<_> = key.columns.iter().map(Part::column).collect();
        let name = match is_chosen && !names.contains(&key.name) {
            true => key.name.clone(),
            false => index(parts.first(), &names),
        };
        names.push(name.clone());
        table.indexes.push(Index {
            name,
            parts,
            ..Index::default()
        });
    }
    let prefix = match dialect.family() {
        Family::MySql => format!("{name}_chk_"),
        Family::MariaDb => "CONSTRAINT_".into(),
    };
    let checks: Vec<_> = table.checks.iter().map(|it| it.name.clone()).collect();
    let mut free = Free::new(prefix, checks);
    for check in table.checks.iter_mut().filter(|it| it.name.is_empty()) {
        check.name = free.next();
    }
}

/// Whether an index begins with these columns, whole; for MySQL upwards, too.
fn serves(table: &Table, columns: &[String], family: Family) -> bool {
    let sorted = |part: &Part| family == Family::MariaDb || part.sort == Sort::Up;
    let begins = |parts: &[Part]| {
        parts.len() >= columns.len()
            && parts.iter().zip(columns).all(|(part, column)| {
                part.name() == Some(column) && part.length.is_none() && sorted(part)
            })
    };
    table.primary_key.iter().any(|key| begins(&key.parts))
        || table
            .indexes
            .iter()
            .any(|index| index.method.is_none() && begins(&index.parts))
}

/// The name of its first column, with a number where that is taken.
fn index(first: Option<&Part>, taken: &[String]) -> String {
    let first = first.and_then(Part::name).unwrap_or("functional_index");
    let is_free = |name: &String| !taken.contains(name) && !name.eq_ignore_ascii_case("PRIMARY");
    Some(first.to_string())
        .filter(is_free)
        .or_else(|| (2..).map(|n| format!("{first}_{n}")).find(is_free))
        .unwrap_or_default()
}

/// Numbered names that nobody has.
struct Free {
    prefix: String,
    taken: Vec<String>,
    number: usize,
}

impl Free {
    fn new(prefix: String, taken: Vec<String>) -> Free {
        Free {
            prefix,
            taken,
            number: 0,
        }
    }

    fn next(&mut self) -> String {
        loop {
            self.number += 1;
            let name = format!("{}{}", self.prefix, self.number);
            if !self.taken.contains(&name) {
                return name;
            }
        }
    }
}

fn is_numbered(name: &str, prefix: &str) -> bool {
    let number = name.strip_prefix(prefix).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the server itself would find such a name.
pub fn is_found(table: &Table, name: &str, dialect: &MySql) -> bool {
    let of_column = |column: &str| {
        let rest = name.strip_prefix(column);
        rest == Some("") || is_numbered(name, &format!("{column}_"))
    };
    let checks = match dialect.family() {
        Family::MySql => is_numbered(name, &format!("{}_chk_", table.name.name)),
        Family::MariaDb => is_numbered(name, "CONSTRAINT_"),
    };
    checks
        || is_numbered(name, &format!("{}_ibfk_", table.name.name))
        // From 12.1 on they are numbers alone.
        || dialect.since(Family::MariaDb, [12, 0, 0]) && is_numbered(name, "")
        || name == "functional_index"
        || is_numbered(name, "functional_index_")
        || table.columns.iter().any(|column| of_column(&column.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::Column;
    use initium_driver::catalog::{Check, ForeignKey};

    #[test]
    fn an_index_that_runs_downwards_serves_no_key_of_mysql() {
        let down = Part {
            sort: Sort::Down,
            ..Part::column("a")
        };
        let table = |parts: &[&Part]| Table {
            name: "t".into(),
            indexes: vec![Index {
                name: "i".into(),
                parts: parts.iter().map(|part| (*part).clone()).collect(),
                ..Index::default()
            }],
            foreign_keys: vec![ForeignKey {
                columns: vec!["a".into()],
                ..ForeignKey::default()
            }],
            ..Table::default()
        };
        for (family, parts, count) in [
            (Family::MySql, [&down], 2),
            (Family::MariaDb, [&down], 1),
            (Family::MySql, [&Part::column("a")], 1),
        ] {
            let mut table = table(&parts);
            fill(&mut table, &MySql::offline(family));
            assert_eq!(table.indexes.len(), count, "{family:?} {parts:?}");
        }
    }

    #[test]
    fn names_are_those_that_the_server_finds() {
        let index = |name: &str, parts: &[&str]| Index {
            name: name.into(),
            parts: parts.iter().map(|it| Part::column(*it)).collect(),
            ..Index::default()
        };
        let mut table = Table {
            name: "t".into(),
            columns: vec![Column {
                name: "a".into(),
                ..Column::default()
            }],
            indexes: vec![
                index("a_2", &["b"]),
                index("", &["a"]),
                index("", &["a", "b"]),
            ],
            foreign_keys: vec![
                ForeignKey {
                    columns: vec!["p".into()],
                    ..ForeignKey::default()
                },
                ForeignKey {
                    name: "mine".into(),
                    columns: vec!["q".into()],
                    ..ForeignKey::default()
                },
                ForeignKey {
                    columns: vec!["a".into()],
                    ..ForeignKey::default()
                },
            ],
            checks: vec![Check::default()],
            ..Table::default()
        };
        let dialect = MySql::offline(Family::MySql);
        fill(&mut table, &dialect);
        let names: Vec<_> = table.indexes.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a_2", "a", "a_3", "p", "mine"]);
        let names: Vec<_> = table
            .foreign_keys
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        assert_eq!(names, ["t_ibfk_1", "mine", "t_ibfk_2"]);
        assert_eq!(table.checks[0].name, "t_chk_1");
        for (name, found) in [
            ("a", true),
            ("a_7", true),
            ("t_ibfk_3", true),
            ("t_a", false),
        ] {
            assert_eq!(is_found(&table, name, &dialect), found, "{name}");
        }
    }
}
