//! What another tool's ledger says, put beside the migrations that we have: which of them are recorded,
//! and what speaks against it. Pure; everything that is wrong is found at once.

use super::Beside;
use crate::source::ledger::{Kept, Row, Standing, Sum, Tool, sum};
use crate::source::version::compare;
use crate::source::{Origin, Turn};
use crate::spec::Migration;
use initium_driver::{Code, Error, State, Text};
use std::borrow::Cow;

/// What is let pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lenience {
    /// Versions that no file is there of.
    pub missing: Beside,
    /// Files that were edited since.
    pub edited: Beside,
}

/// One version of theirs, or one migration of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    pub version: String,
    pub title: String,
    /// Absent where their ledger says nothing of it.
    pub standing: Option<Standing>,
    pub at: Option<String>,
    /// Ours.
    pub id: Option<String>,
    pub sum: Option<Sum>,
    pub fate: Fate,
}

/// What becomes of it in our ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Applied,
    Baseline,
    Pending,
    /// There is no file of it, and that is let pass.
    LeftOut,
    Refused,
}

impl Fate {
    pub fn word(self) -> &'static str {
        match self {
            Fate::Applied => "applied",
            Fate::Baseline => "baseline",
            Fate::Pending => "pending",
            Fate::LeftOut => "left_out",
            Fate::Refused => "refused",
        }
    }
}

/// What is recorded of one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    pub id: String,
    pub state: State,
    pub reason: String,
}

/// Everything of one ledger.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub lines: Vec<Matched>,
    /// In the order in which they were applied there.
    pub takings: Vec<Taking>,
    pub errors: Vec<Error>,
}

/// `migrations`: those of the target that are written for this tool, in order. `names`: of its database.
pub fn take(
    tool: Tool,
    rows: &[Row],
    migrations: &[&Migration],
    names: &[&str],
    lenience: &Lenience,
) -> Mapping {
    let mut work = Work {
        tool,
        names,
        lenience,
        mapping: Mapping::default(),
    };
    let rows = through(tool, rows, migrations);
    for row in &rows {
        let found = migrations.iter().find(|one| is_of(tool, row, one));
        work.row(row, found.copied());
    }
    work.rest(&rows, migrations);
    work.mapping
}

/// Where the ledger has only the last version, one row for each up to it.
fn through(tool: Tool, rows: &[Row], migrations: &[&Migration]) -> Vec<Row> {
    let [last] = rows else { return rows.to_vec() };
    let known = migrations.iter().any(|one| is_of(tool, last, one));
    if last.standing != Standing::Current || !known {
        return rows.to_vec();
    }
    let before = migrations.iter().filter_map(|one| one.origin.as_ref());
    let before = before.filter(|origin| compare(&origin.version, &last.version).is_le());
    let row = |origin: &Origin| Row {
        version: origin.version.clone(),
        title: origin.title.clone(),
        ..last.clone()
    };
    before.map(row).collect()
}

fn is_of(tool: Tool, row: &Row, migration: &Migration) -> bool {
    let Some(origin) = &migration.origin else {
        return false;
    };
    match tool {
        Tool::Flyway if row.version.is_empty() => {
            migration.turn == Turn::Repeatable && row.title == origin.title
        }
        Tool::Flyway => {
            let instead = row.standing == Standing::Instead;
            instead == (migration.turn == Turn::Baseline)
                && migration.turn != Turn::Repeatable
                && compare(&row.version, &origin.version).is_eq()
        }
        Tool::Liquibase => {
            let named = format!("::{}::{}", row.version, row.title);
            let path = origin.version.strip_suffix(&named);
            // Its paths begin wherever its search path does.
            path.is_some_and(|path| {
                let above = row.file.strip_suffix(path);
                above.is_some_and(|above| above.is_empty() || above.ends_with(['/', ':']))
            })
        }
        tool if tool.counts() => compare(&row.version, &origin.version).is_eq(),
        _ => row.version == origin.version,
    }
}

/// The file, letter for letter, where that is what runs.
pub fn text<'a>(migration: &'a Migration, names: &[&str]) -> Option<Cow<'a, str>> {
    let [source] = migration.up.of(names)?.as_slice() else {
        return None;
    };
    // What begins further down is a piece of a file; what is long is at hand only in windows.
    match &source.text {
        Text::Held(text) if (source.line, source.column) == (1, 1) => Some(text.into()),
        _ => None,
    }
}

struct Work<'a> {
    tool: Tool,
    names: &'a [&'a str],
    lenience: &'a Lenience,
    mapping: Mapping,
}

impl Work<'_> {
    fn row(&mut self, row: &Row, found: Option<&Migration>) {
        let checked = found.and_then(|one| Some((one, one.origin.as_ref()?)));
        let sum = checked.map(|(one, origin)| {
            let text = text(one, self.names);
            let kept = Kept {
                tool: self.tool,
                origin,
                text: text.as_deref(),
            };
            sum(kept, row)
        });
        let fate = match (row.standing, found, sum) {
            (Standing::Failed, _, _) => self.refuse(row, found, "failed there, or nobody knows"),
            (Standing::Undone, _, _) => Fate::Pending,
            (Standing::Baseline, _, _) => Fate::Baseline,
            (_, None, _) if self.lenience.missing == Beside::Allow => Fate::LeftOut,
            (_, None, _) => self.refuse(row, None, "is applied there, and there is no file of it"),
            // It runs again unless it is known to be the one that ran.
            (_, Some(one), Some(Sum::Changed | Sum::NotChecked))
                if one.turn == Turn::Repeatable =>
            {
                Fate::Pending
            }
            (_, Some(_), Some(Sum::Changed)) if self.lenience.edited == Beside::Refuse => {
                self.refuse(row, found, "was edited since it was applied there")
            }
            _ => Fate::Applied,
        };
        // A row without a migration of ours is told only where it says that something is there.
        if found.is_none() && fate == Fate::Pending {
            return;
        }
        if let (Fate::Applied, Some(one)) = (fate, found) {
            let at = row.at.as_deref().map(|at| format!(" {at}"));
            let mut reason = format!(
                "imported from {}, applied there{}",
                self.tool.word(),
                at.unwrap_or_default()
            );
            if sum == Some(Sum::Changed) {
                reason += ", edited since";
            }
            self.taking(one, State::Applied, reason);
        }
        if let (Fate::Baseline, Some(one)) = (fate, found) {
            let reason = self.in_baseline(&row.version);
            self.taking(one, State::Baseline, reason);
        }
        self.mapping.lines.push(Matched {
            version: row.version.clone(),
            title: row.title.clone(),
            standing: Some(row.standing),
            at: row.at.clone(),
            id: found.map(|one| one.id.clone()),
            sum,
            fate,
        });
    }

    /// Those of which there is no row: they are pending, or in a baseline.
    fn rest(&mut self, rows: &[Row], migrations: &[&Migration]) {
        let stands = |row: &&Row| matches!(row.standing, Standing::Baseline | Standing::Instead);
        let ran = |one: &&&Migration| {
            let mut rows = rows.iter();
            one.turn == Turn::Baseline
                && rows.any(|row| row.standing == Standing::Applied && is_of(self.tool, row, one))
        };
        let rows_of = rows.iter().filter(stands).map(|row| row.version.as_str());
        // The largest number there is decides alone, so that people write one row by hand.
        let largest = match self.tool {
            Tool::Drizzle => rows.last(),
            _ => None,
        };
        let rows_of = rows_of.chain(largest.map(|row| row.version.as_str()));
        let ran = migrations.iter().filter(ran);
        let ran = ran.filter_map(|one| Some(one.origin.as_ref()?.version.as_str()));
        let later = |one, other| match compare(one, other).is_lt() {
            true => other,
            false => one,
        };
        let baseline = rows_of.chain(ran).reduce(later);
        let mut before = Vec::new();
        for one in migrations {
            let Some(origin) = &one.origin else { continue };
            if rows.iter().any(|row| is_of(self.tool, row, one)) {
                continue;
            }
            let in_it = one.turn == Turn::Once
                && baseline.is_some_and(|top| compare(&origin.version, top).is_le());
            let fate = match in_it {
                true => Fate::Baseline,
                false => Fate::Pending,
            };
            if in_it {
                before.push(Taking {
                    id: one.id.clone(),
                    state: State::Baseline,
                    reason: self.in_baseline(baseline.unwrap_or_default()),
                });
            }
            self.mapping.lines.push(Matched {
                version: origin.version.clone(),
                title: origin.title.clone(),
                standing: None,
                at: None,
                id: Some(one.id.clone()),
                sum: None,
                fate,
            });
        }
        before.append(&mut self.mapping.takings);
        self.mapping.takings = before;
    }

    fn in_baseline(&self, version: &str) -> String {
        format!(
            "imported from {}: in its baseline {version}",
            self.tool.word()
        )
    }

    fn taking(&mut self, migration: &Migration, state: State, reason: String) {
        let known = |one: &Taking| one.id == migration.id;
        if self.mapping.takings.iter().any(known) {
            return;
        }
        self.mapping.takings.push(Taking {
            id: migration.id.clone(),
            state,
            reason,
        });
    }

    fn refuse(&mut self, row: &Row, found: Option<&Migration>, why: &str) -> Fate {
        let tool = self.tool.word();
        let called = match (row.version.as_str(), row.title.as_str()) {
            ("", title) => format!("'{title}'"),
            (version, "") => format!("version {version}"),
            (version, title) => format!("version {version} ({title})"),
        };
        let error = Error::new(Code::ImportRefused, format!("{called} of {tool} {why}"));
        let help = match (row.standing, found) {
            (Standing::Failed, _) => format!(
                "end it with {tool}, or undo what it did and take its row out there; then import again"
            ),
            (_, None) => "bring its file back, or leave it out with --allow-missing".into(),
            (_, Some(_)) => format!(
                "bring back the file as it was; or, if the database is as the file says now, --accept-edited (`{tool}` itself would refuse it too)"
            ),
        };
        let error = error.help(help);
        self.mapping.errors.push(match found {
            Some(one) => error.migration(&one.id).place(one.place.clone()),
            None => error,
        });
        Fate::Refused
    }
}
