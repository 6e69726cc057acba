//! Triggers as the server tells them: their heads in its words, and which runs behind which.

use crate::read::{Head, head};
use crate::words::quote;
use initium_driver::catalog::Trigger;

/// Those that run on one event at one time are in the order in which they were made, unless they say
/// otherwise themselves.
pub fn order(triggers: &mut Vec<Trigger>) {
    let heads: Option<Vec<Head>> = triggers.iter().map(|it| head(&it.definition)).collect();
    // What cannot be read stays as it is.
    let Some(heads) = heads else { return };
    let mut order: Vec<usize> = Vec::new();
    for (n, one) in heads.iter().enumerate() {
        let place = one.beside.as_ref().and_then(|(word, name)| {
            let at = order.iter().position(|other| heads[*other].name == *name)?;
            Some(at + usize::from(word.eq_ignore_ascii_case("FOLLOWS")))
        });
        order.insert(place.unwrap_or(order.len()), n);
    }
    let told: Vec<Trigger> = order
        .iter()
        .enumerate()
        .map(|(at, n)| {
            let one = &heads[*n];
            let mut before = order[..at].iter().map(|other| &heads[*other]);
            let last = before.rfind(|other| other.event == one.event);
            let follows = last.map_or(String::new(), |it| format!("FOLLOWS {} ", quote(&it.name)));
            let Head {
                definer,
                event,
                table,
                body,
                ..
            } = one;
            Trigger {
                definition: format!(
                    "CREATE {definer}TRIGGER {} {event} ON {} FOR EACH ROW {follows}{body}",
                    quote(&one.name),
                    quote(table)
                ),
                ..triggers[*n].clone()
            }
        })
        .collect();
    *triggers = told;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_run_in_the_order_in_which_they_are_said() {
        let trigger = |name: &str, definition: &str| Trigger {
            name: name.into(),
            definition: definition.into(),
            ..Trigger::default()
        };
        let mut all = vec![
            trigger(
                "b",
                "create trigger b before insert on `t` for each row set @x = 1",
            ),
            trigger(
                "c",
                "CREATE DEFINER=`me`@`%` TRIGGER c BEFORE INSERT ON t FOR EACH ROW SET @x = 2",
            ),
            trigger(
                "a",
                "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW PRECEDES b SET @x = 3",
            ),
            trigger(
                "other",
                "CREATE TRIGGER other AFTER INSERT ON t FOR EACH ROW SET @x = 1",
            ),
        ];
        order(&mut all);
        let told: Vec<_> = all.iter().map(|it| it.definition.as_str()).collect();
        let expected = [
            "CREATE TRIGGER `a` BEFORE INSERT ON `t` FOR EACH ROW SET @x = 3",
            "CREATE TRIGGER `b` BEFORE INSERT ON `t` FOR EACH ROW FOLLOWS `a` set @x = 1",
            "CREATE DEFINER=`me`@`%` TRIGGER `c` BEFORE INSERT ON `t` FOR EACH ROW FOLLOWS `b` SET @x = 2",
            "CREATE TRIGGER `other` AFTER INSERT ON `t` FOR EACH ROW SET @x = 1",
        ];
        assert_eq!(told, expected);
        let before = all.clone();
        order(&mut all);
        assert_eq!(all, before);
    }
}
