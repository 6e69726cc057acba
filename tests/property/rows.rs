//! Rows that fit a table, and what stands in them.

use crate::kinds::quoted;
use crate::maker::Maker;
use initium_driver::catalog::{Body, Catalog, Serves, Table, Type};
use initium_driver::{Driver, Effect, Lines, Place, Script, Statement};

/// A few rows for each table. What a constraint refuses is left out.
pub fn fill(driver: &mut dyn Driver, maker: &mut Maker, catalog: &Catalog) -> usize {
    let mut count = 0;
    for table in &catalog.tables {
        for n in 1..=3 {
            let row = row(maker, catalog, table, n);
            count += usize::from(statement(driver, &row).is_ok());
        }
    }
    count
}

fn row(maker: &mut Maker, catalog: &Catalog, table: &Table, n: usize) -> String {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut always = "";
    for column in &table.columns {
        if column.generated.is_some() {
            continue;
        }
        let is_reference = table
            .foreign_keys
            .iter()
            .any(|key| key.columns.contains(&column.name));
        let own = match maker.kind_of(column) {
            _ if column.name == "id" => n.to_string(),
            _ if is_reference => n.to_string(),
            Some(kind) => (*maker.chance.of(kind.values)).to_string(),
            None => match catalog.types.first() {
                Some(Type {
                    body: Body::Enum(values),
                    ..
                }) => format!("'{}'", values[0].replace('\'', "''")),
                _ => continue,
            },
        };
        if column
            .identity
            .as_ref()
            .is_some_and(|it| it.serves == Serves::Always)
        {
            always = "OVERRIDING SYSTEM VALUE ";
        }
        names.push(quoted(maker.kind, &column.name));
        values.push(match column.nullable && maker.chance.one_in(4) {
            true => "NULL".into(),
            false => own,
        });
    }
    format!(
        "INSERT INTO {} ({}) {always}VALUES ({})",
        quoted(maker.kind, &table.name.name),
        names.join(", "),
        values.join(", ")
    )
}

pub fn statement(driver: &mut dyn Driver, sql: &str) -> initium_driver::Result<()> {
    let statement = Statement {
        text: sql.into(),
        place: Place {
            file: "test".into(),
            line: 1,
            column: 1,
        },
        lines: Lines::Indented(0),
        effect: Effect::Alone,
        lock: None,
        more: None,
    };
    driver.execute(&Script::Alone {
        before: vec![],
        statement: Box::new(statement),
        after: vec![],
    })
}

/// What the rows of a table say, in the order of their key. The columns are given as they are called
/// now.
pub fn values(
    driver: &mut dyn Driver,
    kind: &str,
    table: &str,
    columns: &[&str],
) -> Vec<Vec<Option<String>>> {
    let shown: Vec<_> = columns
        .iter()
        .map(|name| match kind {
            "mysql" | "mariadb" => format!("CONVERT({} USING utf8mb4)", quoted(kind, name)),
            "sqlite" => format!("CAST({} AS TEXT)", quoted(kind, name)),
            _ => format!("{}::text", quoted(kind, name)),
        })
        .collect();
    let question = format!(
        "SELECT {} FROM {} ORDER BY {}",
        shown.join(", "),
        quoted(kind, table),
        quoted(kind, "id")
    );
    let rows = driver
        .query(&question)
        .unwrap_or_else(|e| panic!("{question}: {e:?}"))
        .rows;
    let plain = |cell: Option<String>| cell.map(|text| number(&text).unwrap_or(text));
    rows.into_iter()
        .map(|row| row.into_iter().map(plain).collect())
        .collect()
}

/// A number without the zeros that its type adds; `1.50` is `1.5`.
fn number(text: &str) -> Option<String> {
    let is_number = text.contains('.')
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    is_number.then(|| text.trim_end_matches('0').trim_end_matches('.').to_string())
}
