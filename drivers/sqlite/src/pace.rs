//! Where SQLite works or waits for long: a statement is ended when its time is over, and the pulse
//! beats meanwhile. Must never ask more of the clock than a long statement notices.

use initium_driver::driver::Pulse;
use rusqlite::{Connection, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Shared with the handlers inside a connection, which have to be `Send`.
#[derive(Clone, Debug)]
pub struct Pace(Arc<Mutex<Beats>>);

#[derive(Debug)]
struct Beats {
    pulse: Pulse,
    /// Many short statements are one long one to the pulse.
    due: Instant,
    until: Option<Instant>,
}

/// As SQLite itself waits for another's write, only that nothing beats there.
const PAUSES: [u64; 11] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50];
const PAUSE: u64 = 100;

/// How many of SQLite's steps lie between two looks at the clock: some tens of microseconds.
const STEPS: i32 = 1000;

impl Pace {
    pub fn new(pulse: Pulse) -> Pace {
        Pace(Arc::new(Mutex::new(Beats {
            pulse,
            due: Instant::now() + Pulse::EVERY,
            until: None,
        })))
    }

    /// From here on; `patience` is for the locks of others.
    pub fn keep(&self, connection: &mut Connection, patience: Duration) -> Result<()> {
        let pace = self.clone();
        connection.progress_handler(STEPS, Some(move || pace.is_over()))?;
        let pace = self.clone();
        let mut begun = Instant::now();
        connection.busy_handler(Some(move |count: i32| {
            if count == 0 {
                begun = Instant::now();
            }
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return false;
            }
            let at = usize::try_from(count).unwrap_or_default();
            let pause = PAUSES.get(at).copied().unwrap_or(PAUSE);
            sleep(Duration::from_millis(pause).min(left));
            pace.look_up();
            true
        }))
    }

    /// What runs next may take this long; `None`: as long as it takes.
    pub fn limit(&self, limit: Option<Duration>) {
        self.beats().until = limit.and_then(|limit| Instant::now().checked_add(limit));
    }

    pub fn look_up(&self) {
        let now = Instant::now();
        let due = {
            let beats = self.beats();
            (now >= beats.due).then_some(beats.pulse)
        };
        if let Some(pulse) = due {
            pulse.beat();
            self.beats().due = Instant::now() + Pulse::EVERY;
        }
    }

    fn is_over(&self) -> bool {
        self.look_up();
        let until = self.beats().until;
        until.is_some_and(|until| Instant::now() > until)
    }

    fn beats(&self) -> MutexGuard<'_, Beats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
