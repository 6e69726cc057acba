//! SIGINT and SIGTERM: noted, and obeyed at the next safe point; a second one ends the process at
//! once, which is as safe as a crash. As PID 1 nothing happens unless we listen.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

static SEEN: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

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
