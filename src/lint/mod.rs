//! A plan to [`Finding`]s: what a statement would do to others, to data and to itself. Pure: no
//! driver, no clock and no file is reachable from here, and nothing is changed. One file for each
//! rule in `rules`; what a statement does is read in `initium_driver::sql::ddl`.

mod allow;
mod ground;
mod meant;
mod rewrite;
mod rule;
mod rules;
mod script;
mod settings;
mod sight;

pub use ground::{Ground, Sizes, Version};
pub use rule::{About, Rule};
pub use rules::RULES;
pub use settings::{Settings, unknown as unknown_rule};

use crate::plan::{Plan, Planned};
use crate::spec::{Secrecy, Severity, Spec};
use allow::{Note, Whose};
use initium_driver::ddl::SCHEMAS;
use initium_driver::sorted;
use initium_driver::sql::ddl::What;
use initium_driver::{Phase, Place, Source};
use meant::is_known_better;
use rule::Found;
use script::Script;
use sight::Sight;
use std::collections::BTreeMap;

/// What a rule has against a statement.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    pub message: String,
    /// Scripts that do the same without the trouble, each a migration of its own.
    pub rewrite: Vec<String>,
    pub place: Place,
    /// Nothing of a sensitive migration.
    pub excerpt: Option<String>,
    pub target: String,
    pub migration: String,
    pub phase: Phase,
    /// Which statement of it, from 0; none where a comment is meant.
    pub statement: Option<usize>,
}

/// A rule by its id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    if !SCHEMAS {
        return None;
    }
    RULES.iter().find(|rule| rule.id == id).copied()
}

/// Tables with fewer rows are read and written in no time.
const SMALL: u64 = 10_000;

/// What is to be said of a plan, in its order. A target without a ground is not judged.
pub fn lint(
    plan: &Plan,
    spec: &Spec,
    grounds: &BTreeMap<String, Ground>,
    settings: &Settings,
) -> Vec<Finding> {
    if !SCHEMAS {
        return Vec::new();
    }
    let mut judge = Judge {
        settings,
        findings: Vec::new(),
        notes: Vec::new(),
    };
    for planned in &plan.migrations {
        let phase = matches!(planned.phase, Phase::Up | Phase::Cleanup);
        if let Some(ground) = grounds.get(&planned.target)
            && phase
            && !settings.skips(&planned.id)
        {
            judge.migration(planned, ground, sources(planned, spec, ground));
        }
    }
    judge.unused();
    judge.findings
}

/// What a migration was split from.
fn sources<'s>(planned: &Planned, spec: &'s Spec, ground: &Ground) -> &'s [Source] {
    let names: &[&str] = match ground.tongue.word() {
        "mariadb" => &["mariadb", "mysql"],
        _ => &[ground.tongue.word()],
    };
    let mut all = spec.migrations.iter();
    let found = all.find(|one| one.id == planned.id);
    let scripts = found.and_then(|one| match planned.phase {
        Phase::Cleanup => one.cleanup.as_ref(),
        _ => Some(&one.up),
    });
    let sources = scripts.and_then(|scripts| scripts.of(names));
    sources.map(Vec::as_slice).unwrap_or_default()
}

struct Judge<'s> {
    settings: &'s Settings,
    findings: Vec<Finding>,
    /// Each marker once, however many targets its script is for, and whether it was of use.
    notes: Vec<(Note, String, String, Use)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    None,
    Some,
}

impl Judge<'_> {
    fn migration(&mut self, planned: &Planned, ground: &Ground, sources: &[Source]) {
        let script = Script::new(planned, ground.tongue);
        let notes = allow::notes(sources, &planned.statements, ground.tongue);
        let mut used = vec![Use::None; notes.len()];
        for at in planned.done..planned.statements.len() {
            let mut found = self.statement(&script, at, ground);
            if let Some(more) = &planned.statements[at].more {
                found.extend(unread(more.count));
            }
            found.retain(|(rule, ..)| !is_known_better(planned, at, rule));
            for (rule, severity, one) in found {
                let mut allowing = notes.iter().zip(&mut used);
                match allowing.find(|(note, _)| note.allows(rule, at)) {
                    Some((_, used)) => *used = Use::Some,
                    None => self
                        .findings
                        .push(finding(planned, at, rule, severity, one)),
                }
            }
        }
        for (note, used) in notes.into_iter().zip(used) {
            let known = self
                .notes
                .iter_mut()
                .find(|(one, ..)| one.place == note.place);
            match known {
                Some((.., known)) if used == Use::Some => *known = Use::Some,
                Some(_) => {}
                None => {
                    let (target, id) = (planned.target.clone(), planned.id.clone());
                    self.notes.push((note, target, id, used));
                }
            }
        }
    }

    /// What all rules have against one statement.
    fn statement(
        &self,
        script: &Script,
        at: usize,
        ground: &Ground,
    ) -> Vec<(&'static Rule, Severity, Found)> {
        let mut all = Vec::new();
        let mut found = Vec::new();
        for act in &script.statements[at].acts {
            if act.what == What::Other {
                continue;
            }
            let sight = Sight {
                act,
                at,
                script,
                ground,
            };
            for (n, rule) in RULES.iter().enumerate() {
                let severity = self.settings.severity(n);
                if severity == Severity::Off || !rule.databases.contains(&ground.tongue) {
                    continue;
                }
                (rule.check)(&sight, &mut found);
                for one in found.drain(..) {
                    // A spec has the last word, where it has said one.
                    let own = one.severity.filter(|_| severity == rule.severity);
                    let (severity, one) = weigh(rule, own.unwrap_or(severity), one, &sight);
                    all.push((*rule, severity, one));
                }
            }
        }
        sorted::by_key(&mut all, |(_, _, one)| one.range.start);
        all
    }

    /// Markers that allowed nothing, or cannot.
    fn unused(&mut self) {
        let rule = &rules::UNUSED_ALLOW;
        let Some(at) = RULES.iter().position(|one| one.id == rule.id) else {
            return;
        };
        let severity = self.settings.severity(at);
        for (note, target, migration, used) in std::mem::take(&mut self.notes) {
            let looked_for = |rule: &&Rule| {
                let at = RULES.iter().position(|one| one.id == rule.id);
                at.is_some_and(|at| self.settings.severity(at) != Severity::Off)
            };
            let message = match note.trouble {
                Some(trouble) => format!("this comment {trouble}"),
                None if used == Use::Some || note.whose == Whose::Others => continue,
                None if !note.rules.iter().all(looked_for) => continue,
                None => {
                    let ids: Vec<_> = note.rules.iter().map(|rule| rule.id).collect();
                    format!("nothing here has to be allowed: {}", ids.join(", "))
                }
            };
            if severity != Severity::Off {
                self.findings.push(Finding {
                    rule,
                    severity,
                    message,
                    rewrite: Vec::new(),
                    place: note.place,
                    excerpt: Some(note.excerpt),
                    target,
                    migration,
                    phase: Phase::Up,
                    statement: None,
                });
            }
        }
    }
}

/// A lock on a small table is held for a moment only; on a large one the message says how large.
fn weigh(rule: &Rule, severity: Severity, mut found: Found, sight: &Sight) -> (Severity, Found) {
    let rows = match (rule.about, &sight.act.table) {
        (About::Wait, Some(table)) => sight.ground.sizes.of(table),
        _ => None,
    };
    match rows {
        Some(rows) if rows < SMALL => (severity.less(), found),
        Some(rows) => {
            found.message += &format!(" (about {rows} rows)");
            (severity, found)
        }
        None => (severity, found),
    }
}

/// Of a script that is too long to be held only the first statement of each run is here.
fn unread(count: usize) -> Option<(&'static Rule, Severity, Found)> {
    let rule = &rules::SCRIPT_NOT_READ;
    (count > 1).then(|| {
        let found = Found {
            range: 0..0,
            message: format!("{} statements behind this one are not looked at", count - 1),
            severity: None,
            rewrite: Vec::new(),
        };
        (rule, rule.severity, found)
    })
}

fn finding(
    planned: &Planned,
    at: usize,
    rule: &'static Rule,
    severity: Severity,
    found: Found,
) -> Finding {
    let statement = &planned.statements[at];
    let open = planned.secrecy == Secrecy::Open;
    let start = found.range.start;
    Finding {
        rule,
        severity,
        // A message names what the statement names.
        message: if open {
            found.message
        } else {
            rule.title.into()
        },
        rewrite: if open { found.rewrite } else { Vec::new() },
        place: statement.place_of(start),
        excerpt: open.then(|| statement.excerpt_of(start)),
        target: planned.target.clone(),
        migration: planned.id.clone(),
        phase: planned.phase,
        statement: Some(at),
    }
}
