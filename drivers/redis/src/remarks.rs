//! What somebody should know of a server before it is written to, and whether it is empty.

use crate::error::failed;
use crate::ground::{Ground, Scan};
use crate::servers::{Where, Words};
use crate::session::Session;
use initium_driver::Result;

/// Whether the server writes its data to disk by itself; who may not ask for it is not warned of it.
pub enum Saves {
    /// Nobody asked yet.
    Unasked,
    Known(Option<Vec<u8>>),
}

/// Asked for before and behind a run: the server is asked once.
pub fn remarks(session: &mut Session, saves: &mut Saves) -> Vec<String> {
    if let Saves::Unasked = saves {
        let words = ["CONFIG", "GET", "save"].map(|word| word.as_bytes().to_vec());
        let reply = session.servers.one(Where::Anywhere, words.to_vec()).ok();
        *saves = Saves::Known(reply.and_then(|reply| Some(reply.items().get(1)?.text()?.to_vec())));
    }
    let info = session.servers.info();
    let mut remarks = Vec::new();
    let never = matches!(saves, Saves::Known(Some(save)) if save.is_empty());
    if info.get("aof_enabled") == Some("0") && never {
        remarks.push(
            "persistence is off (appendonly no, no save): a restart takes the data and the ledger"
                .into(),
        );
    }
    if let Some(policy) = info.get("maxmemory_policy")
        && policy.starts_with("allkeys-")
        && info.number("maxmemory").is_some_and(|most| most > 0)
    {
        remarks.push(format!(
            "maxmemory-policy is {policy}: when memory is full, keys of the ledger may be evicted like all others"
        ));
    }
    if session.unacknowledged {
        remarks
            .push("no replica had what was written within a second: a failover may lose it".into());
    }
    remarks
}

/// No keys but the ledger's own.
pub fn is_empty(session: &mut Session) -> Result<bool> {
    let mut others: i64 = 0;
    for server in session.servers.holding() {
        others += number(session, Where::Server(server), vec![b"DBSIZE".to_vec()])?;
    }
    let mut words: Words = vec![b"EXISTS".to_vec()];
    words.extend(session.names.all());
    others -= number(session, session.home(), words)?;
    // In a cluster there may be two more for each slot that was written to.
    if others == 0 || !session.servers.is_cluster() || others > FEW {
        return Ok(others <= 0);
    }
    for server in 0..session.servers()? {
        let mut cursor = b"0".to_vec();
        loop {
            let scan = Scan {
                server,
                cursor: &cursor,
                pattern: b"*",
                count: 1000,
                kind: None,
            };
            let page = session.work(&[], Some(scan))?.1.unwrap_or_default();
            if page.keys.iter().any(|key| !session.ours(key)) {
                return Ok(false);
            }
            cursor = page.cursor;
            if cursor.is_empty() || cursor == b"0" {
                break;
            }
        }
    }
    Ok(true)
}

const FEW: i64 = 40_000;

fn number(session: &mut Session, place: Where, words: Words) -> Result<i64> {
    let reply = session.servers.one(place, words)?;
    match reply.error() {
        Some(said) => Err(failed(said)),
        None => Ok(reply.integer().unwrap_or(0)),
    }
}
