//! Whose sessions a statement has to wait for: those that hold a lock on one of the relations that
//! it names, in a mode that conflicts with its own. Reads only; a relation that the statement does
//! not name (a partition, a foreign key's other end) is found where the server locks it by name.

use crate::lock::holder_of;
use crate::session::Link;
use crate::subject::names;
use crate::words::literal;
use initium_driver::driver::Holder;
use initium_driver::error::Result;
use initium_driver::source::Statement;

/// A longer list of names is a long list of rows, which names no more relations.
const MOST: usize = 500;

pub fn of(link: &mut Link, statement: &Statement) -> Result<Vec<Holder>> {
    let (mut plain, mut qualified) = (Vec::new(), Vec::new());
    for name in names(&statement.text).into_iter().take(MOST) {
        match &name.schema {
            Some(schema) => {
                qualified.push(format!("({}, {})", literal(schema), literal(&name.name)))
            }
            None => plain.push(literal(&name.name)),
        }
    }
    let mut places = vec!["false".to_string()];
    if !plain.is_empty() {
        places.push(format!(
            "(c.relname IN ({}) AND pg_catalog.pg_table_is_visible(c.oid))",
            plain.join(", ")
        ));
    }
    if !qualified.is_empty() {
        places.push(format!(
            "(n.nspname, c.relname) IN ({})",
            qualified.join(", ")
        ));
    }
    let modes: Vec<String> = conflicting(statement.lock)
        .into_iter()
        .map(|mode| literal(&mode))
        .collect();
    let answers = link.rows(&format!(
        "SELECT a.pid, a.usename, pg_catalog.host(a.client_addr), a.application_name, \
         extract(epoch from pg_catalog.clock_timestamp() - a.xact_start)::bigint, \
         pg_catalog.concat('(' || nullif(a.state, 'active') || ') ', pg_catalog.left(a.query, 400)) \
         FROM pg_catalog.pg_stat_activity a WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.pid IN ( \
         SELECT l.pid FROM pg_catalog.pg_locks l WHERE l.granted AND l.locktype = 'relation' \
         AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) \
         AND l.mode IN ({}) AND l.relation IN ( \
         SELECT r.oid FROM (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname <> 'pg_catalog' AND ({})) r \
         UNION SELECT x.indrelid FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {})) ORDER BY a.xact_start",
        modes.join(", "),
        places.join(" OR "),
        places.join(" OR "),
    ))?;
    let rows = answers.first().map(|rows| rows.rows.as_slice());
    Ok(rows
        .unwrap_or_default()
        .iter()
        .map(|row| holder_of(row))
        .collect())
}

/// Weakest first, as the server's documentation has them; each with the first that it conflicts
/// with. From there on it conflicts with all; only SHARE leaves out itself.
const MODES: [(&str, usize); 8] = [
    ("ACCESS SHARE", 7),
    ("ROW SHARE", 6),
    ("ROW EXCLUSIVE", 4),
    ("SHARE UPDATE EXCLUSIVE", 3),
    ("SHARE", 2),
    ("SHARE ROW EXCLUSIVE", 2),
    ("EXCLUSIVE", 1),
    ("ACCESS EXCLUSIVE", 0),
];

/// The modes that conflict with a lock, as `pg_locks` spells them; all where it is not known.
fn conflicting(lock: Option<&str>) -> Vec<String> {
    let own = MODES.iter().position(|(mode, _)| Some(*mode) == lock);
    let from = own.map_or(0, |own| MODES[own].1);
    MODES
        .iter()
        .enumerate()
        .skip(from)
        .filter(|(at, (mode, _))| !(*mode == "SHARE" && own == Some(*at)))
        .map(|(_, (mode, _))| spelled(mode))
        .collect()
}

/// `ShareUpdateExclusiveLock`
fn spelled(mode: &str) -> String {
    let word = |word: &str| format!("{}{}", &word[..1], word[1..].to_ascii_lowercase());
    let words: String = mode.split(' ').map(word).collect();
    format!("{words}Lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conflicts_are_those_of_the_server() {
        let count = |lock| conflicting(Some(lock)).len();
        assert_eq!(conflicting(Some("ACCESS SHARE")), ["AccessExclusiveLock"]);
        assert_eq!(count("ROW SHARE"), 2);
        assert_eq!(count("ROW EXCLUSIVE"), 4);
        assert_eq!(count("SHARE UPDATE EXCLUSIVE"), 5);
        let share = conflicting(Some("SHARE"));
        assert_eq!(share.len(), 5);
        assert!(!share.contains(&"ShareLock".to_string()));
        assert_eq!(count("SHARE ROW EXCLUSIVE"), 6);
        assert_eq!(count("EXCLUSIVE"), 7);
        assert_eq!(count("ACCESS EXCLUSIVE"), 8);
        assert_eq!(conflicting(None).len(), 8);
    }
}
