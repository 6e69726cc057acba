//! Random specs in the fake's language. A doubled `create` or `drop` fails, a doubled `insert` is
//! a row too many: no statement can run twice without a trace.

use crate::drill::Chance;
use initium::spec::{Input, Spec, load};
use initium_driver::fake::Flavour;
use std::sync::Arc;

pub struct Work {
    pub spec: Spec,
    pub text: String,
}

const SPECS: u64 = 240;

/// The same list each time: only the schedules are left to chance.
pub fn works(flavour: Flavour) -> Vec<Arc<Work>> {
    (0..SPECS)
        .map(|n| {
            let text = text(&mut Chance(n), flavour);
            let input = Input::Stdin(text.clone().into_bytes());
            let spec = load(&[input]).unwrap_or_else(|e| panic!("{e:?}\n{text}"));
            Arc::new(Work { spec, text })
        })
        .collect()
}

fn text(chance: &mut Chance, flavour: Flavour) -> String {
    let mut text = String::from(
        "version: 1\nmigrations:\n  - {name: ground, up: \"create base; create undone; create s0; create s1; create s2\"}\n",
    );
    let mut tables = vec!["base".to_string()];
    let (mut next, mut people) = (0, 0);
    for migration in 0..1 + chance.below(5) {
        let mut up = Vec::new();
        for _ in 0..1 + chance.below(5) {
            up.push(line(chance, flavour, &mut tables, &mut next, &mut people));
        }
        let mut down = vec![format!("create gone{migration}"), "insert undone".into()];
        if chance.one_in(2) {
            down.push(format!("drop gone{migration}"));
        }
        let (up, down) = (up.join("; "), down.join("; "));
        text += &format!("  - {{name: m{migration}, up: \"{up}\", down: \"{down}\"}}\n");
    }
    text
}

fn line(
    chance: &mut Chance,
    flavour: Flavour,
    tables: &mut Vec<String>,
    next: &mut usize,
    people: &mut usize,
) -> String {
    match chance.below(12) {
        0..4 => {
            let table = format!("t{next}");
            *next += 1;
            tables.push(table.clone());
            match chance.below(4) {
                0 => format!("alone create {table}"),
                _ => format!("create {table}"),
            }
        }
        4 if tables.len() > 1 => {
            let at = 1 + chance.below(tables.len() - 1);
            format!("drop {}", tables.remove(at))
        }
        5 => format!("busy {}", 1 + chance.below(2)),
        // What no catalog shows: a person has to say whether it took effect.
        6 if flavour == Flavour::Implicit && *people < 3 => {
            *people += 1;
            format!("alone insert s{}", *people - 1)
        }
        _ => format!("insert {}", tables[chance.below(tables.len())]),
    }
}
