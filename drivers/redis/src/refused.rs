//! Commands that no migration may contain: what they would do, and what to do instead. A list of what
//! is dangerous to this engine or to everybody; what the server forbids, it says itself.

use initium_driver::{Code, Error};

/// Code, why, help.
type Reason = (Code, &'static str, &'static str);

const TRANSACTION: Reason = (
    Code::TransactionControl,
    "would begin or end a transaction, and each command is written in one with its proof",
    "take it out; commands that belong together are one step `script`",
);
const EVERYTHING: Reason = (
    Code::NotSupported,
    "takes the ledger and everybody else's keys with it",
    "delete by a pattern: a step `delete: {match: ...}`",
);
const ELSEWHERE: Reason = (
    Code::NotSupported,
    "would lead this connection to another database, where nothing protects it",
    "give the number in the URL (redis://host/1), as a target of its own",
);
const LOGIN: Reason = (
    Code::NotSupported,
    "changes how this connection speaks or who speaks",
    "take it out; the URL says who logs in",
);
const SERVER: Reason = (
    Code::NotSupported,
    "is about the server and not about its data",
    "let whoever runs the server do it",
);
const LISTENING: Reason = (
    Code::NotSupported,
    "never ends: it waits for what others say",
    "take it out",
);
const WAITING: Reason = (
    Code::NotSupported,
    "waits for others, and everybody else waits for it",
    "take the form that does not wait (LPOP, LMOVE, ZPOPMIN, XREAD without BLOCK)",
);
const SLOW: Reason = (
    Code::NotSupported,
    "goes through the whole server in one go, and everybody waits for it",
    "use a step over a pattern, or the query initium.count {\"match\": ...}",
);
const SCRIPT: Reason = (
    Code::NotSupported,
    "runs a script that is not written together with its proof",
    "use a step `script: {lua: ..., keys: [...], args: [...]}`",
);

pub fn refused(words: &[Vec<u8>]) -> Option<Error> {
    let upper = |n: usize| {
        let word = words.get(n).map(Vec::as_slice).unwrap_or_default();
        String::from_utf8_lossy(word).to_ascii_uppercase()
    };
    let name = upper(0);
    let (code, why, help) = reason(&name, &upper(1), || {
        (1..words.len()).any(|n| upper(n) == "BLOCK")
    })?;
    Some(Error::new(code, format!("{name} {why}")).help(help))
}

fn reason(name: &str, second: &str, blocks: impl Fn() -> bool) -> Option<Reason> {
    Some(match (name, second) {
        ("MULTI" | "EXEC" | "DISCARD" | "WATCH" | "UNWATCH", _) => TRANSACTION,
        ("FLUSHALL" | "FLUSHDB", _) => EVERYTHING,
        ("SELECT" | "SWAPDB", _) => ELSEWHERE,
        ("AUTH" | "HELLO" | "RESET" | "QUIT" | "ASKING" | "READONLY" | "READWRITE", _) => LOGIN,
        (
            "CLIENT",
            "REPLY" | "TRACKING" | "CACHING" | "NO-EVICT" | "KILL" | "PAUSE" | "SETNAME",
        ) => LOGIN,
        (
            "SHUTDOWN" | "DEBUG" | "REPLICAOF" | "SLAVEOF" | "FAILOVER" | "SYNC" | "PSYNC"
            | "REPLCONF",
            _,
        ) => SERVER,
        ("CLUSTER", "RESET" | "FAILOVER" | "FORGET" | "MEET" | "FLUSHSLOTS") => SERVER,
        ("SUBSCRIBE" | "PSUBSCRIBE" | "SSUBSCRIBE" | "MONITOR", _) => LISTENING,
        (
            "BLPOP" | "BRPOP" | "BLMOVE" | "BRPOPLPUSH" | "BLMPOP" | "BZPOPMIN" | "BZPOPMAX"
            | "BZMPOP" | "WAIT" | "WAITAOF",
            _,
        ) => WAITING,
        ("XREAD" | "XREADGROUP", _) if blocks() => WAITING,
        ("KEYS", _) => SLOW,
        ("EVAL" | "EVALSHA", _) => SCRIPT,
        ("SCRIPT", "FLUSH" | "DEBUG" | "KILL") => SERVER,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words;

    #[test]
    fn what_no_migration_may_contain_is_refused_with_a_way_out() {
        for (line, code) in [
            ("KEYS *", Code::NotSupported),
            ("flushall", Code::NotSupported),
            ("Select 1", Code::NotSupported),
            ("MULTI", Code::TransactionControl),
            ("exec", Code::TransactionControl),
            ("client reply off", Code::NotSupported),
            ("XREAD BLOCK 0 STREAMS a 0", Code::NotSupported),
            ("EVAL 'return 1' 0", Code::NotSupported),
        ] {
            let error = refused(&words(line).expect(line)).expect(line);
            assert_eq!(error.code(), code, "{line}");
            assert!(error.help_text().is_some(), "{line}");
        }
        for line in [
            "SET a 1",
            "XREAD STREAMS a 0",
            "CLIENT LIST",
            "CONFIG SET a b",
        ] {
            assert!(refused(&words(line).expect(line)).is_none(), "{line}");
        }
    }
}
