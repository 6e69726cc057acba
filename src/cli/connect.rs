//! `connection`: what was understood of the connection, where each part came from, and whether a
//! server answers. The first thing to run where nothing works.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Prepared, Reach};
use crate::report::{Asked, ConnectionDocument};
use argh::{ArgsInfo, FromArgs};
use initium_driver::driver::Access;
use initium_driver::{Error, Result};

/// show what is understood of the connection, and test it
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Connection {
    /// ask no server
    #[argh(switch)]
    offline: bool,
}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    let prepared = words.parse("connection").and_then(|args: Connection| {
        let prepared = Prepared::new(common, "connection", Need::ConnectionOnly, Access::Read)?;
        Ok((args, prepared))
    });
    let (args, mut prepared) = match prepared {
        Ok(both) => both,
        Err(error) => return output.fail("connection", &error),
    };
    let mut document = ConnectionDocument::new();
    let mut failed: Option<Error> = None;
    for reach in std::mem::take(&mut prepared.wanted) {
        let (target, settings) = (&reach.target, &reach.settings);
        let asked = match args.offline {
            true => Asked::Nobody,
            false => ask(&mut prepared, &reach)
                .unwrap_or_else(|error| Asked::Failed(error.target(target))),
        };
        document.add(target, settings, &asked);
        if let Asked::Failed(error) = asked {
            failed.get_or_insert(error);
        }
    }
    match failed {
        None => {
            output.show(&document, || document.text());
            0
        }
        Some(error) => output.failed(&error, &document, || document.text()),
    }
}

fn ask(prepared: &mut Prepared, reach: &Reach) -> Result<Asked> {
    let mut driver = prepared.open(reach)?;
    // A file that is not there yet opens; the ledger's digest is what every verb asks first.
    driver.digest()?;
    Ok(Asked::Answered {
        server: driver.server(),
        encryption: driver.encryption(),
    })
}
