//! The lock: polled on the working connection, freed on every path. Nothing durable is left.

use super::{Connection, Context, Event, Stop};
use initium_driver::sorted;
use initium_driver::{Code, Error, Holder, Locked, Result};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Takes the locks of all connections, does the work, frees them whatever happened; but for one that
/// ended by itself, which is another run's by now.
pub fn with_lock<T, E: From<Error> + AsRef<Error>>(
    connections: &mut [Connection],
    context: &mut Context,
    work: impl FnOnce(&mut [Connection], &mut Context) -> Result<T, E>,
) -> Result<T, E> {
    let order = order(connections);
    let mut held = 0;
    let mut answer = Ok(());
    for n in &order {
        answer = take(&mut connections[*n], context);
        if answer.is_err() {
            break;
        }
        held += 1;
    }
    let result = match answer {
        Ok(()) => work(connections, context),
        Err(error) => Err(error.into()),
    };
    let lost = result.as_ref().err().and_then(|error| lost(error.as_ref()));
    for n in &order[..held] {
        let connection = &mut connections[*n];
        if lost == Some(connection.target.as_str()) {
            continue;
        }
        // Success is what the ledger says; a lock that cannot be freed dies with its connection.
        let _ = connection.driver.unlock();
    }
    result
}

/// All in one order, whatever the specs call the targets: two runs over the same databases would
/// otherwise wait for each other until `--lock-wait` is over. Here, and not in each `with_lock`.
fn order(connections: &[Connection]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..connections.len()).collect();
    sorted::by(&mut order, |a, b| {
        connections[*a].address.cmp(&connections[*b].address)
    });
    order
}

/// The target whose lock ended by itself.
fn lost(error: &Error) -> Option<&str> {
    let target = error.spot().target.as_deref();
    target.filter(|_| error.code() == Code::LeaseLost)
}

pub(super) fn take(connection: &mut Connection, context: &mut Context) -> Result<()> {
    let start = Instant::now();
    let mut told: Option<Instant> = None;
    let mut pause = Duration::from_millis(20);
    loop {
        let holder = match connection
            .driver
            .try_lock()
            .map_err(|e| e.target(&connection.target))?
        {
            Locked::Taken => return Ok(()),
            Locked::Held(holder) => discreet(*holder),
        };
        interrupted(context)?;
        if start.elapsed() >= context.lock_wait {
            return Err(held(&connection.target, &holder, context.lock_wait));
        }
        if told.is_none_or(|at| at.elapsed() > Duration::from_secs(10)) {
            (context.tell)(&Event::Waiting {
                target: &connection.target,
                holder: &holder,
            });
            told = Some(Instant::now());
        }
        let left = context.lock_wait.saturating_sub(start.elapsed());
        nap(
            jitter(pause).min(left.max(Duration::from_millis(1))),
            context,
        );
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

/// Asks until no other session stands in the way, or `--lock-wait` is over: one that stands still in
/// the middle of a commit shuts even readers out of a SQLite file.
pub(super) fn waiting<T>(context: &Context, mut ask: impl FnMut() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        match ask() {
            Err(error)
                if error.code() == Code::LockTimeout && start.elapsed() < context.lock_wait =>
            {
                interrupted(context)?;
                nap(jitter(Duration::from_millis(200)), context);
            }
            answer => return answer,
        }
    }
}

/// A pause that a signal ends.
pub(super) fn nap(pause: Duration, context: &Context) {
    let start = Instant::now();
    while (context.stop)().is_none() {
        let left = pause.saturating_sub(start.elapsed());
        if left.is_zero() {
            break;
        }
        sleep(left.min(Duration::from_millis(50)));
    }
}

/// Between half and all of a pause, so that many waiters do not ask at the same moment.
pub(super) fn jitter(pause: Duration) -> Duration {
    let noise = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| {
            now.subsec_nanos() ^ std::process::id().wrapping_mul(2_654_435_761)
        });
    pause / 2 + (pause / 2).mul_f64(f64::from(noise % 1000) / 1000.0)
}

/// A signal asked to stop, and this is a safe point.
pub(super) fn interrupted(context: &Context) -> Result<()> {
    match (context.stop)() {
        None => Ok(()),
        Some(stop) => Err(stopped(stop, "at a safe point")),
    }
}

/// The error of a run that a signal ended.
pub(super) fn stopped(stop: Stop, how: &str) -> Error {
    Error::new(
        Code::Interrupted,
        format!("stopped by signal {} {how}", stop.signal),
    )
    .signal(stop.signal)
    .help("nothing is half done; run the same command again to go on")
}

fn held(target: &str, holder: &Holder, wait: Duration) -> Error {
    Error::new(
        Code::LockHeld,
        format!(
            "another run still holds the lock after {wait:?}: {}",
            describe(holder)
        ),
    )
    .help("wait longer with --lock-wait, or look at it with `initium migrate unlock`")
    .target(target)
}

/// What a run of ours is at may be a sensitive statement, and the server shows its text to everybody
/// who asks: only its first word goes on.
pub(super) fn discreet(mut holder: Holder) -> Holder {
    holder.statement = holder.statement.map(|text| {
        let text = text.trim_start();
        let word = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        match &text[word..] {
            "" => text.to_string(),
            _ => format!("{} ...", &text[..word]).trim_start().to_string(),
        }
    });
    holder
}

/// The same of a session that only stands in the way, if it may be one of ours.
pub(super) fn discreet_if_ours(holder: Holder) -> Holder {
    match holder.application.as_deref() {
        Some(name) if !name.starts_with("initium") => holder,
        _ => discreet(holder),
    }
}

/// The holder in one line.
pub fn describe(holder: &Holder) -> String {
    let mut parts = vec![match holder.session.as_str() {
        // It was gone when the server was asked for its name.
        "" => "a session that has just ended".to_string(),
        id => format!("session {id}"),
    }];
    let mut add = |word: &str, value: &Option<String>| {
        if let Some(value) = value.as_ref().filter(|v| !v.is_empty()) {
            parts.push(format!("{word} {value}"));
        }
    };
    add("user", &holder.user);
    add("host", &holder.host);
    add("application", &holder.application);
    add(
        "running",
        &holder
            .statement
            .as_deref()
            .map(initium_driver::source::head),
    );
    if let Some(seconds) = holder.seconds {
        parts.push(format!("for {seconds}s"));
    }
    if let Some(lease) = holder.lease {
        let left = lease.as_secs_f64().ceil();
        parts.push(format!("{left}s of its lease left"));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(text: &str, application: Option<&str>) -> Holder {
        Holder {
            statement: Some(text.into()),
            application: application.map(String::from),
            ..Holder::default()
        }
    }

    #[test]
    fn a_holder_whose_lock_ends_by_itself_is_told_with_what_is_left_of_it() {
        let holder = Holder {
            session: "7".into(),
            user: Some("app".into()),
            host: Some("pod-1".into()),
            seconds: Some(42),
            lease: Some(Duration::from_millis(17_200)),
            ..Holder::default()
        };
        let told = "session 7, user app, host pod-1, for 42s, 18s of its lease left";
        assert_eq!(describe(&holder), told);
    }

    #[test]
    fn of_a_statement_of_our_own_only_the_first_word_is_told() {
        for (text, told) in [
            ("ALTER USER u PASSWORD 'hunter2'", "ALTER ..."),
            ("  begin; insert", "begin ..."),
            ("COMMIT", "COMMIT"),
            ("'hunter2'", "..."),
            ("", ""),
        ] {
            let found = discreet(running(text, None)).statement;
            assert_eq!(found.as_deref(), Some(told));
        }
        for (application, shown) in [
            (Some("initium 2026-1"), false),
            (None, false),
            (Some("psql"), true),
        ] {
            let found = discreet_if_ours(running("SELECT 7", application)).statement;
            assert_eq!(found.as_deref() == Some("SELECT 7"), shown);
        }
    }
}
