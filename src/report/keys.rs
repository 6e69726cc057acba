//! How far a statement is that works through many keys, and what came of them, in one line.

use super::text::thousands;
use initium_driver::driver::Progress;
use std::time::Duration;

/// What came of the keys, behind the name of a migration: ` (1,000,000 keys, 3 skipped)`.
pub fn keys(keys: &Progress) -> String {
    let number = |n: u64| thousands(n as usize);
    let mut text = match keys.processed {
        1 => "1 key".to_string(),
        n => format!("{} keys", number(n)),
    };
    for (count, word) in [(keys.skipped, "skipped"), (keys.failed, "failed")] {
        if count > 0 {
            text += &format!(", {} {word}", number(count));
        }
    }
    format!(" ({text})")
}

/// Since when, and from where: a statement that goes on begins in the middle.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    percent: Option<u64>,
    rate: u64,
    left: Option<Duration>,
}

fn pace(now: &Progress, first: u64, elapsed: Duration) -> Pace {
    let seen = now.seen();
    let seconds = elapsed.as_secs_f64();
    let rate = match seconds > 0.0 {
        true => (seen.saturating_sub(first) as f64 / seconds) as u64,
        false => 0,
    };
    // The total is an estimate, and what is there may have grown.
    let total = now.total.max(seen);
    Pace {
        percent: (now.total > 0).then(|| seen * 100 / total),
        rate,
        left: (now.total > 0 && rate > 0).then(|| Duration::from_secs((total - seen) / rate)),
    }
}

/// One line for the log: `40%: 400,000 of about 1,000,000 keys, 52,000 keys/s, 12s left`.
pub fn progress(now: &Progress, first: u64, elapsed: Duration) -> String {
    let pace = pace(now, first, elapsed);
    let seen = thousands(now.seen() as usize);
    let mut text = match pace.percent {
        Some(percent) => format!(
            "{percent}%: {seen} of about {} keys",
            thousands(now.total.max(now.seen()) as usize)
        ),
        None => format!("{seen} keys"),
    };
    text += &format!(", {} keys/s", thousands(pace.rate as usize));
    if let Some(left) = pace.left {
        text += &format!(", {} left", time(left));
    }
    if now.failed > 0 {
        text += &format!(", {} failed", thousands(now.failed as usize));
    }
    text
}

const SIGNS: usize = 20;

/// One line of a terminal, not longer than 79 signs.
pub fn bar(what: &str, now: &Progress, first: u64, elapsed: Duration) -> String {
    let full = pace(now, first, elapsed).percent.unwrap_or(0) as usize * SIGNS / 100;
    let text = progress(now, first, elapsed);
    let line = format!(
        "[{}{}] {text}",
        "#".repeat(full),
        ".".repeat(SIGNS.saturating_sub(full))
    );
    let room = 79_usize.saturating_sub(line.chars().count() + 1);
    let what: String = super::clean_line(what).chars().take(room).collect();
    let line = format!("{what} {line}");
    line.trim_start().chars().take(79).collect()
}

fn time(left: Duration) -> String {
    match left.as_secs() {
        s @ 0..60 => format!("{s}s"),
        s @ 60..3600 => format!("{}m{:02}s", s / 60, s % 60),
        s => format!("{}h{:02}m", s / 3600, s % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(processed: u64, skipped: u64, total: u64) -> Progress {
        Progress {
            processed,
            skipped,
            failed: 0,
            total,
        }
    }

    #[test]
    fn what_came_of_keys_leaves_out_what_did_not_happen() {
        assert_eq!(keys(&at(1_000_000, 3, 0)), " (1,000,000 keys, 3 skipped)");
        assert_eq!(keys(&at(1, 0, 0)), " (1 key)");
        let failed = Progress {
            failed: 2,
            ..at(5, 0, 0)
        };
        assert_eq!(keys(&failed), " (5 keys, 2 failed)");
    }

    #[test]
    fn the_rate_is_of_this_run_and_the_percent_of_all() {
        let line = progress(&at(600, 0, 1000), 500, Duration::from_secs(10));
        assert_eq!(line, "60%: 600 of about 1,000 keys, 10 keys/s, 40s left");
    }

    #[test]
    fn an_estimate_that_was_too_low_or_is_missing_shows_no_nonsense() {
        let line = progress(&at(1500, 0, 1000), 0, Duration::from_secs(1));
        assert_eq!(
            line,
            "100%: 1,500 of about 1,500 keys, 1,500 keys/s, 0s left"
        );
        let line = progress(&at(7, 0, 0), 0, Duration::ZERO);
        assert_eq!(line, "7 keys, 0 keys/s");
    }

    #[test]
    fn a_bar_fits_a_terminal_whatever_the_name() {
        for name in ["m", &"x\u{1b}[31m".repeat(50)] {
            for seen in [0, 1, 50, 100] {
                let line = bar(name, &at(seen, 0, 100), 0, Duration::from_secs(9999));
                assert!(line.chars().count() <= 79, "{line}");
                assert!(!line.contains('\u{1b}'), "{line}");
            }
        }
        let half = bar("m", &at(50, 0, 100), 0, Duration::from_secs(1));
        assert!(half.starts_with("m [##########..........] 50%: "), "{half}");
    }
}
