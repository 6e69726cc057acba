//! From an open connection to a session: the greeting, TLS if it is to be, the login. It knows one
//! server and tries once; which server, and what to do after a failure, is `connect`'s.

mod greeting;
mod plugin;
mod rsa;
mod scramble;

use crate::answer::{Done, done, failure};
use crate::bytes::Bytes;
use crate::error::Fault;
use crate::packets::Packets;
pub use greeting::Greeting;
use greeting::{Encryption, Who};
pub use plugin::Channel;
use plugin::Proof;

/// Who logs in.
pub struct Login<'a> {
    pub user: &'a str,
    pub database: &'a str,
    /// Names the run where the server shows it.
    pub run: &'a str,
}

/// A greeting or a question is a few dozen bytes, an RSA key a few hundred, a refusal a line.
const LONGEST: usize = 1 << 16;
/// A switch, a question and an answer, for each way a user may have; more is a loop.
const TURNS: usize = 16;

const DONE: u8 = 0;
const MORE: u8 = 1;
const NEXT_FACTOR: u8 = 2;
const SWITCH: u8 = 0xfe;

/// What the server says first.
pub fn greeted(packets: &mut Packets) -> Result<Greeting, Fault> {
    let packet = packets.read(LONGEST)?;
    failure(&packet)?;
    Greeting::read(&packet)
}

/// The same connection, encrypted.
#[cfg(feature = "tls")]
pub fn encrypted(
    mut packets: Packets,
    greeting: &Greeting,
    ready: initium_socket::Ready,
) -> Result<Packets, Fault> {
    use initium_socket::Stream;
    packets.write(&greeting.request_tls())?;
    let (stream, numbered) = packets.unwrapped()?;
    let Stream::Clear(socket) = stream else {
        return Err(Fault::Early);
    };
    Ok(Packets::again(ready.encrypt(socket)?, numbered))
}

/// The login.
pub fn log_in(
    packets: &mut Packets,
    greeting: &Greeting,
    login: &Login,
    password: &str,
    channel: Channel,
) -> Result<Done, Fault> {
    let nonce = greeting.nonce.clone();
    let mut proof = Proof::new(&greeting.plugin, nonce, password, channel);
    let first = proof.opening()?;
    let pid = std::process::id().to_string();
    let who = Who {
        user: login.user,
        database: login.database,
        plugin: proof.plugin.name(),
        proof: &first,
        attributes: &[
            ("_client_name", "initium"),
            ("_client_version", env!("CARGO_PKG_VERSION")),
            ("_os", std::env::consts::OS),
            ("_platform", std::env::consts::ARCH),
            ("_pid", &pid),
            ("program_name", "initium"),
            ("initium_run", login.run),
        ],
    };
    let encryption = match packets.is_encrypted() {
        true => Encryption::On,
        false => Encryption::Off,
    };
    packets.write(&greeting.answer(&who, encryption))?;
    for _ in 0..TURNS {
        let packet = packets.read(LONGEST)?;
        failure(&packet)?;
        let said = match packet.first() {
            Some(&DONE) => return done(&packet),
            Some(&SWITCH) => {
                let mut bytes = Bytes::new(&packet[1..]);
                match bytes.name() {
                    // Before there were names there was one.
                    b"" => return Err(Fault::plugin(b"mysql_old_password")),
                    name => proof.switch(name, bytes.rest())?,
                }
                packets.write(&proof.opening()?)?;
                continue;
            }
            Some(&NEXT_FACTOR) => return Err(Fault::plugin(b"a second factor")),
            Some(&MORE) => &packet[1..],
            // MariaDB's first parsec forgot the byte.
            Some(_) => &packet[..],
            None => return Err(Fault::Torn("a packet of it is empty")),
        };
        if let Some(answer) = proof.more(said)? {
            packets.write(&answer)?;
        }
    }
    Err(Fault::Torn("its login does not end"))
}
