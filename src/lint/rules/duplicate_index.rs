//! Two indexes of one table over the same columns.

use crate::lint::rule::{About, EVERY, Found, Rule};
use crate::lint::sight::Sight;
use crate::spec::Severity;
use initium_driver::sql::ddl;
use initium_driver::sql::ddl::{NewTable, Part, What};

pub static RULE: Rule = Rule {
    id: "duplicate-index",
    title: "an index says the same as another one",
    severity: Severity::Warning,
    about: About::Design,
    databases: EVERY,
    why: "Both are written with every row, and queries use one. A primary key and a unique constraint have an index of their own.",
    instead: "leave it out",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    match &sight.act.what {
        What::CreateTable(table) => {
            let mut known: Vec<Vec<String>> = keys_of(table);
            for (range, part) in &table.parts {
                if let Part::Index(index) = part {
                    let keys = keys(&index.keys);
                    if index.kind.is_none() && known.contains(&keys) {
                        out.push(
                            sight
                                .found(format!("{} is indexed already", keys.join(", ")))
                                .at(range),
                        );
                    }
                    known.push(keys);
                }
            }
        }
        What::CreateIndex(index) if !index.filter && index.kind.is_none() => {
            let Some(table) = &sight.act.table else {
                return;
            };
            let mine = keys(&index.keys);
            let same = |act: &ddl::Act| {
                let of_it = act.table.as_ref().is_some_and(|one| one.meets(table));
                of_it
                    && match &act.what {
                        What::CreateTable(new) => keys_of(new).contains(&mine),
                        What::CreateIndex(other) => {
                            !other.filter
                                && (other.unique || !index.unique)
                                && keys(&other.keys) == mine
                        }
                        _ => false,
                    }
            };
            if !mine.is_empty() && sight.before().any(same) {
                out.push(sight.found(format!("{} is indexed already", mine.join(", "))));
            }
        }
        _ => {}
    }
}

/// Plain columns; an expression, an order or a length is kept as it is written.
fn keys(keys: &[&str]) -> Vec<String> {
    let bare = |key: &&str| key.trim_matches(['"', '`', '[', ']']).to_ascii_lowercase();
    keys.iter().map(bare).collect()
}

/// What the keys of a table are an index of.
fn keys_of(table: &NewTable) -> Vec<Vec<String>> {
    let lower = |names: &[String]| names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let columns = table
        .columns()
        .filter(|(_, column)| column.primary || column.unique);
    let mut all: Vec<Vec<String>> = columns
        .map(|(_, column)| vec![column.name.to_ascii_lowercase()])
        .collect();
    let keys = table
        .constraints()
        .filter(|(_, one)| matches!(one.rule, ddl::Rule::Primary | ddl::Rule::Unique));
    all.extend(keys.map(|(_, one)| lower(&one.columns)));
    all
}
