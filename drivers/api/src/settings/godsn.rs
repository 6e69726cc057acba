//! `user:password@tcp(host:port)/name?key=value`, as Go's MySQL driver reads it: the last `/` begins
//! the name, the last `@` before it ends the password, and nothing in the login is encoded.

use super::draft::Draft;
use super::percent::{Plus, decode};
use super::place::Places;
use super::url;
use crate::error::Result;

/// Whether it can be nothing else.
pub(super) fn looks_like(text: &str) -> bool {
    ["@tcp(", "@unix(", "@tcp/", "@unix/"]
        .iter()
        .any(|sign| text.contains(sign))
        || text.starts_with("tcp(")
        || text.starts_with("unix(")
}

pub(super) fn read(text: &str, draft: &mut Draft) -> Result<()> {
    let fault = draft.fault();
    let form = |what: &str| {
        fault.other(
            what,
            "write it as user:password@tcp(host:3306)/database; a / in an option is %2F",
        )
    };
    if text.contains('\0') {
        return Err(form("it holds a zero byte"));
    }
    let (before, behind) = text
        .rsplit_once('/')
        .ok_or_else(|| form("it has no / before the database name"))?;
    let (login, address) = match before.rsplit_once('@') {
        Some((login, address)) => (Some(login), address),
        None => (None, before),
    };
    if let Some(login) = login {
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        draft.user(user.into());
        draft.password(password.into());
    }
    let (net, address) = match address.split_once('(') {
        Some((net, rest)) => {
            let address = rest
                .strip_suffix(')')
                .ok_or_else(|| form("an address is not closed by )"))?;
            (net, address)
        }
        None => (address, ""),
    };
    let mut places = Places::default();
    match (net, address) {
        ("unix", "") => places.name_list("/tmp/mysql.sock", &fault)?,
        ("unix", path) if path.starts_with(['/', '@']) && !path.contains(',') => {
            places.name_list(path, &fault)?;
        }
        ("unix", _) => return Err(form("the path of the socket does not begin with /")),
        ("tcp" | "", "") => {}
        ("tcp", address) if address.contains(',') => {
            return Err(form("it has more than one host"));
        }
        // Go takes an IPv6 address without brackets, too.
        ("tcp", address) if address.parse::<core::net::Ipv6Addr>().is_ok() => {
            places.name_list(address, &fault)?;
        }
        ("tcp", address) => places.authority(address, &fault)?,
        _ => return Err(form("the network is neither tcp nor unix")),
    }
    draft.places(places);
    let (name, query) = behind.split_once('?').unwrap_or((behind, ""));
    if name.contains(['@', '(', ')', ':']) {
        return Err(form(
            "the database name has a sign in it that belongs to what stands before",
        ));
    }
    let name = decode(name, Plus::Itself).map_err(&form)?;
    draft.name(name)?;
    url::query(query, draft)
}
