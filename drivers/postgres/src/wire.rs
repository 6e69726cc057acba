//! One connection: a text goes out as one message, the answers come back. Blocking, on the calling
//! thread. It must never decide anything, and never send a second message on its own.

use crate::error::Trouble;
use initium_driver::driver::Rows;
use postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};
use std::io;

pub struct Wire(Client);

impl Wire {
    pub fn open(config: &Config) -> Result<Wire, Trouble> {
        Ok(Wire(config.connect(NoTls)?))
    }

    /// Sends one message. What its statements answer is read and let go, so that memory stays
    /// bounded whatever a migration selects.
    pub fn run(&mut self, text: &str) -> Result<(), Trouble> {
        readable(text)?;
        Ok(self.0.batch_execute(text)?)
    }

    /// Runs a COPY; `feed` writes its rows.
    pub fn copy(
        &mut self,
        command: &str,
        feed: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), Trouble> {
        readable(command)?;
        let mut writer = self.0.copy_in(command)?;
        feed(&mut writer).map_err(|error| Trouble::Lost(error.to_string()))?;
        writer.finish()?;
        Ok(())
    }

    /// Sends one message; the rows of every statement in order, no columns where it returns none.
    pub fn rows(&mut self, text: &str) -> Result<Vec<Rows>, Trouble> {
        readable(text)?;
        let mut all = Vec::new();
        let mut rows = Rows::default();
        for message in self.0.simple_query(text)? {
            match message {
                SimpleQueryMessage::RowDescription(columns) => {
                    rows.columns = columns.iter().map(|c| c.name().to_string()).collect();
                }
                SimpleQueryMessage::Row(row) => {
                    let cells = (0..row.len()).map(|i| row.try_get(i));
                    let cells: Result<Vec<_>, Error> =
                        cells.map(|cell| Ok(cell?.map(String::from))).collect();
                    rows.rows.push(cells?);
                }
                SimpleQueryMessage::CommandComplete(_) => all.push(std::mem::take(&mut rows)),
                _ => {}
            }
        }
        Ok(all)
    }
}

fn readable(text: &str) -> Result<(), Trouble> {
    match text.contains('\0') {
        false => Ok(()),
        true => Err(Trouble::Odd(
            "the text holds a NUL character, which no statement can".into(),
        )),
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        use std::error::Error as _;
        if let Some(said) = error.as_db_error() {
            return Trouble::Server(Box::new(said.clone()));
        }
        let source = error.source();
        let text = source.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        if error.is_closed() || source.is_some_and(|cause| cause.is::<io::Error>()) {
            return Trouble::Lost(text);
        }
        Trouble::Odd(text)
    }
}
