//! Work through many keys. Not in this build.

use crate::ground::Ground;
use initium_driver::driver::{Preview, Progress, Rows};
use initium_driver::{Code, Error, Result};

#[derive(Clone, Debug)]
pub struct Step;

fn not_here() -> Error {
    Error::new(
        Code::NotSupported,
        "steps over many keys are not in this build",
    )
    .help("take a build that has them")
}

pub fn parse(_name: &str, _json: &str, _body: &str) -> Result<Step> {
    Ok(Step)
}

pub fn run(
    _step: &Step,
    _name: &str,
    _ground: &mut dyn Ground,
    _tell: &mut dyn FnMut(&Progress),
) -> Result<Progress> {
    Err(not_here())
}

pub fn query(_step: &Step, _ground: &mut dyn Ground) -> Result<Rows> {
    Err(not_here())
}

pub fn preview(_step: &Step, _ground: &mut dyn Ground) -> Result<Preview> {
    Err(not_here())
}
