//! Views, triggers and routines: which there are. Their texts are asked for one by one, because
//! information_schema shows them without their escapes.

use super::wanted::Wanted;
use super::{About, Row, Seen};
use initium_driver::catalog::{Kind, Options, Routine};

pub fn views(about: &About) -> String {
    format!(
        "SELECT table_name, security_type, check_option, definer FROM information_schema.views \
         WHERE {}",
        about.tables()
    )
}

pub fn view_row(mut row: Row, about: &About, seen: &mut Seen) {
    let mut options = Options::new();
    let name = row.text(0);
    if row.peek(1) == "INVOKER" {
        options.insert("sql_security".into(), "invoker".into());
    }
    if row.peek(2) != "NONE" {
        options.insert("check_option".into(), row.text(2).to_ascii_lowercase());
    }
    if row.peek(3) != about.user {
        options.insert("definer".into(), row.text(3));
    }
    seen.wanted.push(Wanted::View { name, options });
}

/// In the order in which they run.
pub fn triggers(about: &About) -> String {
    let (database, hidden) = (&about.database, &about.hidden);
    format!(
        "SELECT trigger_name, event_object_table, action_timing, event_manipulation, definer \
         FROM information_schema.triggers WHERE trigger_schema = {database} \
         AND event_object_table NOT IN ({hidden}) \
         ORDER BY event_object_table, action_timing, event_manipulation, action_order"
    )
}

pub fn trigger_row(mut row: Row, about: &About, seen: &mut Seen) {
    let (name, table) = (row.text(0), row.text(1));
    let event = format!("{} {}", row.text(2), row.text(3));
    let before = seen.wanted.last().and_then(|before| match before {
        Wanted::Trigger(before) if before.table == table && before.event == event => {
            Some(before.name.clone())
        }
        _ => None,
    });
    seen.wanted.push(Wanted::Trigger(super::wanted::Trigger {
        name,
        table,
        event,
        before,
        definer: Some(row.text(4)).filter(|definer| *definer != about.user),
    }));
}

pub fn routines(about: &About) -> String {
    format!(
        "SELECT routine_name, routine_type FROM information_schema.routines \
         WHERE routine_schema = {} AND routine_type IN ('FUNCTION', 'PROCEDURE')",
        about.database
    )
}

pub fn routine_row(mut row: Row, _: &About, seen: &mut Seen) {
    let kind = match row.peek(1) {
        "FUNCTION" => Kind::Function,
        _ => Kind::Procedure,
    };
    let name = row.text(0);
    seen.wanted.push(Wanted::Routine { name, kind });
}

/// A procedure may be called as a function is.
pub fn tell_apart(routines: &mut [Routine]) {
    let functions: Vec<_> = routines
        .iter()
        .filter(|it| it.kind == Kind::Function)
        .map(|it| it.name.clone())
        .collect();
    for it in routines.iter_mut().filter(|it| it.kind == Kind::Procedure) {
        if functions.contains(&it.name) {
            it.arguments = "procedure".into();
        }
    }
}
