//! Opening the connection with the `mysql` crate: one login, and nothing asked that the login does
//! not need. Must never print its options: they hold the password.
//!
//! The crate announces CLIENT_MULTI_STATEMENTS and CLIENT_LOCAL_FILES on every connection, and there
//! is no way to turn that off. What stands in for it: the splitter sends one statement at a time,
//! `execute` looks at each text once more before it goes out ([`MySql::is_several`]), the wire takes
//! a second answer to anything but a CALL for an error, and a server that asks for a local file is
//! refused here.
//!
//! The features `client_ed25519` and `client_parsec` are no luxury: without them the crate panics where
//! a MariaDB user has one of these plugins.
//!
//! [`MySql::is_several`]: crate::dialect::MySql::is_several

use crate::address::{Address, Target};
use crate::error::Fault;
use crate::wire::Wire;
use mysql::consts::CapabilityFlags;
use mysql::{Conn, DriverError, LocalInfileHandler, OptsBuilder};
use std::collections::HashMap;
use std::io;
use std::net::ToSocketAddrs;

/// Who logs in.
pub struct Login<'a> {
    pub user: &'a str,
    pub password: &'a str,
    /// Names the run where the server shows it.
    pub run: &'a str,
}

/// A peer that went away without a word is noticed within a minute, not in two hours.
const IDLE_MS: u32 = 30_000;
#[cfg(any(target_os = "linux", target_os = "macos"))]
const BETWEEN_SECS: u32 = 10;
#[cfg(target_os = "linux")]
const GIVE_UP_MS: u32 = 60_000;
/// No server takes or sends more in one piece.
pub const LONGEST: usize = 1 << 30;

pub fn open(target: &Target, login: &Login) -> Result<Wire, Fault> {
    let options = options(target, login);
    let (host, port) = match &target.address {
        Address::Socket(path) => return logged_in(options.socket(Some(path))),
        Address::Tcp { host, port } => (host.as_str(), *port),
    };
    // The crate gives up at the first address that does not answer: `localhost` is often ::1 first.
    // (TLS will want the name too.)
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address").into();
    for address in (host, port).to_socket_addrs()? {
        let ip = match address.ip() {
            std::net::IpAddr::V4(ip) => ip.to_string(),
            std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        };
        match logged_in(options.clone().ip_or_hostname(Some(ip)).tcp_port(port)) {
            Err(Fault::Mysql(mysql::Error::DriverError(
                error @ (DriverError::CouldNotConnect(_) | DriverError::ConnectTimeout),
            ))) => failed = Fault::Mysql(error.into()),
            answer => return answer,
        }
    }
    Err(failed)
}

fn options(target: &Target, login: &Login) -> OptsBuilder {
    let limit = Some(target.patience).filter(|limit| !limit.is_zero());
    let refuse = LocalInfileHandler::new(|_, _| Err(io::Error::other(LOCAL_FILE)));
    let options = OptsBuilder::new()
        .user(Some(login.user))
        .pass(Some(login.password))
        .db_name(Some(&target.database))
        .connect_attrs(Some(HashMap::from([
            ("program_name", "initium"),
            ("initium_run", login.run),
        ])))
        .tcp_connect_timeout(limit)
        .tcp_nodelay(true)
        .tcp_keepalive_time_ms(Some(IDLE_MS))
        // Each of these would cost a question behind the login.
        .prefer_socket(false)
        .max_allowed_packet(Some(LONGEST))
        .stmt_cache_size(0)
        .compress(None)
        .local_infile_handler(Some(refuse))
        // Not DEPRECATE_EOF: the crate waits for the packet that it takes away.
        .additional_capabilities(CapabilityFlags::CLIENT_SESSION_TRACK);
    #[cfg(unix)]
    let options = options.read_timeout(limit);
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    let options = options.tcp_keepalive_probe_interval_secs(Some(BETWEEN_SECS));
    #[cfg(target_os = "linux")]
    let options = options.tcp_user_timeout_ms(Some(GIVE_UP_MS));
    options
}

const LOCAL_FILE: &str = "the server asks for a local file";

fn logged_in(options: OptsBuilder) -> Result<Wire, Fault> {
    let conn = Conn::new(options)?;
    #[cfg(unix)]
    lift_read_limit(&conn)?;
    Ok(Wire::new(conn))
}

/// The read limit is for the login alone, where a server may stay silent for ever; a statement takes
/// as long as it takes. The crate has one limit for both and no way to change it later.
#[cfg(unix)]
#[allow(unsafe_code)]
fn lift_read_limit(conn: &Conn) -> io::Result<()> {
    use std::os::fd::{AsRawFd, BorrowedFd};
    // SAFETY: the descriptor is that of `conn`, which is borrowed for as long and keeps it open.
    let socket = unsafe { BorrowedFd::borrow_raw(conn.as_raw_fd()) };
    // The limit belongs to the socket, not to the descriptor, and Unix sockets know it too.
    std::net::TcpStream::from(socket.try_clone_to_owned()?).set_read_timeout(None)
}
