//! Columns, in their order.

use super::{About, Odd, Row, Seen};
use crate::defaults::{Told, default};
use crate::dialect::Family;
use crate::spelled;
use crate::types::{canonical, name_of};
use initium_driver::Column;
use initium_driver::catalog::{Generated, Identity, Serves, Storage};

pub fn question(about: &About) -> String {
    let place = match about.dialect.family() {
        Family::MySql => "srs_id",
        Family::MariaDb => "NULL",
    };
    format!(
        "SELECT table_name, column_name, column_type, is_nullable, column_default, extra, \
         generation_expression, collation_name, column_comment, {place} \
         FROM information_schema.columns WHERE {} ORDER BY table_name, ordinal_position",
        about.tables()
    )
}

pub fn row(mut row: Row, about: &About, seen: &mut Seen) {
    // The columns of a view are not told.
    if let Some(half) = seen.halves.get_mut(row.peek(0)) {
        let (column, odd) = column(&mut row, about, &half.collation);
        half.odd.extend(odd);
        half.table.columns.push(column);
    }
}

fn column(row: &mut Row, about: &About, of_table: &str) -> (Column, Option<Odd>) {
    let name = row.text(1);
    let mut data_type = canonical(&row.text(2), &about.dialect);
    let nullable = row.text(3) == "YES";
    let told = row.maybe(4);
    let extra = row.text(5);
    let expression = row.maybe(6);
    let lower = extra.to_ascii_lowercase();
    if let Some(place) = row.maybe(9) {
        data_type.push_str(&format!(" srid {place}"));
    }
    if lower.contains("without system versioning") {
        data_type.push_str(" without system versioning");
    }
    let collation = row.maybe(7).filter(|it| it != of_table);
    let is_value = told
        .as_deref()
        .is_some_and(|it| it.starts_with(['\'', '0']));
    let odd = (is_value && matches!(name_of(&data_type), "binary" | "varbinary"))
        .then(|| Odd::Bytes(name.clone()));
    let generated = lower.contains("generated") && !lower.starts_with("default_generated");
    let told = told.map(|text| match about.dialect.family() {
        Family::MariaDb => Told::Sql(text),
        Family::MySql if extra.contains("DEFAULT_GENERATED") => Told::Escaped(text),
        Family::MySql => Told::Value(text),
    });
    let column = Column {
        default: told
            .filter(|_| !generated)
            .and_then(|told| default(told, &data_type, &about.name)),
        on_update: lower
            .find("on update ")
            .map(|at| spelled::moment(&extra[at + "on update ".len()..]).unwrap_or_default()),
        identity: lower
            .contains("auto_increment")
            .then(|| Identity::new(Serves::ByDefault)),
        generated: expression
            .filter(|text| generated && !text.is_empty())
            .map(|text| Generated {
                expression: match about.dialect.family() {
                    Family::MySql => spelled::escaped(&text, &about.name),
                    Family::MariaDb => spelled::expression(&text, &about.name),
                },
                storage: match lower.contains("virtual") {
                    true => Storage::Virtual,
                    false => Storage::Stored,
                },
            }),
        invisible: extra.contains("INVISIBLE"),
        comment: row.maybe(8).filter(|text| !text.is_empty()),
        collation,
        nullable,
        data_type,
        name,
        ..Column::default()
    };
    (column, odd)
}
