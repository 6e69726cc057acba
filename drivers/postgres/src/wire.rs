//! One connection: a text goes out as one message, the answers come back. Blocking, on the calling
//! thread. It must never decide anything, and never send a second message on its own.

use crate::error::Trouble;
use crate::stream::{Client, Standing, Through, cancel};
use initium_driver::driver::{Pulse, Rows, Stopper};
use postgres::config::{SslMode, SslNegotiation};
use postgres::{Config, Error, NoTls, SimpleQueryMessage, SimpleQueryRow};
use std::io;
use std::time::Duration;

pub struct Wire {
    client: Client,
    /// For a second connection to the same place.
    config: Config,
    /// `None`: a Unix socket, where the crate lets no stream be put in.
    through: Option<Through>,
    /// As people call it.
    place: String,
    pulse: Pulse,
}

/// What is kept of one answer, with what its rows cost beside their bytes.
const KEPT: u64 = 40 << 20;

/// Of a catalog, whose rows are not kept as they come: so long an answer is none.
const CATALOG: u64 = 1 << 30;

/// For the last word of a connection, should the server go on and on.
const FAREWELL: Duration = Duration::from_secs(1);

const STANDING: &str = "SELECT pg_catalog.pg_is_in_recovery(), \
     pg_catalog.current_setting('default_transaction_read_only') = 'on'";

impl Wire {
    /// The crate's own time limit ends with the TCP handshake; ours ends with the login.
    pub fn open(
        mut config: Config,
        through: Option<Through>,
        place: String,
        pulse: Pulse,
    ) -> Result<Wire, Trouble> {
        let client = match &through {
            Some(through) => {
                // In this mode the crate hands the stream over at once, without a word to the server.
                config
                    .ssl_mode(SslMode::Require)
                    .ssl_negotiation(SslNegotiation::Direct);
                let patience = config.get_connect_timeout().copied();
                through.watch.within(patience);
                let client = Client::connect(&config, through.clone(), pulse)?;
                through.watch.within(None);
                client
            }
            None => Client::connect(&config, NoTls, pulse)?,
        };
        Ok(Wire {
            client,
            config,
            through,
            place,
            pulse,
        })
    }

    /// A second connection to the same place.
    pub fn beside(&self) -> Result<Wire, Trouble> {
        let through = self.through.as_ref().map(Through::again);
        let place = self.place.clone();
        Wire::open(self.config.clone(), through, place, self.pulse)
    }

    pub fn place(&self) -> &str {
        &self.place
    }

    /// The session that was promised in the handshake; nobody looks into a Unix socket.
    pub fn promised(&self) -> Option<i32> {
        self.through.as_ref()?.watch.session()
    }

    /// What was agreed in the handshake of TLS, if there was one.
    pub fn encryption(&self) -> Option<String> {
        self.through.as_ref()?.watch.encryption()
    }

    /// How long each answer may take from now on; a connection that took longer is lost.
    pub fn within(&self, limit: Option<Duration>) {
        if let Some(through) = &self.through {
            through.watch.within(limit);
        }
    }

    /// Whether the server writes, as it told in the login or tells now.
    pub fn standing_within(&mut self, limit: Option<Duration>) -> Result<Standing, Trouble> {
        let told = self
            .through
            .as_ref()
            .map(|through| through.watch.standing());
        if let Some(told) = told.filter(|t| t.standby.is_some() && t.read_only.is_some()) {
            return Ok(told);
        }
        self.within(limit);
        let answers = self.rows(STANDING)?;
        self.within(None);
        let row = answers.last().and_then(|rows| rows.rows.first());
        let said = |at: usize| Some(row?.get(at)?.as_deref()? == "t");
        Ok(Standing {
            standby: said(0),
            read_only: said(1),
        })
    }

    /// Ends what this connection is running, over a connection of its own.
    pub fn stopper(&self) -> Stopper {
        let token = self.client.cancel_token();
        match self.through.as_ref().map(Through::again) {
            Some(through) => Box::new(move |limit| cancel(&token, through.again(), limit)),
            None => Box::new(move |limit| cancel(&token, NoTls, limit)),
        }
    }

    /// Sends one message. What its statements answer is read and let go, so that memory stays
    /// bounded whatever a migration selects.
    pub fn run(&mut self, text: &str) -> Result<(), Trouble> {
        readable(text)?;
        Ok(self.client.batch_execute(text)?)
    }

    /// Runs a COPY; `feed` writes its rows.
    pub fn copy(
        &mut self,
        command: &str,
        feed: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), Trouble> {
        readable(command)?;
        let mut writer = self.client.copy_in(command)?;
        feed(&mut writer).map_err(|error| Trouble::Lost(error.to_string()))?;
        writer.finish()?;
        Ok(())
    }

    /// Sends one message; the rows of every statement in order, no columns where it returns none.
    pub fn rows(&mut self, text: &str) -> Result<Vec<Rows>, Trouble> {
        readable(text)?;
        self.keep(Some(KEPT));
        let answers = self.client.simple_query(text);
        self.keep(None);
        let mut all = Vec::new();
        let mut rows = Rows::default();
        for message in answers? {
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

    /// Sends one message and hands every row on with the number of its statement; none is kept.
    pub fn each(
        &mut self,
        text: &str,
        hear: &mut dyn FnMut(usize, &SimpleQueryRow),
    ) -> Result<(), Trouble> {
        readable(text)?;
        self.keep(Some(CATALOG));
        let mut statement = 0;
        let answer = self.client.each(text, &mut |message| match message {
            SimpleQueryMessage::Row(row) => hear(statement, &row),
            SimpleQueryMessage::CommandComplete(_) => statement += 1,
            _ => {}
        });
        self.keep(None);
        Ok(answer?)
    }

    /// The server's version by its first number, as the login told it.
    pub fn major(&self) -> Option<u16> {
        let version = self.client.version()?;
        let end = version.find(|c: char| !c.is_ascii_digit());
        version[..end.unwrap_or(version.len())].parse().ok()
    }

    fn keep(&self, most: Option<u64>) {
        if let Some(through) = &self.through {
            through.watch.keep(most);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.within(Some(FAREWELL));
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
        if let Some(known) = source.and_then(known) {
            return Trouble::Known(known.clone());
        }
        let text = source.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        if error.is_closed() || source.is_some_and(|cause| cause.is::<io::Error>()) {
            return match error.to_string().starts_with("error parsing") {
                true => Trouble::Odd(text),
                false => Trouble::Lost(text),
            };
        }
        Trouble::Odd(text)
    }
}

/// What our own stream said, however deep the crate has packed it.
fn known<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a initium_driver::Error> {
    if let Some(known) = cause.downcast_ref() {
        return Some(known);
    }
    cause.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
}
