//! What every verb is called with: the flags of the line and, where the line is about many databases,
//! which one this call is for. Decides nothing.

use super::arguments::Flags;
use super::many::One;
use crate::spec::Spec;
use argh::{ArgsInfo, CommandInfoWithArgs};
use std::ops::Deref;
use std::rc::Rc;

/// The flags, read as if they were its own.
#[derive(Clone, Debug, Default)]
pub struct Common {
    pub flags: Flags,
    /// The spec, where somebody had to read it before.
    pub known: Option<Rc<Spec>>,
    /// The form that is asked for, where it is one of the verb's own; then no other is.
    pub drawn: Option<&'static str>,
    /// One database of many.
    pub one: Option<Rc<One>>,
}

impl Common {
    pub fn get_args_info() -> CommandInfoWithArgs {
        Flags::get_args_info()
    }
}

impl From<Flags> for Common {
    fn from(flags: Flags) -> Common {
        Common {
            flags,
            known: None,
            drawn: None,
            one: None,
        }
    }
}

impl Deref for Common {
    type Target = Flags;

    fn deref(&self) -> &Flags {
        &self.flags
    }
}
