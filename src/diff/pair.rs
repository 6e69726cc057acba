//! Which of the old is which of the new. A name that somebody gave counts; one that the database
//! found itself does not, and then the structure tells.

/// The old and the new that are one, and those that have no other.
pub struct Pairs<'a, T> {
    pub both: Vec<(&'a T, &'a T)>,
    pub gone: Vec<&'a T>,
    pub new: Vec<&'a T>,
}

/// How well two fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The same name and the same structure.
    Same,
    /// The same structure, and at least one of the names is nobody's choice.
    Nameless,
    /// The same name, another structure.
    Name,
    /// The same structure, another name.
    Renamed,
    Not,
}

/// Takes the best first. The lists are the parts of one table, so they are short.
pub fn pair<'a, T>(from: &'a [T], to: &'a [T], fit: &dyn Fn(&T, &T) -> Fit) -> Pairs<'a, T> {
    let mut old: Vec<Option<&T>> = from.iter().map(Some).collect();
    let mut found: Vec<Option<&T>> = vec![None; to.len()];
    // What nothing was done to is found at its own place at once.
    if from.len() == to.len() {
        for (n, (one, other)) in from.iter().zip(to).enumerate() {
            if fit(one, other) == Fit::Same {
                (found[n], old[n]) = (Some(one), None);
            }
        }
    }
    for wanted in [Fit::Same, Fit::Nameless, Fit::Name, Fit::Renamed] {
        for (other, found) in to.iter().zip(&mut found) {
            if found.is_some() {
                continue;
            }
            let place = old
                .iter()
                .position(|one| one.is_some_and(|one| fit(one, other) == wanted));
            *found = place.and_then(|place| old[place].take());
        }
    }
    let mut pairs = Pairs {
        both: Vec::new(),
        gone: old.into_iter().flatten().collect(),
        new: Vec::new(),
    };
    for (other, found) in to.iter().zip(found) {
        match found {
            Some(one) => pairs.both.push((one, other)),
            None => pairs.new.push(other),
        }
    }
    pairs
}
