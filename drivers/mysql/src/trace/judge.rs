//! Two answers of the catalog, before and now: did the statement take effect? `With` only where all
//! of it is there and nothing else happened; `Without` only where nothing happened, or where running it
//! once more does no harm. Everything else is for a person.

use super::aim::{Act, Aim, Kind};
use super::alter::{Alter, Must};
use super::explain::{Difference, differences};
use super::seen::{Parts, Seen};
use initium_driver::Verdict;
use initium_driver::sorted;

pub fn verdict(aim: &Aim, before: &Seen, now: &Seen) -> Verdict {
    if aim.act == Act::Temporary {
        return temporary(before, now);
    }
    let blind = (0..aim.objects.len()).find(|n| !before.shows(*n, aim) || !now.shows(*n, aim));
    if let Some(n) = blind {
        return Verdict::Invisible(format!("{} is not shown to this user", aim.objects[n].name));
    }
    match &aim.act {
        Act::Create => create(aim, before, now),
        Act::Drop => drop(aim, before, now),
        Act::Rename(pairs) => rename(aim, pairs, before, now),
        Act::Alter(alter) => altered(aim, alter, before, now),
        Act::Replace | Act::Change => change(aim, before, now),
        Act::Empty => match found(aim, before, now) {
            Some(found) => Verdict::Otherwise(found),
            None => no_trace(),
        },
        Act::Temporary => temporary(before, now),
    }
}

const fn without() -> Verdict {
    Verdict::Without { clear: Vec::new() }
}

fn no_trace() -> Verdict {
    Verdict::Invisible("what it does leaves no trace in the catalog".into())
}

/// A temporary table went with its session, so what made it has to run again, and what dropped it
/// needs not; both is said by running it.
fn temporary(before: &Seen, now: &Seen) -> Verdict {
    match before.session == now.session {
        true => Verdict::Invisible("temporary tables leave no trace in the catalog".into()),
        false => without(),
    }
}

/// What changed, in words; `None` where nothing did.
fn found(aim: &Aim, before: &Seen, now: &Seen) -> Option<String> {
    let told: Vec<_> = (0..aim.objects.len())
        .flat_map(|n| whole(aim, n, before, now))
        .collect();
    (!told.is_empty()).then(|| listed(told))
}

/// At most three, so that it stays one line.
fn listed(told: Vec<String>) -> String {
    let more = told.len().saturating_sub(3);
    let shown = told.into_iter().take(3).collect::<Vec<_>>().join(", ");
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn whole(aim: &Aim, n: usize, before: &Seen, now: &Seen) -> Vec<String> {
    let name = &aim.objects[n].name;
    match (before.has(n), now.has(n)) {
        (false, false) => Vec::new(),
        (true, false) => vec![format!("{name} was dropped")],
        (false, true) => vec![format!("{name} was created")],
        (true, true) => differences(&before.objects[n], &now.objects[n])
            .iter()
            .map(|d| d.told(name))
            .collect(),
    }
}

fn unexplained(told: Vec<String>) -> Verdict {
    Verdict::Otherwise(format!(
        "{}, which this statement does not do",
        listed(told)
    ))
}

fn create(aim: &Aim, before: &Seen, now: &Seen) -> Verdict {
    let all = 0..aim.objects.len();
    let there = |seen: &Seen| all.clone().filter(|n| seen.has(*n)).count();
    match found(aim, before, now) {
        // On what is there already it fails or does nothing.
        _ if there(before) == aim.objects.len() => without(),
        None => without(),
        Some(_)
            if there(now) == aim.objects.len() && (there(before) == 0 || is_conditional(aim)) =>
        {
            Verdict::With
        }
        Some(found) => Verdict::Otherwise(found),
    }
}

/// IF EXISTS, IF NOT EXISTS.
fn is_conditional(aim: &Aim) -> bool {
    aim.says("if") && aim.says("exists")
}

fn drop(aim: &Aim, before: &Seen, now: &Seen) -> Verdict {
    let Some(found) = found(aim, before, now) else {
        return without();
    };
    let all = 0..aim.objects.len();
    let gone = all.clone().all(|n| !now.has(n));
    // One that was missing makes the statement fail, after it dropped the others.
    let missing = all.clone().find(|n| !before.has(*n));
    match missing {
        _ if !gone => Verdict::Otherwise(found),
        Some(n) if !is_conditional(aim) => Verdict::Otherwise(format!(
            "{found}; {} was not there before",
            aim.objects[n].name
        )),
        _ => Verdict::With,
    }
}

/// Foreign keys that refer to a renamed table and the time of the change follow by themselves.
fn moved(parts: &Parts) -> Parts {
    let kept = parts
        .iter()
        .filter(|(p, _)| !matches!(p.letter, 'Z' | 'R' | 'S'));
    sorted::map(kept.map(|(part, value)| (part.clone(), value.clone())))
}

fn rename(aim: &Aim, pairs: &[(usize, usize)], before: &Seen, now: &Seen) -> Verdict {
    let was: Vec<Parts> = before.objects.iter().map(moved).collect();
    let is: Vec<Parts> = now.objects.iter().map(moved).collect();
    let mut then = was.clone();
    for (from, to) in pairs {
        then[*to] = std::mem::take(&mut then[*from]);
    }
    // An event keeps all but its name; a user's host may differ.
    match (was == is, then == is) {
        (true, true) if !(0..is.len()).any(|n| now.has(n)) => without(),
        (true, true) => Verdict::Otherwise("the tables look the same either way round".into()),
        (true, false) => without(),
        (false, true) => Verdict::With,
        (false, false) => Verdict::Otherwise(
            found(aim, before, now).unwrap_or_else(|| "something else was renamed".into()),
        ),
    }
}

/// What replaces an object, or sets it to what the statement says.
fn change(aim: &Aim, before: &Seen, now: &Seen) -> Verdict {
    let table = aim.objects[0].kind == Kind::WholeTable;
    let Some(found) = found(aim, before, now) else {
        // Replacing a table empties it; anything else may be replaced twice.
        return match table && before.has(0) && !before.is_settled(0) {
            true => no_trace(),
            false => without(),
        };
    };
    let may_be_new = before.has(0) || aim.act == Act::Replace;
    match now.has(0) && may_be_new {
        true => Verdict::With,
        false => Verdict::Otherwise(found),
    }
}

fn altered(aim: &Aim, alter: &Alter, before: &Seen, now: &Seen) -> Verdict {
    let table = &aim.objects[0].name;
    let mut target = 0;
    if aim.objects.len() == 2 {
        match (before.has(1), now.has(0), now.has(1)) {
            (false, false, true) => target = 1,
            (was, _, is) if was == is && now.has(0) == before.has(0) => {}
            _ => {
                return Verdict::Otherwise(listed(
                    (0..2).flat_map(|n| whole(aim, n, before, now)).collect(),
                ));
            }
        }
    }
    if before.has(0) != now.has(target) {
        return unexplained(whole(aim, 0, before, now));
    }
    let renamed = target == 1;
    let sides = [&before.objects[0], &now.objects[target]].map(|parts| match renamed {
        true => moved(parts),
        false => parts.clone(),
    });
    let [was, is] = &sides;
    let found = differences(was, is);
    let strange: Vec<_> = found
        .iter()
        .filter(|d| !d.is_explained(aim, was, is))
        .map(|d| d.told(table))
        .collect();
    if !strange.is_empty() {
        return unexplained(strange);
    }
    if alter.unseen {
        return no_trace();
    }
    if found.is_empty() && !renamed {
        return match alter.moves_data && !before.is_settled(0) {
            true => no_trace(),
            false => without(),
        };
    }
    // All of it, not only some that somebody else did.
    match missing(alter, is, &aim.objects[target].name) {
        Some(missing) => Verdict::Otherwise(format!("{}, but {missing}", told(&found, table))),
        // A rename that is still to come, and yet something is different.
        None if aim.objects.len() == 2 && !renamed => Verdict::Otherwise(told(&found, table)),
        None => Verdict::With,
    }
}

fn told(found: &[Difference], table: &str) -> String {
    listed(found.iter().map(|d| d.told(table)).collect())
}

/// What the statement would have left otherwise.
fn missing(alter: &Alter, is: &Parts, table: &str) -> Option<String> {
    let there = |letter: char, name: &str| {
        let mut parts = is.keys().filter(|p| p.letter == letter);
        parts.any(|p| p.full_name(table).to_lowercase() == name)
    };
    alter.musts.iter().find_map(
        |((letter, name), must)| match (there(*letter, name), must) {
            (false, Must::Present) => Some(format!("{name} is not there")),
            (true, Must::Absent) => Some(format!("{name} is still there")),
            _ => None,
        },
    )
}
