//! Questions of a spec: they run in a transaction that can only read and is rolled back. Nothing
//! here may write, whatever the text says.

use crate::dialect::Postgres;
use crate::session::Link;
use initium_driver::driver::{Dialect, Rows};
use initium_driver::error::{Code, Error, Result};
use initium_driver::source::{Effect, Source};

pub fn run(link: &mut Link, sql: &str) -> Result<Rows> {
    let statements = Postgres::OLDEST.split(&Source::file("query", sql))?;
    if let Some(control) = statements.iter().find(|s| s.effect == Effect::Control) {
        return Err(refused(&format!("'{}' in a question", control.head())));
    }
    // The first question takes the snapshot: after it nothing can make the transaction writable.
    let mut message = format!("BEGIN READ ONLY;\n{};\nSELECT 1", link.local_limits());
    for statement in &statements {
        message.push_str(";\n");
        message.push_str(&statement.text);
    }
    message.push_str(";\nROLLBACK");
    let answers = match link.wire.rows(&message) {
        Ok(answers) => answers,
        Err(trouble) if trouble.is_lost() => return Err(trouble.into_error()),
        Err(trouble) => {
            let error = trouble.into_error();
            link.wire.rows("ROLLBACK").map_err(|t| t.into_error())?;
            return Err(match error.code() {
                Code::ReadOnly => refused(error.message()).server(error.server_said().clone()),
                _ => error,
            });
        }
    };
    let ours = 4;
    Ok(answers
        .into_iter()
        .skip(ours)
        .rfind(|rows| !rows.columns.is_empty())
        .unwrap_or_default())
}

fn refused(what: &str) -> Error {
    Error::new(Code::StatementFailed, what).help("a question may only read")
}
