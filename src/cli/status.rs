//! `status`: every migration of every target. Writes nothing, and exits 0 whatever it finds.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::plan::statuses;
use crate::report::{StatusDocument, TargetStatus, status as text};
use crate::run::{histories, look};
use argh::{ArgsInfo, FromArgs};
use initium_driver::Result;
use initium_driver::driver::Access;

/// show every migration and its state
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Status {}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match work(common, words) {
        Ok(document) => {
            output.show(&document, || text(&document));
            0
        }
        Err(error) => output.fail("status", &error),
    }
}

fn work(common: &Common, words: &Words) -> Result<StatusDocument> {
    let Status {} = words.parse("status")?;
    let mut session = Session::open(common, "status", Need::Spec, Access::Read)?;
    session.run(|spec, connections, _| {
        let histories = histories(spec, connections)?;
        let servers: Vec<_> = connections.iter_mut().map(|c| c.driver.server()).collect();
        let facts = look(spec, connections, &histories)?;
        let targets = facts
            .iter()
            .zip(&servers)
            .map(|(f, server)| TargetStatus::new(f.target, server, &statuses(f)));
        Ok(StatusDocument::new(targets.collect()))
    })
}
