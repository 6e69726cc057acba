//! A statement that works through many keys, while it runs: on a terminal one line that is drawn
//! again and again and goes away, elsewhere a line of the log now and then. Standard output gets
//! nothing of it.

use crate::report;
use crate::run::Event;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the line is drawn, and how often the log is written.
const DRAWN: Duration = Duration::from_millis(100);
const LOGGED: Duration = Duration::from_secs(10);

static BAR: AtomicBool = AtomicBool::new(false);
static SHOWN: AtomicBool = AtomicBool::new(false);
static TRACK: Mutex<Option<Track>> = Mutex::new(None);

/// The statement that is followed.
struct Track {
    of: (String, String, usize),
    /// How many keys were behind it when this run began with it.
    first: u64,
    told: Instant,
}

/// There is a terminal, and nobody else draws on it.
pub fn allow_bar() {
    BAR.store(true, Ordering::Relaxed);
}

/// What removes the line, where it stands; another line of text comes.
pub fn wiped() -> &'static str {
    match SHOWN.swap(false, Ordering::Relaxed) {
        true => "\r\u{1b}[K",
        false => "",
    }
}

/// The statement has come to its end, or to something worth a line.
pub fn over() {
    *TRACK.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let _ = std::io::stderr().lock().write_all(wiped().as_bytes());
}

pub fn show(event: &Event) {
    let Event::Progress {
        target,
        id,
        number,
        of,
        progress,
        elapsed,
    } = event
    else {
        return;
    };
    let bar = BAR.load(Ordering::Relaxed);
    let mut track = TRACK.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (target.to_string(), id.to_string(), *number);
    let now = Instant::now();
    let track = match &mut *track {
        Some(track) if track.of == key => track,
        other => other.insert(Track {
            of: key,
            first: progress.seen(),
            told: now,
        }),
    };
    let pause = if bar { DRAWN } else { LOGGED };
    if now.duration_since(track.told) < pause {
        return;
    }
    track.told = now;
    if bar {
        let what = match of {
            1 => id.to_string(),
            of => format!("{id} {number}/{of}"),
        };
        let line = report::bar(&what, progress, track.first, *elapsed);
        let _ = write!(std::io::stderr().lock(), "\r{line}\u{1b}[K");
        SHOWN.store(true, Ordering::Relaxed);
        return;
    }
    let text = report::progress(progress, track.first, *elapsed);
    log::info!(
        "target" = *target, "migration" = *id, "statement" = *number, "of" = *of,
        "processed" = progress.processed, "skipped" = progress.skipped,
        "failed" = progress.failed, "total" = progress.total; "{text}"
    );
}
