//! The Lua of each step. The server runs it as a whole: the question for the lock, the work on a
//! page of keys, and the note of how far it is.

use crate::ground::Script;

macro_rules! script {
    ($($part:literal),+) => {
        Script {
            text: concat!(
                include_str!("../guard.lua"),
                include_str!("lua/page.lua"),
                $(include_str!(concat!("lua/", $part, ".lua")),)+
                include_str!("lua/end.lua")
            ),
        }
    };
}

pub const RENAME: Script = script!("rename");
pub const COPY: Script = script!("copy");
pub const DELETE: Script = script!("delete");
pub const EXPIRE: Script = script!("expire");
pub const HASH: Script = script!("hash");
pub const SWAP: Script = script!("swap");
pub const PARSE: Script = script!("write", "parse");
pub const CONVERT: Script = script!("write", "convert");
pub const EACH: Script = script!("each");
pub const RESTORE: Script = script!("restore");
pub const FORGET: Script = script!("forget");
