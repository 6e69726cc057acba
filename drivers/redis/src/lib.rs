//! Redis and what speaks like it. Nothing here is undone by a server that fails in the middle, so
//! each statement is written together with its proof, by one Lua script that first asks for the lock.
//!
//! Rooms, lowest first: `resp` is the protocol, `ground` what work stands on, `bulk` works through
//! many keys.

#![forbid(unsafe_code)]

pub mod bulk;
pub mod ground;
pub mod resp;
