//! Clauses of ALTER TABLE, and which of them are one statement.

use super::alter::Alter;
use crate::impact::cost::{Cost, INSTANT, Way as Made};
use initium_driver::change::{Act, Blocks, Way};

pub struct Clause {
    pub sql: String,
    pub changes: Vec<usize>,
    pub cost: Cost,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With the column's new name.
    Column(String),
    /// Its old one, and whether it numbers its rows.
    Gone {
        counts: bool,
    },
    IndexGone,
    CheckGone,
    CheckComes,
    Rest,
}

impl Alter<'_> {
    pub fn write(self, now: &str, acts: &mut Vec<Act>) {
        let way = self.changes.way;
        let is_foreign = self.from.options.contains_key("engine");
        let versioned = self.from.options.contains_key("system_versioning")
            && self.to.options.contains_key("system_versioning");
        let mut head = format!("ALTER TABLE {now} ");
        if versioned {
            // Otherwise nothing of it may change; the old versions are changed with it.
            head = format!("SET STATEMENT system_versioning_alter_history = KEEP FOR {head}");
        }
        let mut partitioning = self.partitioning;
        let together = self.whole
            && partitioning
                .as_ref()
                .is_some_and(|(sql, _)| sql.starts_with("PARTITION BY"));
        for group in groups(self.clauses, self.whole) {
            let cost = group.iter().fold(INSTANT, |all, it| all.and(it.cost));
            let mut places: Vec<usize> = group.iter().flat_map(|it| it.changes.clone()).collect();
            let clauses: Vec<_> = group.into_iter().map(|it| it.sql).collect();
            let mut sql = format!("{head}{}", clauses.join(", "));
            if together && let Some((clause, n)) = partitioning.take() {
                sql.push_str(&format!(" {clause}"));
                places.push(n);
            } else if way == Way::Online && !is_foreign {
                sql.push_str(match (cost.way, cost.blocks) {
                    (Made::Instant, _) => ", ALGORITHM=INSTANT",
                    (Made::Inplace, Blocks::Nothing) => ", ALGORITHM=INPLACE, LOCK=NONE",
                    _ => "",
                });
            }
            places.sort_unstable();
            places.dedup();
            acts.push(Act {
                sql,
                changes: places,
            });
        }
        if let Some((clause, n)) = partitioning {
            acts.push(Act {
                sql: format!("{head}{clause}"),
                changes: vec![n],
            });
        }
    }
}

/// What one statement makes, in the order of the statements.
fn groups(clauses: Vec<Clause>, whole: bool) -> Vec<Vec<Clause>> {
    let is_instant = |it: &Clause| it.cost.way == Made::Instant;
    let is_column = |it: &Clause| matches!(it.kind, Kind::Column(_));
    let one = whole
        || clauses.iter().all(is_instant)
        || !clauses.iter().any(is_instant)
        || clauses.iter().any(|it| is_column(it) && !is_instant(it))
        // A new one may need the name of one that goes.
        || clauses.iter().any(|it| it.kind == Kind::Gone { counts: true });
    if clauses.is_empty() {
        return Vec::new();
    }
    if one {
        return vec![clauses];
    }
    let (mut cheap, mut rest, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    // Between a check that goes and one that comes instead nothing slips in.
    let mut kinds = clauses.iter().filter(|it| !is_instant(it));
    let checks = kinds.any(|it| it.kind == Kind::CheckComes);
    for clause in clauses {
        match (&clause.kind, is_instant(&clause)) {
            (Kind::CheckGone, _) if checks => rest.push(clause),
            (Kind::Gone { .. }, true) => gone.push(clause),
            (_, true) => cheap.push(clause),
            (_, false) => rest.push(clause),
        }
    }
    let only_gone = rest.iter().all(|it| it.kind == Kind::IndexGone);
    let all = match only_gone && !gone.is_empty() {
        // The indexes first: without them the columns go at once.
        true => {
            gone.extend(cheap);
            vec![rest, gone]
        }
        false => vec![cheap, rest, gone],
    };
    all.into_iter().filter(|it| !it.is_empty()).collect()
}
