//! One statement there, all of its answers back, through the `mysql` crate. Must never retry,
//! decide, or leave an answer unread.

use crate::connect::LONGEST;
use crate::error::Fault;
use crate::told::Told;
use crate::words::hex;
use initium_driver::Rows;
use mysql::consts::ColumnType;
use mysql::prelude::Queryable;
use mysql::{Column, Conn, Row, Value};

pub struct Wire {
    conn: Conn,
    pub told: Told,
}

/// How many answers may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    One,
    /// What runs a routine answers for each of its SELECTs.
    Several,
}

impl Wire {
    pub fn new(conn: Conn) -> Wire {
        Wire {
            conn,
            told: Told::default(),
        }
    }

    /// As the greeting has it: MariaDB 10 calls itself 5.5.5 there.
    pub fn version(&self) -> (u16, u16, u16) {
        self.conn.server_version()
    }

    /// The session's number, as the greeting has it.
    pub fn id(&self) -> u32 {
        self.conn.connection_id()
    }

    /// A backslash in a string is a backslash.
    pub fn plain_backslashes(&self) -> bool {
        self.conn.no_backslash_escape()
    }

    /// Runs one statement and drops its rows.
    pub fn run(&mut self, sql: &str, answers: Answers) -> Result<(), Fault> {
        self.talk(sql, answers, None)
    }

    /// Runs one statement and gives its rows.
    pub fn ask(&mut self, sql: &str) -> Result<Rows, Fault> {
        let mut rows = Rows::default();
        self.talk(sql, Answers::One, Some(&mut rows))?;
        Ok(rows)
    }

    fn talk(
        &mut self,
        sql: &str,
        answers: Answers,
        mut keep: Option<&mut Rows>,
    ) -> Result<(), Fault> {
        if sql.len() >= LONGEST {
            return Err(Fault::TooLong(sql.len()));
        }
        let mut result = self.conn.query_iter(sql)?;
        let mut count = 0;
        while let Some(set) = result.iter() {
            count += 1;
            let columns = set.columns().as_ref().to_vec();
            if let Some(rows) = keep.as_deref_mut().filter(|_| count == 1) {
                rows.columns = columns.iter().map(|c| c.name_str().into_owned()).collect();
            }
            for row in set {
                let row = row?;
                if let Some(rows) = keep.as_deref_mut().filter(|_| count == 1) {
                    rows.rows.push(cells(row, &columns));
                }
            }
        }
        drop(result);
        self.told.listen(&self.conn)?;
        match answers {
            Answers::One if count > 1 => Err(Fault::Several),
            _ => Ok(()),
        }
    }
}

fn cells(row: Row, columns: &[Column]) -> Vec<Option<String>> {
    let values = row.unwrap_raw().into_iter();
    values
        .zip(columns)
        .map(|(value, column)| match value? {
            Value::NULL => None,
            Value::Bytes(bytes) if is_binary(column) => Some(hex(&bytes)),
            Value::Bytes(bytes) => Some(match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            }),
            // The text protocol has only texts.
            other => Some(other.as_sql(true)),
        })
        .collect()
}

/// Numbers and times are "binary" too and still text; strings, blobs, points and bits are not.
fn is_binary(column: &Column) -> bool {
    const BINARY: u16 = 63;
    use ColumnType::*;
    match column.column_type() {
        MYSQL_TYPE_BIT => true,
        MYSQL_TYPE_VARCHAR
        | MYSQL_TYPE_VAR_STRING
        | MYSQL_TYPE_STRING
        | MYSQL_TYPE_GEOMETRY
        | MYSQL_TYPE_TINY_BLOB
        | MYSQL_TYPE_MEDIUM_BLOB
        | MYSQL_TYPE_LONG_BLOB
        | MYSQL_TYPE_BLOB => column.character_set() == BINARY,
        _ => false,
    }
}
