//! SIGINT and SIGTERM: noted, and obeyed at the next safe point. A statement that is still running
//! when the grace is over is ended; what does not end even then is left to the server, which is as
//! safe as a crash. A second signal ends the process at once. As PID 1 nothing happens unless we
//! listen.
//!
//! Here is the only thread that is ours: the first one waits inside a driver, where nothing can wake
//! it. It touches no connection; what it calls opens one of its own.

use crate::run::{Patience, Stop};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level::pipe};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{Builder, sleep};
use std::time::Duration;

static SEEN: OnceLock<Arc<AtomicUsize>> = OnceLock::new();
static OVER: AtomicBool = AtomicBool::new(false);

type Stopper = Box<dyn Fn() + Send>;
static STOPPERS: Mutex<BTreeMap<String, Stopper>> = Mutex::new(BTreeMap::new());

/// How long an ended statement may take to roll back before the process goes without it.
const LAST: Duration = Duration::from_millis(1800);

pub fn listen() {
    let seen = SEEN.get_or_init(|| Arc::new(AtomicUsize::new(0)));
    for signal in [SIGINT, SIGTERM] {
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
    let patience = match OVER.load(Ordering::Relaxed) {
        false => Patience::Left,
        true => Patience::Over,
    };
    signal().map(|signal| Stop { signal, patience })
}

/// What ends the statement that runs on a target.
pub fn ends(target: &str, stopper: Option<Stopper>) {
    let mut stoppers = STOPPERS.lock().unwrap_or_else(|e| e.into_inner());
    match stopper {
        Some(stopper) => drop(stoppers.insert(target.into(), stopper)),
        None => drop(stoppers.remove(target)),
    }
}

/// From the first signal on a run has this long to come to a safe point by itself.
pub fn watch(grace: Duration) {
    static ONCE: OnceLock<()> = OnceLock::new();
    let start = || {
        let (heard, told) = UnixStream::pair().ok()?;
        for signal in [SIGINT, SIGTERM] {
            pipe::register(signal, told.try_clone().ok()?).ok()?;
        }
        let work = move || last_resort(heard, grace);
        Builder::new().name("stop".into()).spawn(work).ok()
    };
    // Without it a signal is still obeyed at the next safe point.
    ONCE.get_or_init(|| drop(start()));
}

fn last_resort(mut heard: UnixStream, grace: Duration) {
    while let Err(error) = heard.read_exact(&mut [0]) {
        if error.kind() != ErrorKind::Interrupted {
            return;
        }
    }
    sleep(grace);
    OVER.store(true, Ordering::Relaxed);
    // Twice: the first may come between two statements.
    for _ in 0..2 {
        for stopper in STOPPERS.lock().unwrap_or_else(|e| e.into_inner()).values() {
            stopper();
        }
        sleep(LAST / 2);
    }
    log::error!("the grace is over and the statement does not end: leaving it to the server");
    signal_hook::low_level::exit(128 + signal().unwrap_or(SIGTERM));
}
