//! One transaction locks several tables against everybody.

use crate::lint::rule::{About, Found, POSTGRES, Rule};
use crate::lint::sight::Sight;
use crate::lint::sight::locks_all;
use crate::spec::Severity;

pub static RULE: Rule = Rule {
    id: "many-locks",
    title: "one transaction locks several tables against everybody",
    severity: Severity::Warning,
    about: About::Wait,
    databases: POSTGRES,
    why: "Each ALTER TABLE keeps everybody out until the transaction ends. The first table waits for the lock on the next one, and two sessions that lock them in another order stop each other.",
    instead: "one migration for each table",
    others: &[],
    check,
};

fn check(sight: &Sight, out: &mut Vec<Found>) {
    let locks = locks_all(&sight.act.what);
    let Some(table) = sight.old_table().filter(|_| locks) else {
        return;
    };
    let mut others = Vec::new();
    for act in sight.beside() {
        if let Some(other) = &act.table
            && locks_all(&act.what)
            && !sight.script.is_new(other, sight.at)
        {
            others.push(other);
        }
    }
    // Told once, at the second table.
    let known = others.iter().any(|other| other.meets(table));
    let second = others
        .first()
        .filter(|first| others.iter().all(|other| other.meets(first)));
    if let (false, Some(first)) = (known, second) {
        out.push(sight.found(format!("{first} stays locked while {table} is waited for")));
    }
}
