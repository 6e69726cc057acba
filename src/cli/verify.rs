//! `verify`: asks what must hold of applied migrations.

use super::arguments::{Common, Words};
use super::output::Output;
use super::session::{Need, Session};
use crate::run::verify;
use argh::{ArgsInfo, FromArgs};
use initium_driver::Result;
use initium_driver::driver::Access;

/// ask what must hold of applied migrations
#[derive(FromArgs, ArgsInfo, Debug)]
pub struct Verify {}

pub fn run(common: &Common, words: &Words, output: &Output) -> i32 {
    match open(common, words) {
        Ok(mut session) => output.finish("verify", session.run(verify)),
        Err(error) => output.fail("verify", &error),
    }
}

fn open(common: &Common, words: &Words) -> Result<Session> {
    let Verify {} = words.parse("verify")?;
    Session::open(common, "verify", Need::Spec, Access::Write)
}
