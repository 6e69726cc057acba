//! Views, triggers, routines and sequences.

use super::part::name;
use crate::introspect::sequences::{CACHE, ends};
use crate::read::definer;
use crate::words::quote;
use initium_driver::catalog::{Kind, Numbers, Routine, Sequence, Trigger, View};

pub fn view(view: &View, create: &str) -> String {
    let mut text = create.to_string();
    let option = |name: &str| view.options.get(name).map(String::as_str);
    if let Some(algorithm) = option("algorithm") {
        text.push_str(&format!(" ALGORITHM = {}", algorithm.to_ascii_uppercase()));
    }
    if let Some(account) = option("definer") {
        text.push_str(&format!(" {}", definer(account).trim_end()));
    }
    if let Some(security) = option("sql_security") {
        text.push_str(&format!(" SQL SECURITY {}", security.to_ascii_uppercase()));
    }
    text.push_str(&format!(" VIEW {}", name(&view.name)));
    if !view.columns.is_empty() {
        let columns: Vec<_> = view.columns.iter().map(|it| quote(&it.name)).collect();
        text.push_str(&format!(" ({})", columns.join(", ")));
    }
    text.push_str(&format!(" AS {}", view.definition));
    if let Some(option) = option("check_option") {
        text.push_str(&format!(
            " WITH {} CHECK OPTION",
            option.to_ascii_uppercase()
        ));
    }
    text
}

pub fn drop_routine(routine: &Routine) -> String {
    let kind = match routine.kind {
        Kind::Procedure => "PROCEDURE",
        Kind::Function | Kind::Aggregate => "FUNCTION",
    };
    format!("DROP {kind} {}", name(&routine.name))
}

/// Where the other one runs behind it and is there already, it is put before that.
pub fn trigger(trigger: &Trigger, next: Option<&str>) -> String {
    const EACH: &str = " FOR EACH ROW ";
    match (next, trigger.definition.split_once(EACH)) {
        (Some(next), Some((head, body))) if !body.starts_with("FOLLOWS ") => {
            format!("{head}{EACH}PRECEDES {} {body}", quote(next))
        }
        _ => trigger.definition.clone(),
    }
}

pub fn sequence(sequence: &Sequence) -> String {
    let kind = sequence.data_type.as_ref();
    let kind = kind.map_or(String::new(), |it| format!(" AS {it}"));
    let numbers = numbers(&sequence.numbers, &Numbers::default());
    format!("CREATE SEQUENCE {}{kind}{numbers}", name(&sequence.name))
}

pub fn alter_sequence(from: &Sequence, to: &Sequence) -> String {
    let numbers = numbers(&to.numbers, &from.numbers);
    format!("ALTER SEQUENCE {}{numbers}", name(&to.name))
}

/// What differs from the old; what is said no longer is ordinary again.
fn numbers(new: &Numbers, old: &Numbers) -> String {
    let step = new.increment.unwrap_or(1);
    let (low, high) = ends(step);
    let (min, max) = (new.min.unwrap_or(low), new.max.unwrap_or(high));
    let first = match step < 0 {
        true => max,
        false => min,
    };
    let mut text = String::new();
    for (word, new, old, ordinary) in [
        ("INCREMENT BY", new.increment, old.increment, 1),
        ("MINVALUE", new.min, old.min, low),
        ("MAXVALUE", new.max, old.max, high),
        ("START WITH", new.start, old.start, first),
        ("CACHE", new.cache, old.cache, CACHE),
    ] {
        if new != old {
            text.push_str(&format!(" {word} {}", new.unwrap_or(ordinary)));
        }
    }
    match (new.cycle, old.cycle) {
        (true, false) => text.push_str(" CYCLE"),
        (false, true) => text.push_str(" NOCYCLE"),
        _ => {}
    }
    text
}
