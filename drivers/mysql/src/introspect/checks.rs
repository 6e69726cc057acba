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
    if of_column && is_json(half, &name, &expression) {
        return;
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

/// MariaDB has no JSON: it is a long text with a check.
fn is_json(half: &mut Half, column: &str, expression: &str) -> bool {
    if expression != format!("json_valid({})", quote(column)) {
        return false;
    }
    let mut columns = half.table.columns.iter_mut();
    let found = columns.find(|it| it.name == column && it.data_type == "longtext");
    let Some(column) = found else { return false };
    let collation = column.collation.as_ref().unwrap_or(&half.collation);
    if collation != "utf8mb4_bin" {
        return false;
    }
    column.data_type = "json".into();
    column.collation = None;
    true
}

/// `` `a` < `b` ``
fn may_be_period(expression: &str) -> bool {
    let sides = expression.split_once(" < ");
    sides.is_some_and(|(one, other)| [one, other].iter().all(|side| side.starts_with('`')))
}
