//! What a table only has because its parent has it is told once, by the parent. A column that comes
//! from a parent and says something of its own (a default, NOT NULL) is told by both.

use super::Found;
use initium_driver::catalog::Column;

pub fn settle(found: &mut Found) {
    let inherited = std::mem::take(&mut found.inherited);
    let mut from = inherited.iter().peekable();
    let mut gone: Vec<(u32, Vec<String>)> = Vec::new();
    // All comparisons before the first removal: a parent may be a child, too.
    while let Some((id, _)) = from.peek() {
        let id = *id;
        let mut same = Vec::new();
        while let Some((_, column)) = from.next_if(|(other, _)| *other == id) {
            if says_nothing(found, id, column) {
                same.push(column.clone());
            }
        }
        gone.push((id, same));
    }
    for (id, names) in gone {
        if let Some(table) = found.table(id) {
            table.columns.retain(|column| !names.contains(&column.name));
        }
    }
}

fn says_nothing(found: &Found, child: u32, name: &str) -> bool {
    let column = |id: u32| {
        let table = found.catalog.tables.get(*found.tables.get(&id)?)?;
        table.column(name)
    };
    let Some(own) = column(child) else {
        return false;
    };
    let at = found.parents.partition_point(|(id, _)| *id < child);
    let parents = found.parents[at..]
        .iter()
        .take_while(|(id, _)| *id == child);
    let mut parents = parents.filter_map(|(_, parent)| column(*parent)).peekable();
    parents.peek().is_none() || parents.any(|parent| is_like(own, parent))
}

pub fn is_like(own: &Column, parent: &Column) -> bool {
    own.default == parent.default
        && own.nullable == parent.nullable
        && own.generated == parent.generated
        && own.comment.is_none()
        // Partitions take the numbers of their parent, and before 17 have no identity themselves.
        && (own.identity.is_none() || own.identity == parent.identity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use initium_driver::catalog::Table;

    #[test]
    fn a_column_is_told_where_it_says_something_of_its_own() {
        let column = |name: &str, default: Option<&str>| Column {
            name: name.into(),
            default: default.map(String::from),
            ..Column::default()
        };
        let mut found = Found::default();
        for (id, default) in [(7, None), (8, None), (9, Some("1"))] {
            found.tables.insert(id, found.catalog.tables.len());
            found.catalog.tables.push(Table {
                columns: vec![column("a", None), column("b", default)],
                ..Table::default()
            });
            if id > 7 {
                found.parents.push((id, id - 1));
                found
                    .inherited
                    .extend(["a", "b"].map(|name| (id, name.to_string())));
            }
        }
        settle(&mut found);
        let left: Vec<_> = found
            .catalog
            .tables
            .iter()
            .map(|t| t.columns.len())
            .collect();
        assert_eq!(left, [2, 0, 1]);
    }
}
