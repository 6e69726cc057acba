//! Whether a pooler hands our session to others between two transactions. Then there is no lock, and
//! what is set or locked stays with somebody else: it is refused. Must be settled before the first
//! write, and never costs a connection to the server itself anything.

use crate::error::Trouble;
use crate::session::Link;
use crate::wire::Wire;
use initium_driver::driver::Rows;
use initium_driver::error::{Code, Error, Result};
use std::time::Duration;

/// For each answer while it is tried out: in a pool of one session one of the two waits for ever.
const PATIENCE: Duration = Duration::from_secs(3);

const SESSION: &str = "SELECT pg_catalog.pg_backend_pid()";

/// A quiet pool gives the same session again and again; a busy one needs a second look.
const ROUNDS: u32 = 3;

/// The server session that is ours alone, found out where it is not known yet.
pub fn settle(link: &mut Link) -> Result<i32> {
    if let Some(backend) = link.backend {
        return Ok(backend);
    }
    let mine = answer(&mut link.wire, SESSION).map_err(Trouble::into_error)?;
    if link.wire.promised() != Some(mine) {
        keeps(link, mine)?;
    }
    link.backend = Some(mine);
    Ok(mine)
}

/// Somebody promised another session than the one that answers, or nothing is known of a promise:
/// while a second connection is inside a transaction, does the first keep its session?
fn keeps(link: &mut Link, mine: i32) -> Result<()> {
    let second = link.wire.beside();
    let mut second = second.map_err(|trouble| trouble.into_connect_error("the pooler"))?;
    for _ in 0..ROUNDS {
        // The server ends it by itself, should this side not be able to.
        let theirs = soon(
            &mut second,
            "BEGIN; \
             SET LOCAL idle_in_transaction_session_timeout = 6000; \
             SELECT pg_catalog.pg_backend_pid()",
        );
        let ours = soon(&mut link.wire, SESSION);
        let ended = second.run("ROLLBACK");
        match (theirs, ours, ended) {
            (Ok(theirs), Ok(ours), Ok(())) if ours == mine && theirs != mine => {}
            (Err(trouble), Ok(ours), _) if trouble.is_lost() && ours == mine => {
                return Err(refused(
                    "a pooler stands before the server and has no second session to give: \
                     whether it keeps one to itself cannot be told",
                ));
            }
            _ => return Err(handed_on()),
        }
    }
    Ok(())
}

pub fn handed_on() -> Error {
    refused(
        "a pooler stands before the server and hands the session to others between two transactions: \
         no lock would hold",
    )
}

fn refused(what: &str) -> Error {
    Error::new(Code::PoolerRefused, what).help(
        "give the URL of the server itself (often port 5432), or an entry of the pooler with \
         pool_mode=session and room for two connections; check, status and plan work through it as it is",
    )
}

fn soon(wire: &mut Wire, text: &str) -> Result<i32, Trouble> {
    wire.within(Some(PATIENCE));
    let number = answer(wire, text)?;
    // A connection that took too long stays over: its farewell would wait as well.
    wire.within(None);
    Ok(number)
}

/// The number that the last statement answers.
fn answer(wire: &mut Wire, text: &str) -> Result<i32, Trouble> {
    let answers = wire.rows(text)?;
    let number = answers.last().and_then(Rows::first);
    number
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Trouble::Odd("the server did not say which session answers".into()))
}
