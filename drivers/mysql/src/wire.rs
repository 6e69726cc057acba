//! One statement there, all of its answers back. Must never retry, decide, or leave an answer
//! unread.

use crate::answer::{Answer, Column, Done, answer, cells, column, end};
use crate::error::Fault;
use crate::login::Greeting;
use crate::packets::{LONGEST, Packets, SHORT};
use crate::told::Told;
use crate::words::hex;
use initium_driver::Rows;
use std::time::{Duration, Instant};

const QUIT: u8 = 1;
const QUERY: u8 = 3;
const SET_OPTION: u8 = 27;

pub struct Wire {
    packets: Packets,
    greeting: Greeting,
    plain_backslashes: bool,
    pub told: Told,
}

/// Whether one packet may hold several statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statements {
    Several = 0,
    One = 1,
}

/// What is heard of answers, each with its number.
pub enum Heard<'a> {
    Columns(&'a [Column]),
    Row(Vec<Option<String>>),
}

type Ear<'a> = &'a mut dyn FnMut(usize, Heard);

/// How many answers may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    One,
    /// What runs a routine answers for each of its SELECTs.
    Several,
}

impl Wire {
    /// A session that is logged in to; `done` is what it was told then.
    pub fn new(packets: Packets, greeting: Greeting, done: &Done) -> Wire {
        Wire {
            packets,
            greeting,
            plain_backslashes: done.plain_backslashes(),
            told: Told::default(),
        }
    }

    /// As the greeting has it: MariaDB 10 puts 5.5.5- before it.
    pub fn version(&self) -> &str {
        &self.greeting.version
    }

    /// What was agreed in the handshake of TLS, if there was one.
    pub fn encryption(&self) -> Option<String> {
        self.packets.agreed()
    }

    /// The session's number, as the greeting has it.
    pub fn id(&self) -> u32 {
        self.greeting.session
    }

    /// A backslash in a string is a backslash.
    pub fn plain_backslashes(&self) -> bool {
        self.plain_backslashes
    }

    /// Runs one statement and drops its rows.
    pub fn run(&mut self, sql: &str, answers: Answers) -> Result<(), Fault> {
        self.talk(sql, answers, None)
    }

    /// Runs one statement and gives its rows, which must be here in time.
    pub fn ask(&mut self, sql: &str, limit: Option<Duration>) -> Result<Rows, Fault> {
        let mut rows = Rows::default();
        let mut keep = |number, heard: Heard| match heard {
            _ if number > 0 => {}
            Heard::Columns(all) => rows.columns = all.iter().map(|c| c.name.clone()).collect(),
            Heard::Row(row) => rows.rows.push(row),
        };
        self.hear(sql, Answers::One, limit, &mut keep)?;
        Ok(rows)
    }

    /// The same without keeping anything: each row is told when it comes.
    pub fn hear(
        &mut self,
        sql: &str,
        answers: Answers,
        limit: Option<Duration>,
        ear: Ear,
    ) -> Result<(), Fault> {
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        if until.is_some() {
            self.packets.stream().socket().hurry_until(until);
        }
        self.talk(sql, answers, Some(ear))?;
        if until.is_some() {
            self.packets.stream().socket().hurry_until(None);
        }
        Ok(())
    }

    /// Whether the next packets may hold several statements.
    pub fn allow(&mut self, statements: Statements) -> Result<(), Fault> {
        self.packets.command(SET_OPTION, &[statements as u8, 0])?;
        let packet = self.packets.read(SHORT)?;
        match end(&packet, packet.len())? {
            Some(_) => Ok(()),
            // A proxy may answer in the newer way.
            None => answer(&packet).map(|_| ()),
        }
    }

    fn talk(&mut self, sql: &str, answers: Answers, mut ear: Option<Ear>) -> Result<(), Fault> {
        if sql.len() >= LONGEST {
            return Err(Fault::TooLong(sql.len()));
        }
        self.packets.command(QUERY, sql.as_bytes())?;
        let mut count = 0;
        loop {
            let done = match answer(&self.packets.read(LONGEST)?)? {
                Answer::Done(done) => done,
                Answer::Columns(columns) => {
                    let columns = self.columns(columns)?;
                    self.rows(&columns, count, &mut ear)?
                }
            };
            count += 1;
            self.told.listen(&done.changes)?;
            if !done.has_more() {
                break;
            }
        }
        match answers {
            Answers::One if count > 1 => Err(Fault::Several),
            _ => Ok(()),
        }
    }

    fn columns(&mut self, count: usize) -> Result<Vec<Column>, Fault> {
        let mut columns = Vec::new();
        for _ in 0..count {
            columns.push(column(&self.packets.read(SHORT)?)?);
        }
        let packet = self.packets.read(SHORT)?;
        match end(&packet, packet.len())? {
            Some(_) => Ok(columns),
            None => Err(Fault::Torn("its columns do not end")),
        }
    }

    /// The rows up to their end, which comes back.
    fn rows(
        &mut self,
        columns: &[Column],
        number: usize,
        ear: &mut Option<Ear>,
    ) -> Result<Done, Fault> {
        if let Some(ear) = ear {
            ear(number, Heard::Columns(columns));
        }
        loop {
            let (packet, length) = match ear {
                Some(_) => {
                    let packet = self.packets.read(LONGEST)?;
                    let length = packet.len();
                    (packet, length)
                }
                // Nobody looks at it: it is not held either.
                None => {
                    let packet = self.packets.skim()?;
                    (packet.bytes, packet.length)
                }
            };
            if let Some(done) = end(&packet, length)? {
                return Ok(done);
            }
            if let Some(ear) = ear {
                let cells = cells(&packet, columns.len())?.into_iter().zip(columns);
                ear(number, Heard::Row(cells.map(cell).collect()));
            }
        }
    }
}

impl Drop for Wire {
    /// The server need not wonder what became of the client; nobody waits for an answer.
    fn drop(&mut self) {
        let _ = self.packets.command(QUIT, &[]);
    }
}

fn cell((bytes, column): (Option<&[u8]>, &Column)) -> Option<String> {
    let bytes = bytes?;
    Some(match is_binary(column) {
        true => hex(bytes),
        false => String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// Numbers and times are "binary" too and still text; strings, blobs, points and bits are not.
fn is_binary(column: &Column) -> bool {
    const BINARY: u16 = 63;
    const VARCHAR: u8 = 15;
    const BIT: u8 = 16;
    // TINY_BLOB, MEDIUM_BLOB, LONG_BLOB, BLOB, VAR_STRING, STRING, GEOMETRY.
    const FIRST_BLOB: u8 = 249;
    match column.kind {
        BIT => true,
        VARCHAR | FIRST_BLOB.. => column.charset == BINARY,
        _ => false,
    }
}
