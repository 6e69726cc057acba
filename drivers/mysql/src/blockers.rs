//! Whose sessions a statement had to wait for, as far as the server shows it to this user. Asked after a
//! time-out, so nobody waits any more: holders of the tables named, then old transactions, then who
//! works in the database. Must never fail a run: what cannot be read is left out.

use crate::dialect::Family;
use crate::session::Session;
use crate::trace::names;
use crate::words::literal;
use initium_driver::{Holder, Rows};

/// Enough to know whom to ask.
const MOST: usize = 10;

pub fn blockers(session: &mut Session, text: &str) -> Vec<Holder> {
    let database = literal(&session.database);
    let mut named = vec![database.clone()];
    named.extend(names(&session.dialect, text).iter().map(|n| literal(n)));
    let named = named.join(", ");
    let mut found: Vec<Holder> = Vec::new();
    for question in [
        metadata(session.dialect.family(), &named),
        transactions(&database),
    ] {
        for holder in ask(session, &question) {
            match found.iter_mut().find(|h| h.session == holder.session) {
                // The age of its transaction says more than how long it idles.
                Some(known) => known.seconds = known.seconds.max(holder.seconds),
                None => found.push(holder),
            }
        }
    }
    if found.is_empty() {
        found = ask(session, &sessions(&database));
    }
    found.truncate(MOST);
    found
}

fn ask(session: &mut Session, question: &str) -> Vec<Holder> {
    holders(session.question(question).unwrap_or_default())
}

fn holders(rows: Rows) -> Vec<Holder> {
    let holder = |row: Vec<Option<String>>| {
        let mut cells = row.into_iter();
        Some(Holder {
            lease: None,
            session: cells.next().flatten()?,
            user: cells.next().flatten(),
            host: cells.next().flatten(),
            application: None,
            seconds: cells.next().flatten().and_then(|s| s.parse().ok()),
            statement: cells.next().flatten(),
        })
    };
    rows.rows.into_iter().filter_map(holder).collect()
}

/// Who holds a lock on the definition of a table of these names. The view is empty, or not there,
/// where the server does not keep it.
fn metadata(family: Family, named: &str) -> String {
    match family {
        Family::MySql => format!(
            "SELECT DISTINCT t.processlist_id, t.processlist_user, t.processlist_host, \
             t.processlist_time, t.processlist_info FROM performance_schema.metadata_locks m \
             JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id \
             WHERE m.object_type = 'TABLE' AND m.lock_status = 'GRANTED' \
             AND m.object_schema IN ({named}) AND m.object_name IN ({named}) \
             AND t.processlist_id <> CONNECTION_ID() ORDER BY t.processlist_time DESC"
        ),
        Family::MariaDb => format!(
            "SELECT DISTINCT p.id, p.user, p.host, p.time, p.info \
             FROM information_schema.metadata_lock_info m \
             JOIN information_schema.processlist p ON p.id = m.thread_id \
             WHERE m.table_schema IN ({named}) AND m.table_name IN ({named}) \
             AND p.id <> CONNECTION_ID() ORDER BY p.time DESC"
        ),
    }
}

/// Older ones first: they hold what others wait for.
fn transactions(database: &str) -> String {
    format!(
        "SELECT t.trx_mysql_thread_id, p.user, p.host, \
         TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), COALESCE(t.trx_query, p.info) \
         FROM information_schema.innodb_trx t \
         JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id \
         WHERE p.db = {database} AND p.id <> CONNECTION_ID() ORDER BY t.trx_started LIMIT {MOST}"
    )
}

/// Those at work first. One that sleeps may have locked tables.
fn sessions(database: &str) -> String {
    format!(
        "SELECT id, user, host, time, info FROM information_schema.processlist \
         WHERE db = {database} AND id <> CONNECTION_ID() \
         ORDER BY command = 'Sleep', time DESC LIMIT {MOST}"
    )
}
