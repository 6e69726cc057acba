//! The lock: an advisory lock of the session, tried and never waited for (a waiter would hold a
//! snapshot that CREATE INDEX CONCURRENTLY waits for). It ends with the session, whoever dies.

use crate::pooler;
use crate::session::Link;
use crate::words::{found_in, literal};
use initium_driver::driver::{Holder, Locked, Rows};
use initium_driver::error::{Code, Error, Result};
use initium_driver::sql::ledger::Ledger;

/// The lock of this session, as it was taken.
pub struct Held {
    key: String,
    /// Where the ledger was, or where it would have been created.
    schema: String,
    /// A statement that fails unless this session holds the lock.
    pub proof: String,
}

impl Held {
    /// Somebody may have created the ledger elsewhere on the search path before we had the lock,
    /// which then is the lock of another one.
    pub fn is_of(&self, ledger: &Ledger) -> bool {
        ledger.schema().is_none_or(|schema| schema == self.schema)
    }
}

/// The key is made on the server, which alone knows what the database is really called behind a
/// pooler's alias, and in which schema a name without one leads. Tenants with a schema each do not wait
/// for each other.
fn key(ledger: &Ledger) -> String {
    format!(
        "pg_catalog.hashtextextended((E'initium:' || pg_catalog.current_database()::text || E':' || {} || E'.' || {}) COLLATE \"C\", 0)",
        schema(ledger),
        literal(&ledger.name().table)
    )
}

fn schema(ledger: &Ledger) -> String {
    let name = ledger.name();
    match &name.schema {
        Some(schema) => literal(schema),
        None => format!(
            "coalesce({}::text, pg_catalog.current_schema()::text, E'')",
            found_in(&name.table)
        ),
    }
}

/// Who holds lock `k.key`, as columns and as a source of rows.
const HOLDER: &str = "l.pid, a.usename, pg_catalog.host(a.client_addr), a.application_name, \
     extract(epoch from pg_catalog.clock_timestamp() - a.backend_start)::bigint, \
     pg_catalog.left(a.query, 400)";
const HELD: &str =
    "pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE";
const IS_KEY: &str = "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
     AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
     AND l.classid = ((k.key >> 32) & 4294967295)::oid AND l.objid = (k.key & 4294967295)::oid";

/// Nothing is set and nothing is taken in another session than the one that is ours.
pub fn take(link: &mut Link, ledger: &Ledger) -> Result<Locked> {
    let trusted = link.backend;
    // The server's promise is as good as its word; a pooler's promise is none, and then nothing
    // happens and it is looked into.
    if let Some(backend) = trusted.or(link.wire.promised()) {
        if let Some(answer) = attempt(link, ledger, backend)? {
            return Ok(answer);
        }
        if trusted.is_some() {
            return Err(pooler::handed_on());
        }
    }
    let backend = pooler::settle(link)?;
    attempt(link, ledger, backend)?.ok_or_else(pooler::handed_on)
}

/// `None`: another session answered.
fn attempt(link: &mut Link, ledger: &Ledger, backend: i32) -> Result<Option<Locked>> {
    let ours = format!("pg_catalog.pg_backend_pid() = {backend}");
    // The fence keeps the lock from being tried twice or after the question who holds it. Who does
    // not get it sets nothing: the session may belong to a pool.
    let attempt = format!(
        "SELECT k.got, CASE WHEN k.got THEN {} END, k.key, k.schema, h.* \
         FROM (SELECT s.key, s.schema, pg_catalog.pg_try_advisory_lock(s.key) AS got \
         FROM (SELECT {} AS key, {} AS schema OFFSET 0) s WHERE {ours} OFFSET 0) k \
         LEFT JOIN LATERAL (SELECT {HOLDER} FROM {HELD} {IS_KEY} AND NOT k.got) h ON true",
        link.settings_made(),
        key(ledger),
        schema(ledger)
    );
    let answers = link.rows(&format!("{attempt};\nSHOW server_version"))?;
    link.version = answers.get(1).and_then(|a| a.first().map(String::from));
    let Some(row) = answers.first().and_then(|rows| rows.rows.first()) else {
        return Ok(None);
    };
    link.backend = Some(backend);
    if row.first() != Some(&Some("t".to_string())) {
        return Ok(Some(Locked::Held(Box::new(holder_of(&row[4..])))));
    }
    let cell = |index: usize| row.get(index).cloned().flatten().unwrap_or_default();
    let (key, schema) = (cell(2), cell(3));
    link.held = Some(Held {
        proof: proof(&key),
        key,
        schema,
    });
    Ok(Some(Locked::Taken))
}

/// What the server says where the lock is not ours any more.
const GONE: &str = "the lock of this run is gone";

/// The key as it was: a script may have changed where names lead.
fn proof(key: &str) -> String {
    format!(
        "SELECT (CASE WHEN EXISTS (SELECT 1 FROM (SELECT E'{key}'::pg_catalog.int8 AS key) k CROSS JOIN {HELD} {IS_KEY} \
         AND l.pid = pg_catalog.pg_backend_pid()) THEN '1' ELSE '{GONE}' END)::pg_catalog.int4"
    )
}

/// Whether an error is that statement's.
pub fn is_gone(error: &Error) -> bool {
    error.message().contains(GONE)
}

pub fn gone() -> Error {
    Error::new(
        Code::StatementFailed,
        "the lock of this run was no longer held",
    )
    .help("a statement of a migration let go of all advisory locks, or a pooler changed the server session; another run may have worked at the same time")
}

/// Gives it back, and the session as it was found: it may go back to a pool.
pub fn release(link: &mut Link, ledger: &Ledger) -> Result<()> {
    let key = match link.held.take() {
        Some(held) => format!("E'{}'::pg_catalog.int8", held.key),
        None => key(ledger),
    };
    let answers = link.rows(&format!(
        "SELECT pg_catalog.pg_advisory_unlock({key});\nRESET ALL"
    ))?;
    match answers.first().and_then(Rows::first) {
        Some("t") => Ok(()),
        _ => Err(gone()),
    }
}

pub fn holder(link: &mut Link, ledger: &Ledger) -> Result<Option<Holder>> {
    let answers = link.rows(&format!(
        "SELECT {HOLDER} FROM (SELECT {} AS key) k CROSS JOIN {HELD} {IS_KEY}",
        key(ledger)
    ))?;
    Ok(answers
        .first()
        .and_then(|rows| rows.rows.first())
        .map(|row| holder_of(row)))
}

/// Ends the holder, but only while it is the holder: a process id is soon somebody else's.
pub fn end(link: &mut Link, ledger: &Ledger, holder: &Holder) -> Result<()> {
    let pid: i32 = holder.session.parse().map_err(|_| {
        Error::new(
            Code::NotSupported,
            format!("'{}' is not the id of a session here", holder.session),
        )
    })?;
    let answers = link.rows(&format!(
        "SELECT pg_catalog.pg_terminate_backend(l.pid) FROM (SELECT {} AS key) k CROSS JOIN {HELD} {IS_KEY} \
         AND l.pid = {pid}",
        key(ledger)
    ))?;
    match answers.first().and_then(Rows::first) {
        Some("f") => Err(Error::new(
            Code::StatementFailed,
            format!("the server could not end session {pid}"),
        )),
        // No row: it holds the lock no longer, which is what was asked for.
        _ => Ok(()),
    }
}

pub fn holder_of(row: &[Option<String>]) -> Holder {
    let cell = |index: usize| row.get(index).cloned().flatten();
    Holder {
        lease: None,
        session: cell(0).unwrap_or_default(),
        user: cell(1),
        host: cell(2),
        application: cell(3).filter(|name| !name.is_empty()),
        seconds: cell(4).and_then(|text| text.parse().ok()),
        statement: cell(5).filter(|text| !text.is_empty()),
    }
}
