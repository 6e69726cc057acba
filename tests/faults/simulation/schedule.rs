//! One schedule: a fresh database, runs that chance disturbs, runs that it leaves in peace, and
//! what must be true then.

use super::between::Between;
use super::work::Work;
use crate::drill::Chance;
use initium::plan::{Author, Plan, Rules, Until};
use initium::run::{Connection, Context, Event, Repair, apply, repair, rollback};
use initium_driver::driver::Access;
use initium_driver::fake::{Cut, Fake, Flavour};
use initium_driver::ledger::StepState;
use initium_driver::{Code, Driver, Limits, Outcome, Result, Run};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Over all schedules.
#[derive(Debug, Default)]
pub struct Seen {
    pub runs: usize,
    pub lost: usize,
    pub held: usize,
    pub settled: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Apply,
    Rollback,
}

pub struct Schedule {
    fake: Fake,
    work: Arc<Work>,
    seed: u64,
    chance: RefCell<Chance>,
    /// How many runs are under way, one inside the other.
    depth: Cell<usize>,
    /// Chance has had its turns.
    quiet: Cell<bool>,
    seen: RefCell<Seen>,
}

/// What a run may end with that chance disturbs.
const EXPECTED: &[Code] = &[
    Code::ConnectionLost,
    Code::LockHeld,
    Code::LockTimeout,
    Code::StepUndecided,
];
const TABLE: &str = "initium_migrate";

impl Schedule {
    pub fn new(work: &Arc<Work>, flavour: Flavour, seed: u64) -> Rc<Schedule> {
        Rc::new(Schedule {
            fake: Fake::new(flavour),
            work: Arc::clone(work),
            seed,
            chance: RefCell::new(Chance(seed)),
            depth: Cell::new(0),
            quiet: Cell::new(false),
            seen: RefCell::default(),
        })
    }

    pub fn play(self: Rc<Schedule>, verbs: &[Verb], all: &mut Seen) {
        let undisturbed = Schedule::new(&self.work, self.fake.dialect().0, 0);
        undisturbed.quiet.set(true);
        for verb in verbs.iter().copied() {
            self.quiet.set(false);
            for _ in 0..1 + self.below(4) {
                self.cut();
                let _ = self.run(verb);
            }
            self.quiet.set(true);
            self.fake.cut(usize::MAX, Cut::Before);
            self.converge(verb);
            undisturbed.converge(verb);
            let (left, right) = (self.left(), undisturbed.left());
            self.holds(left == right, &format!("left {left}\ninstead of {right}"));
            self.once(verb);
        }
        let seen = self.seen.borrow();
        all.runs += seen.runs;
        all.lost += seen.lost;
        all.held += seen.held;
        all.settled += seen.settled;
    }

    fn below(&self, n: usize) -> usize {
        self.chance.borrow_mut().below(n)
    }

    #[track_caller]
    fn holds(&self, holds: bool, what: &str) {
        if holds {
            return;
        }
        let events = self.fake.events();
        panic!(
            "FAULTS_SEED={}\n{what}\n{}\n{}",
            self.seed,
            self.work.text,
            events[events.len().saturating_sub(60)..].join("\n")
        );
    }

    /// Between two calls of a driver: mostly nothing.
    pub fn disturb(self: &Rc<Schedule>, verb: Verb) {
        if self.quiet.get() || self.below(12) > 0 {
            return;
        }
        match self.below(10) {
            0 => self.end_the_holder(),
            1..3 => self.cut(),
            _ if self.depth.get() < 3 => drop(self.run(verb)),
            _ => {}
        }
    }

    fn cut(&self) {
        let cut = [Cut::Before, Cut::After][self.below(2)];
        self.fake.cut(1 + self.below(40), cut);
    }

    /// What `unlock --yes` does.
    fn end_the_holder(&self) {
        let Ok(mut other) = self.fake.open(&run_of(0)) else {
            return;
        };
        if let Ok(Some(holder)) = other.holder() {
            let _ = other.end(&holder);
        }
    }

    fn open(self: &Rc<Schedule>, verb: Verb, number: usize) -> Result<Box<dyn Driver>> {
        Ok(Box::new(Between {
            inner: self.fake.open(&run_of(number))?,
            schedule: Rc::clone(self),
            verb,
        }))
    }

    /// A whole run of one runner, from its connection to its end.
    fn run(self: &Rc<Schedule>, verb: Verb) -> std::result::Result<(), Code> {
        self.depth.set(self.depth.get() + 1);
        let answer = self.begin(verb);
        self.depth.set(self.depth.get() - 1);
        let mut seen = self.seen.borrow_mut();
        match answer {
            Err(Code::ConnectionLost) => seen.lost += 1,
            Err(Code::LockHeld) => seen.held += 1,
            _ => {}
        }
        answer
    }

    fn begin(self: &Rc<Schedule>, verb: Verb) -> std::result::Result<(), Code> {
        let number = {
            let mut seen = self.seen.borrow_mut();
            seen.runs += 1;
            seen.runs
        };
        let driver = self.open(verb, number).map_err(|error| error.code())?;
        let schedule = Rc::clone(self);
        let mut connections = vec![Connection {
            scratch: None,
            target: "default".into(),
            address: String::new(),
            driver,
            reopen: Box::new(move || schedule.open(verb, number)),
        }];
        let mut agree = |_: &Plan| Ok(());
        let spec = &self.work.spec;
        let answer = with(number, action(verb), |context| match verb {
            Verb::Apply => apply(
                spec,
                &mut connections,
                &Rules::default(),
                context,
                &mut agree,
            ),
            Verb::Rollback => {
                let ids = spec.migrations.iter().skip(1).map(|m| m.id.clone());
                let until = Until::Migration {
                    id: "ground".into(),
                    later: ids.collect(),
                };
                rollback(spec, &mut connections, &until, context, &mut agree)
            }
        });
        answer.map(drop).map_err(|failure| {
            let code = failure.error.code();
            let known = EXPECTED.contains(&code);
            self.holds(known, &format!("{verb:?} ended with {:?}", failure.error));
            code
        })
    }

    /// Runs until one succeeds; a person settles what no catalog shows, and nothing else.
    fn converge(self: &Rc<Schedule>, verb: Verb) {
        for _ in 0..24 {
            match self.run(verb) {
                Ok(()) => return,
                Err(Code::StepUndecided) => self.settle(),
                Err(_) => {}
            }
        }
        self.holds(false, &format!("{verb:?} does not come to its end"));
    }

    fn settle(self: &Rc<Schedule>) {
        let steps = self.fake.world().kept.ledgers[TABLE].steps.clone();
        let open = steps.iter().find(|s| s.state == StepState::Intent);
        let step = open.expect("an undecided step");
        let table = step.head.strip_prefix("alone insert ");
        self.holds(
            table.is_some(),
            &format!("'{}' shows in the catalog and was not decided", step.head),
        );
        // What a person would look up: nothing else writes to this table.
        let ran = self.fake.table(table.unwrap_or_default()) == Some(1);
        let (id, statement) = (step.id.clone(), step.number);
        let what = match ran {
            true => Repair::Done { id, statement },
            false => Repair::Retry { id, statement },
        };
        let mut connections = vec![Connection {
            scratch: None,
            target: "default".into(),
            address: String::new(),
            driver: self.fake.open(&run_of(0)).expect("a connection"),
            reopen: Box::new(|| unreachable!("nothing breaks here")),
        }];
        let answer = with(0, "repair", |context| {
            repair(&self.work.spec, &mut connections, &what, context)
        });
        self.holds(answer.is_ok(), &format!("{what:?}: {answer:?}"));
        self.seen.borrow_mut().settled += 1;
    }

    /// Everything that is left, but for what two runs differ in.
    fn left(&self) -> String {
        let world = self.fake.world();
        let book = &world.kept.ledgers[TABLE];
        let mut records: Vec<_> = book.records.iter().collect();
        records.sort_by_key(|record| record.seq);
        let records: Vec<_> = records
            .iter()
            .map(|r| format!("{} {} {} {}", r.id, r.seq, r.state.word(), r.checksum))
            .collect();
        format!(
            "tables {:?}\nrecords {records:?}\nsteps {:?}\nlocks {:?}",
            world.kept.tables, book.steps, world.locks
        )
    }

    /// The log has one success per migration and verb.
    fn once(&self, verb: Verb) {
        let action = action(verb);
        let mut successes: BTreeMap<String, usize> = BTreeMap::new();
        for attempt in &self.fake.world().kept.ledgers[TABLE].attempts {
            if attempt.outcome == Outcome::Ok && attempt.action == action {
                *successes
                    .entry(attempt.id.clone().unwrap_or_default())
                    .or_default() += 1;
            }
        }
        let twice = successes.values().any(|n| *n != 1);
        let all = self.work.spec.migrations.len() - usize::from(verb == Verb::Rollback);
        self.holds(
            !twice && successes.len() == all,
            &format!("successes of {action}: {successes:?}"),
        );
    }
}

fn action(verb: Verb) -> &'static str {
    match verb {
        Verb::Apply => "apply",
        Verb::Rollback => "rollback",
    }
}

fn run_of(number: usize) -> Run {
    Run {
        id: format!("run-{number}"),
        table: TABLE.into(),
        prefix: String::new(),
        limits: Limits::default(),
        access: Access::Write,
        pulse: Default::default(),
    }
}

fn with<T>(number: usize, action: &str, work: impl FnOnce(&mut Context) -> T) -> T {
    let author = Author {
        run: format!("run-{number}"),
        action: action.into(),
        actor: "me@here".into(),
        tool: "initium".into(),
        reason: None,
    };
    work(&mut Context {
        author,
        lock_wait: Duration::ZERO,
        variable: &|_| None,
        stop: &|| None,
        tell: &mut |_: &Event| {},
    })
}
