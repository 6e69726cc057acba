//! The lock of a ledger: GET_LOCK on the connection that works. It ends with the connection; nothing
//! about it is durable. Must never wait: polling is the engine's.

use crate::dialect::Family;
use crate::error::number;
use crate::session::Session;
use initium_driver::ledger::fingerprint;
use initium_driver::{Code, Error, Holder, Locked, Result};

/// 28 small letters and digits: MySQL takes 64, and some versions fold case. Names of databases are
/// folded too, because a server may do that.
pub fn name(ledger: &str) -> String {
    let ledger = ledger.to_lowercase();
    let [one, two] = ["1", "2"].map(|half| fingerprint(&ledger, half));
    format!("initium-{one:010x}{two:010x}")
}

/// The name as a literal, whatever character set a script has left: MariaDB compares the bytes.
pub fn spelled(name: &str) -> String {
    format!("_utf8mb4'{name}'")
}

/// Settings and states that the answer is read with, by the name of the server's own view of them.
/// They are asked for as rows: a variable that a server does not have is no error there.
fn view(family: Family) -> (&'static str, &'static str) {
    match family {
        Family::MariaDb => (
            "information_schema.session_variables",
            "information_schema.global_status",
        ),
        Family::MySql => (
            "performance_schema.session_variables",
            "performance_schema.global_status",
        ),
    }
}

/// One question: the lock, and what the session must know about itself. Behind a proxy that lends
/// its sessions, or in a cluster where each member has locks of its own, no lock is taken: nobody
/// would give it back, or nobody else would see it. Nor on a server that is to be read only: those
/// who may write there all the same (SUPER, CONNECTION_ADMIN) would break a replica.
fn question(session: &Session, name: &str, views: Option<(&str, &str)>) -> String {
    let [cluster, members, log] = match views {
        Some((settings, states)) => [
            ("wsrep_on", settings),
            ("wsrep_cluster_size", states),
            ("binlog_format", settings),
        ]
        .map(|(name, view)| {
            format!("(SELECT variable_value FROM {view} WHERE variable_name = '{name}')")
        }),
        None => ["NULL"; 3].map(String::from),
    };
    let only: &[&str] = match (session.dialect.family(), views) {
        // It switches the weaker one on as well.
        (Family::MySql, Some(_)) => &["super_read_only", "read_only", "innodb_read_only"],
        _ => &["read_only", "innodb_read_only"],
    };
    // MariaDB 12 has more words than ON for it.
    let only = only.iter().map(|name| {
        format!("WHEN CAST(@@GLOBAL.{name} AS CHAR) NOT IN ('0', 'OFF') THEN '{name}' ")
    });
    let only: String = only.collect();
    let shared = match session.one_node {
        true => String::new(),
        false => format!("WHEN {cluster} = 'ON' AND {members} > 1 THEN 'cluster' "),
    };
    // Taken twice it would have to be given back twice. The greeting has room for 32 bits.
    format!(
        "SELECT CASE WHEN CONNECTION_ID() & 4294967295 <> {} THEN 'proxy' {only}{shared}\
         WHEN IS_USED_LOCK({name}) <=> CONNECTION_ID() THEN '1' ELSE GET_LOCK({name}, 0) END, \
         CURRENT_USER(), @@SESSION.sql_mode, @@SESSION.max_allowed_packet, VERSION(), {log}",
        session.wire.id()
    )
}

/// Asks once.
pub fn try_lock(session: &mut Session, lock: &str) -> Result<Locked> {
    let name = spelled(lock);
    let views = view(session.dialect.family());
    let rows = match session.question(&question(session, &name, Some(views))) {
        // Another family than its greeting says.
        Err(error)
            if matches!(
                number(&error),
                Some(1044 | 1049 | 1109 | 1142 | 1146 | 1193)
            ) =>
        {
            session.question(&question(session, &name, None))
        }
        Err(error) if matches!(number(&error), Some(1105 | 1235)) => Err(no_lock(error.message())),
        answer => answer,
    }?;
    let row = rows.rows.into_iter().next().unwrap_or_default();
    let mut cells = row.into_iter();
    let answer = cells.next().flatten();
    session.words.account = cells.next().flatten();
    let mode = cells.next().flatten();
    session.sql_mode.get_or_insert(mode.unwrap_or_default());
    session.longest = cells.next().flatten().and_then(|n| n.parse().ok());
    session.is(cells.next().flatten());
    // A replica repeats the statements there, in a session and at a time of its own.
    let repeated = cells.next().flatten().is_some_and(|log| log == "STATEMENT");
    if repeated {
        session.words.sight = None;
    }
    match answer.as_deref() {
        Some("1") => {
            session.words.lock = (!repeated).then(|| lock.into());
            session.settle()?;
            Ok(Locked::Taken)
        }
        Some("0") => {
            // It may be free again by now; then there is nothing to tell of its holder.
            let holder = holder_of(session, &name)?.unwrap_or_default();
            Ok(Locked::Held(Box::new(holder)))
        }
        Some(variable @ ("read_only" | "super_read_only" | "innodb_read_only")) => Err(Error::new(
            Code::ReadOnly,
            format!("{} is to be read only: {variable} is ON", session.place),
        )
        .help("name the primary; of several hosts, target_session_attrs=read-write finds it")),
        Some("proxy") => Err(Error::new(
            Code::PoolerRefused,
            "a proxy stands between here and the server and lends its sessions: the one that \
             answers is not the one that was logged in to",
        )
        .help("give the URL of the server itself; a lock taken through this proxy would protect nothing")),
        Some("cluster") => Err(Error::new(
            Code::NotSupported,
            "the server is one of several members of a cluster (wsrep), and each of them has locks of its own",
        )
        .help("where every run reaches the same member, say so with cluster=one-node in the URL")),
        _ => Err(no_lock("GET_LOCK answered NULL")),
    }
}

fn no_lock(why: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!("the server gives no lock ({why})"),
    )
    .help("on a cluster that refuses GET_LOCK, connect to one node of it directly")
}

pub fn unlock(session: &mut Session, name: &str) -> Result<()> {
    session.words.lock = None;
    let rows = session.question(&format!("SELECT RELEASE_LOCK({})", spelled(name)))?;
    match rows.first() {
        Some("1") => Ok(()),
        _ => Err(lost(
            "the lock was not ours any more when it was given back",
        )),
    }
}

/// What a write of the ledger says that was guarded (`Words::guarded`).
pub fn is_lost(error: &Error) -> bool {
    let message = error.message().to_ascii_lowercase();
    // Nothing else of ours is out of range.
    number(error) == Some(1690) && message.contains("is_used_lock(")
}

pub fn lost(what: &str) -> Error {
    Error::new(Code::StatementFailed, what)
        .help("a script released it (RELEASE_ALL_LOCKS); another run may have worked meanwhile")
}

pub fn holder(session: &mut Session, name: &str) -> Result<Option<Holder>> {
    holder_of(session, &spelled(name))
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
        lease: None,
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
        Err(error) if number(&error) == Some(1094) => Ok(()),
        answer => answer,
    }
}
