//! SIGINT and SIGTERM: noted, and obeyed at the next safe point. A statement that is still running
//! when the grace is over is ended; what does not end even then is left to the server, which is as
//! safe as a crash. A second signal ends the process at once. As PID 1 nothing happens unless we
//! listen.
//!
//! There is no thread that waits: whoever waits for a server calls [`pulse`] now and then, in the
//! middle of its work. So it must never touch a connection; what it calls opens one of its own.

use crate::run::{Patience, Stop};
use initium_driver::driver::{Pulse, Stopper};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

static SEEN: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
static GRACE: OnceLock<Duration> = OnceLock::new();
static OVER: AtomicBool = AtomicBool::new(false);
static STOPPERS: Mutex<BTreeMap<String, Stopper>> = Mutex::new(BTreeMap::new());
static PHASE: Mutex<Phase> = Mutex::new(Phase::Calm);

/// How long an ended statement may take to roll back before the process goes without it: with what
/// the pulse is late, less than the two seconds that are promised.
const LAST: Duration = Duration::from_millis(1600);

/// How often a statement is ended: the first may come between two.
const TRIES: u32 = 2;

pub fn listen() {
    listen_to(&[SIGINT, SIGTERM]);
}

/// Leaves alone what was ignored when this process began: a program that comes after it shall find
/// its signals as we found them, and one that is listened to is at its default then.
pub fn listen_as_found() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let both = [SIGINT, SIGTERM];
    let heard = both.into_iter().filter(|signal| !ignores(&status, *signal));
    listen_to(&heard.collect::<Vec<_>>());
}

/// What Linux says of a process: one bit for each signal, from the right, in hexadecimal.
fn ignores(status: &str, signal: i32) -> bool {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let bits = line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    bits.is_some_and(|bits| bits >> (signal - 1) & 1 == 1)
}

fn listen_to(signals: &[i32]) {
    let seen = SEEN.get_or_init(|| Arc::new(AtomicUsize::new(0)));
    for &signal in signals {
        let again = Arc::new(AtomicBool::new(false));
        // Registered first, so that it sees the flag only when the second signal comes. Without
        // handlers the signal's own default (ending the process) stays, so errors are no danger.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again));
        let _ = flag::register(signal, again);
        let _ = flag::register_usize(signal, Arc::clone(seen), signal as usize);
    }
}

/// The signal that asked to stop.
pub fn signal() -> Option<i32> {
    match SEEN.get()?.load(Ordering::Relaxed) {
        0 => None,
        signal => Some(signal as i32),
    }
}

/// The same, as a run wants it.
pub fn stop() -> Option<Stop> {
    let signal = signal()?;
    if let Ok(mut phase) = PHASE.try_lock() {
        *phase = phase.heard(Instant::now());
    }
    let patience = match OVER.load(Ordering::Relaxed) {
        false => Patience::Left,
        true => Patience::Over,
    };
    Some(Stop { signal, patience })
}

/// What ends the statement that runs on a target.
pub fn ends(target: &str, stopper: Option<Stopper>) {
    let mut stoppers = STOPPERS.lock().unwrap_or_else(PoisonError::into_inner);
    match stopper {
        Some(stopper) => drop(stoppers.insert(target.into(), stopper)),
        None => drop(stoppers.remove(target)),
    }
}

/// From the first signal on a run has this long to come to a safe point by itself.
pub fn watch(grace: Duration) {
    GRACE.get_or_init(|| grace);
}

/// A pause that a signal ends.
pub fn nap(pause: Duration) {
    let start = Instant::now();
    while signal().is_none() {
        let left = pause.saturating_sub(start.elapsed());
        if left.is_zero() {
            break;
        }
        sleep(left.min(Pulse::EVERY));
    }
}

/// Does what is due since the signal, and nothing as long as there was none.
pub fn pulse() {
    let (Some(signal), Some(grace)) = (signal(), GRACE.get()) else {
        return;
    };
    // Held while the stoppers work: one that came back here would find it taken.
    let Ok(mut phase) = PHASE.try_lock() else {
        return;
    };
    let (next, act) = phase.heard(Instant::now()).next(Instant::now(), *grace);
    *phase = next;
    match act {
        Act::Nothing => {}
        Act::Stop(limit) => {
            OVER.store(true, Ordering::Relaxed);
            end_statements(limit);
        }
        Act::Leave => {
            log::error!(
                "the grace is over and the statement does not end: leaving it to the server"
            );
            signal_hook::low_level::exit(128 + signal);
        }
    }
}

/// All of them: which one is waited for nobody here knows. A server that does not answer takes its
/// share and no more.
fn end_statements(limit: Duration) {
    let start = Instant::now();
    let stoppers = STOPPERS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut others = stoppers.len() as u32;
    for stopper in stoppers.values() {
        stopper(limit.saturating_sub(start.elapsed()) / others.max(1));
        others = others.saturating_sub(1);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// No signal was heard.
    Calm,
    /// One was, then.
    Grace(Instant),
    Over {
        since: Instant,
        tries: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Nothing,
    /// End the statements, within this time.
    Stop(Duration),
    /// Go without them.
    Leave,
}

impl Phase {
    fn heard(self, now: Instant) -> Phase {
        match self {
            Phase::Calm => Phase::Grace(now),
            later => later,
        }
    }

    fn next(self, now: Instant, grace: Duration) -> (Phase, Act) {
        let (since, tries) = match self {
            Phase::Grace(since) if now.duration_since(since) >= grace => (now, 0),
            Phase::Over { since, tries } => (since, tries),
            waiting => return (waiting, Act::Nothing),
        };
        let spent = now.duration_since(since);
        if spent >= LAST {
            return (self, Act::Leave);
        }
        if tries == TRIES || spent < LAST / TRIES * tries {
            return (self, Act::Nothing);
        }
        let next = Phase::Over {
            since,
            tries: tries + 1,
        };
        // The rest is for the answer.
        (next, Act::Stop((LAST - spent) * 2 / 3))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const GRACE_OF_A_SECOND: Duration = Duration::from_secs(1);

    /// What a beat every 100 ms does, with what each stopper takes; and when it leaves.
    fn beats(stopping: Duration) -> (Vec<u128>, u128) {
        let start = Instant::now();
        let mut now = start;
        let mut phase = Phase::Calm;
        let mut stops = Vec::new();
        loop {
            let (next, act) = phase.heard(now).next(now, GRACE_OF_A_SECOND);
            phase = next;
            match act {
                Act::Nothing => {}
                Act::Stop(limit) => {
                    stops.push(now.duration_since(start).as_millis());
                    now += stopping.min(limit);
                }
                Act::Leave => return (stops, now.duration_since(start).as_millis()),
            }
            now += Pulse::EVERY;
        }
    }

    #[test]
    fn a_statement_is_ended_after_the_grace_and_once_more_and_then_left() {
        let (stops, left) = beats(Duration::ZERO);
        assert_eq!(stops, [1000, 1800]);
        assert_eq!(left, 2600);
    }

    #[test]
    fn a_stopper_whose_server_does_not_answer_delays_the_end_by_nothing() {
        let (stops, left) = beats(Duration::from_secs(60));
        assert_eq!(stops.len(), 2, "{stops:?}");
        assert!(left < 2900, "{left}");
    }

    #[test]
    fn the_grace_begins_when_the_signal_is_heard_and_nothing_happens_before_its_end() {
        let start = Instant::now();
        let heard = Phase::Calm.heard(start);
        let later = start + GRACE_OF_A_SECOND / 2;
        assert_eq!(heard.heard(later), heard);
        assert_eq!(heard.next(later, GRACE_OF_A_SECOND), (heard, Act::Nothing));
        // What only reads has none.
        let (_, act) = heard.next(start, Duration::ZERO);
        assert!(matches!(act, Act::Stop(_)), "{act:?}");
    }

    #[test]
    fn what_was_ignored_is_known_by_its_bit() {
        let status = "Name:\tx\nSigIgn:\t0000000000001002\nSigCgt:\tffffffffffffffff\n";
        assert!(ignores(status, SIGINT));
        assert!(!ignores(status, SIGTERM));
        assert!(!ignores("", SIGINT));
    }

    #[test]
    fn a_pulse_inside_a_stopper_does_nothing() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        SEEN.get_or_init(|| Arc::new(AtomicUsize::new(0)))
            .store(SIGTERM as usize, Ordering::Relaxed);
        watch(Duration::ZERO);
        let stopper: Stopper = Box::new(|limit| {
            assert!(limit > Duration::ZERO);
            CALLS.fetch_add(1, Ordering::Relaxed);
            // As a driver that forgot to leave it out would.
            pulse();
        });
        ends("a", Some(stopper));
        pulse();
        assert_eq!(CALLS.load(Ordering::Relaxed), 1);
        ends("a", None);
        SEEN.get().unwrap().store(0, Ordering::Relaxed);
    }
}
