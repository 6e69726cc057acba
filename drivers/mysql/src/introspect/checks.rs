//! Checks. MariaDB keeps some with their column, under its name.

use super::{About, Half, Odd, Row, Seen};
use crate::dialect::Family;
use crate::spelled;
use crate::words::quote;
use initium_driver::catalog::Check;

pub fn question(about: &About) -> String {
    let database = &about.database;
    match about.dialect.family() {
        Family::MySql => format!(
            "SELECT t.table_name, c.constraint_name, c.check_clause, t.enforced = 'NO', 'Table' \
             FROM information_schema.table_constraints t JOIN information_schema.check_constraints c \
             ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name \
             WHERE t.constraint_schema = {database} AND c.constraint_schema = {database} \
             AND t.constraint_type = 'CHECK'"
        ),
        Family::MariaDb => format!(
            "SELECT table_name, constraint_name, check_clause, 0, level \
             FROM information_schema.check_constraints WHERE constraint_schema = {database}"
        ),
    }
}

pub fn row(mut row: Row, about: &About, seen: &mut Seen) {
    let Some(half) = seen.halves.get_mut(&row.text(0)) else {
        return;
    };
    let (name, clause) = (row.text(1), row.text(2));
    let expression = match about.dialect.family() {
        Family::MySql => spelled::escaped(&clause, &about.name),
        Family::MariaDb => spelled::expression(&clause, &about.name),
    };
    let not_enforced = row.text(3) == "1";
    let of_column = row.text(4) == "Column";
    if of_column && is_json(half, &expression) {
        return;
    }
    if of_column {
        let is_own = half.table.column(&name).is_some() && expression.contains(&quote(&name));
        // It is told by the name that its column had once.
        if !is_own && !half.odd.contains(&Odd::OwnChecks) {
            half.odd.push(Odd::OwnChecks);
        }
        half.own.push(name.clone());
    }
    if about.is_mariadb() && !of_column && may_be_period(&expression) {
        half.odd.push(Odd::Period);
    }
    half.table.checks.push(Check {
        name,
        expression,
        not_enforced,
        ..Check::default()
    });
}

/// MariaDB has no JSON: it is a long text with a check, which keeps the name of a renamed column.
fn is_json(half: &mut Half, expression: &str) -> bool {
    let Half {
        table, collation, ..
    } = half;
    let found = table.columns.iter_mut().find(|it| {
        it.data_type == "longtext"
            && it.collation.as_ref().unwrap_or(collation) == "utf8mb4_bin"
            && expression == format!("json_valid({})", quote(&it.name))
    });
    match found {
        Some(column) => {
            column.data_type = "json".into();
            column.collation = None;
            true
        }
        None => false,
    }
}

/// `` `a` < `b` ``
fn may_be_period(expression: &str) -> bool {
    let sides = expression.split_once(" < ");
    sides.is_some_and(|(one, other)| [one, other].iter().all(|side| side.starts_with('`')))
}
