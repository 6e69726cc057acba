//! A question, as text. What could write is refused twice: by its words here, because a schema
//! change simply ends a read-only transaction, and by the server for the rest.

use crate::dialect::MySql;
use crate::session::Session;
use initium_driver::{Code, Dialect, Error, Result, Rows, Source};

const QUESTIONS: &[&str] = &[
    "SELECT", "SHOW", "WITH", "EXPLAIN", "DESCRIBE", "DESC", "TABLE", "VALUES", "CHECKSUM",
];

pub fn query(session: &mut Session, sql: &str) -> Result<Rows> {
    let text = question(&session.dialect, sql)?;
    session.restore()?;
    // As questions, all three: each has its answer in time.
    session.question("START TRANSACTION READ ONLY")?;
    let answer = session.question(&text);
    match answer {
        Err(error) => {
            session.roll_back(&error);
            Err(error)
        }
        Ok(rows) => session.question("ROLLBACK").map(|_| rows),
    }
}

/// The one statement of the text, if it is a question.
fn question(dialect: &MySql, sql: &str) -> Result<String> {
    let statements = dialect.split(&Source::file("query", sql))?;
    let [statement] = statements.as_slice() else {
        return Err(Error::new(
            Code::NotSupported,
            format!(
                "a query is one statement, this text has {}",
                statements.len()
            ),
        ));
    };
    let words = dialect.first_words(&statement.text);
    let first = words.first().map_or("", String::as_str);
    let into_file = words
        .windows(2)
        .any(|w| w[0] == "INTO" && (w[1] == "OUTFILE" || w[1] == "DUMPFILE"));
    if !QUESTIONS.contains(&first) || into_file {
        return Err(Error::new(
            Code::NotSupported,
            format!("a query must only read: {}", statement.head()),
        )
        .help("begin it with SELECT, WITH, SHOW or the like"));
    }
    Ok(statement.text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Family;

    #[test]
    fn what_could_write_is_no_question() {
        let dialect = MySql::offline(Family::MySql);
        for text in [
            "DROP TABLE t",
            "SELECT 1; DROP TABLE t",
            "/*! DROP TABLE t */",
            "COMMIT",
            "CALL p()",
            "SELECT 1 INTO OUTFILE '/tmp/x'",
            "",
            "SET autocommit = 0",
            "BEGIN NOT ATOMIC DROP TABLE t; END",
        ] {
            assert!(question(&dialect, text).is_err(), "{text}");
        }
        for text in [
            "SELECT 1;",
            "(SELECT 1) UNION (SELECT 2)",
            "-- x\nwith a as (select 1) select * from a",
        ] {
            assert!(question(&dialect, text).is_ok(), "{text}");
        }
    }
}
