//! The lock of a ledger: GET_LOCK on the connection that works. It ends with the connection; nothing
//! about it is durable. Must never wait: polling is the engine's.

use crate::session::Session;
use crate::words::literal;
use initium_driver::ledger::fingerprint;
use initium_driver::{Code, Error, Holder, Locked, Result};

/// 28 small letters and digits: MySQL takes 64, and some versions fold case. Names of databases are
/// folded too, because a server may do that.
pub fn name(ledger: &str) -> String {
    let ledger = ledger.to_lowercase();
    let [one, two] = ["1", "2"].map(|half| fingerprint(&ledger, half));
    format!("initium-{one:010x}{two:010x}")
}

/// Asks once. The same question brings what the session must know about itself.
pub fn try_lock(session: &mut Session, name: &str) -> Result<Locked> {
    let name = literal(name);
    // Taken twice it would have to be given back twice.
    let rows = session.question(&format!(
        "SELECT IF(IS_USED_LOCK({name}) <=> CONNECTION_ID(), 1, GET_LOCK({name}, 0)), \
         CURRENT_USER(), @@SESSION.sql_mode, @@SESSION.max_allowed_packet, VERSION()"
    ))?;
    let row = rows.rows.into_iter().next().unwrap_or_default();
    let mut cells = row.into_iter();
    let answer = cells.next().flatten();
    session.words.account = cells.next().flatten();
    let mode = cells.next().flatten();
    session.sql_mode.get_or_insert(mode.unwrap_or_default());
    session.longest = cells.next().flatten().and_then(|n| n.parse().ok());
    session.is(cells.next().flatten());
    match answer.as_deref() {
        Some("1") => {
            session.settle()?;
            Ok(Locked::Taken)
        }
        Some("0") => {
            // It may be free again by now; then there is nothing to tell of its holder.
            let holder = holder_of(session, &name)?.unwrap_or_default();
            Ok(Locked::Held(Box::new(holder)))
        }
        _ => Err(Error::new(
            Code::NotSupported,
            "the server gives no lock (GET_LOCK answered NULL)",
        )
        .help("on a cluster that refuses GET_LOCK, connect to one node of it directly")),
    }
}

pub fn unlock(session: &mut Session, name: &str) -> Result<()> {
    let rows = session.question(&format!("SELECT RELEASE_LOCK({})", literal(name)))?;
    match rows.first() {
        Some("1") => Ok(()),
        _ => Err(Error::new(
            Code::StatementFailed,
            "the lock was not ours any more when it was given back",
        )
        .help("a script released it (RELEASE_ALL_LOCKS); another run may have worked meanwhile")),
    }
}

pub fn holder(session: &mut Session, name: &str) -> Result<Option<Holder>> {
    holder_of(session, &literal(name))
}

/// Without the right PROCESS only the number of another user's session is shown.
fn holder_of(session: &mut Session, name: &str) -> Result<Option<Holder>> {
    let rows = session.question(&format!(
        "SELECT l.id, p.user, p.host, p.time, p.info FROM (SELECT IS_USED_LOCK({name}) AS id) l \
         LEFT JOIN information_schema.processlist p ON p.id = l.id"
    ))?;
    let Some(row) = rows.rows.into_iter().next() else {
        return Ok(None);
    };
    let mut cells = row.into_iter();
    let Some(session) = cells.next().flatten() else {
        return Ok(None);
    };
    Ok(Some(Holder {
        session,
        user: cells.next().flatten(),
        host: cells.next().flatten(),
        application: None,
        seconds: cells.next().flatten().and_then(|s| s.parse().ok()),
        statement: cells.next().flatten(),
    }))
}

/// Ends the session of a holder; one that is gone already is ended.
pub fn end(session: &mut Session, holder: &Holder) -> Result<()> {
    let id: u64 = holder.session.parse().map_err(|_| {
        Error::new(
            Code::NotSupported,
            format!("'{}' is no session of this server", holder.session),
        )
    })?;
    match session.run(&format!("KILL {id}")) {
        Err(error) if crate::error::number(&error) == Some(1094) => Ok(()),
        answer => answer,
    }
}
