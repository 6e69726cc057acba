//! What an empty database would hold after some statements: they run in the connection's own, which
//! has to be empty, and everything goes again. Nothing here can be taken back, so what stands there is
//! never touched.

use crate::execute::Work;
use crate::introspect::introspect;
use crate::session::Session;
use crate::words::{literal, quote};
use initium_driver::error::At;
use initium_driver::sql::ledger::Ledger;
use initium_driver::{Catalog, Code, Error, Result, Statement};

pub fn realise(
    session: &mut Session,
    ledger: &Ledger,
    statements: &[Statement],
) -> Result<Catalog> {
    statements.iter().try_for_each(|it| stays(session, it))?;
    let there = things(session)?;
    if let Some((kind, name)) = there.first() {
        return Err(Error::new(
            Code::ScratchMissing,
            format!(
                "the database {} is not empty: it has the {} {name}",
                session.database,
                kind.to_lowercase()
            ),
        )
        .help("name another one, in which nothing stands: CREATE DATABASE initium_scratch"));
    }
    let found =
        run(session, ledger, statements).and_then(|()| introspect(session, &ledger.tables()));
    // Whatever became of it.
    let emptied = empty(session);
    let found = found?;
    emptied.map(|()| found)
}

/// Of statements that reach out of the database nothing here could be taken back.
fn stays(session: &Session, statement: &Statement) -> Result<()> {
    const OUTSIDE: &[&str] = &[
        "DATABASE",
        "SCHEMA",
        "USER",
        "ROLE",
        "SERVER",
        "TABLESPACE",
        "UNDO",
        "LOGFILE",
        "INSTANCE",
        "RESOURCE",
        "GLOBAL",
        "PERSIST",
    ];
    let words = session.dialect.first_words(&statement.text);
    let word = |n: usize| words.get(n).map_or("", String::as_str);
    let leaves = match word(0) {
        "USE" | "GRANT" | "REVOKE" | "INSTALL" | "UNINSTALL" | "FLUSH" | "RESET" | "KILL" => true,
        "CREATE" if word(1) == "OR" => OUTSIDE.contains(&word(3)),
        "CREATE" | "ALTER" | "DROP" | "RENAME" | "SET" => OUTSIDE.contains(&word(1)),
        _ => false,
    };
    match leaves {
        false => Ok(()),
        true => Err(Error::new(
            Code::NotSupported,
            format!(
                "this reaches out of the database, and could not be taken back: {}",
                statement.head()
            ),
        )
        .help("leave it out of what declares the schema")
        .at(At::default())),
    }
}

fn run(session: &mut Session, ledger: &Ledger, statements: &[Statement]) -> Result<()> {
    session.turn(None)?;
    let mut work = Work { session, ledger };
    for (n, statement) in statements.iter().enumerate() {
        let at = At {
            statement: n,
            ..At::default()
        };
        work.statement(at, statement)?;
    }
    session.restore()
}

/// Everything that people made here, with the word that drops it; views before what they use.
fn things(session: &mut Session) -> Result<Vec<(String, String)>> {
    let database = literal(&session.database);
    let found = session.question(&format!(
        "SELECT CASE table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, \
         table_name AS name FROM information_schema.tables WHERE table_schema = {database} \
         ORDER BY kind DESC, name"
    ))?;
    let code = session.question(&format!(
        "SELECT routine_type, routine_name FROM information_schema.routines \
         WHERE routine_schema = {database} ORDER BY 1, 2"
    ))?;
    let events = session.question(&format!(
        "SELECT 'EVENT', event_name FROM information_schema.events \
         WHERE event_schema = {database} ORDER BY 1, 2"
    ))?;
    let rows = found.rows.into_iter().chain(code.rows).chain(events.rows);
    Ok(rows
        .filter_map(
            |row| match row.into_iter().collect::<Option<Vec<_>>>()?.as_slice() {
                [kind, name] => Some((kind.clone(), name.clone())),
                _ => None,
            },
        )
        .collect())
}

/// Never the database itself: its rights and its collation are somebody's.
fn empty(session: &mut Session) -> Result<()> {
    session.restore()?;
    session.run("SET SESSION foreign_key_checks = 0")?;
    let dropped = things(session).and_then(|things| {
        things
            .iter()
            .try_for_each(|(kind, name)| session.run(&format!("DROP {kind} {}", quote(name))))
    });
    // The session has its own value again.
    session.restore()?;
    dropped
}
