//! What the drivers that speak their protocol themselves share: where a server may be (`place`), the
//! bytes to it (`stream`), and how they are encrypted (`secure`). It knows no protocol, and must never
//! fall back to the clear where encryption was asked for.

#![forbid(unsafe_code)]

mod place;
mod secure;
mod stream;

pub use place::{Address, Place, invalid, patience, places};
pub use secure::{Ready, prepare, refused, trouble};
#[cfg(feature = "tls")]
pub use stream::encrypt;
pub use stream::{Socket, Stream};

use std::io;

/// Why bytes do not pass, in a few words.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "it does not answer".into(),
        io::ErrorKind::UnexpectedEof => "it closed the connection".into(),
        _ => error.to_string().to_lowercase(),
    }
}
