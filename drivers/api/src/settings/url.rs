//! `scheme://user:password@hosts/name?key=value`, for every database that has a server. The rules
//! are libpq's, but where two readers could find two passwords in one text, it is refused.

use super::draft::{Draft, Spelling};
use super::fault::Fault;
use super::percent::decode;
use super::place::Places;
use crate::error::Result;

/// The pieces of a URL behind its `//`, still encoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pieces<'t> {
    pub login: Option<&'t str>,
    pub authority: &'t str,
    /// Without its slash; `None` where there is not even that.
    pub path: Option<&'t str>,
    pub query: &'t str,
}

const RAW: &str = "an @, / or ? in the password is not encoded";

impl<'t> Pieces<'t> {
    pub fn cut(rest: &'t str, fault: &Fault) -> Result<Pieces<'t>> {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        let path = path.strip_prefix('/');
        // `u:p@ss@h`, `u:p/w@h`, `u:5/w@h`, `u:5?w@h`: libpq finds other hosts in them than people.
        let behind = path.unwrap_or(query).contains('@');
        if behind || authority.matches('@').count() > 1 {
            return Err(fault.encode(RAW));
        }
        let (login, authority) = match authority.split_once('@') {
            Some((login, authority)) => (Some(login), authority),
            None => (None, authority),
        };
        Ok(Pieces {
            login,
            authority,
            path,
            query,
        })
    }
}

/// A URL behind its `//`, into a draft of its database.
pub(super) fn read(rest: &str, draft: &mut Draft) -> Result<()> {
    let fault = draft.fault();
    let plus = draft.plus();
    if rest.chars().any(char::is_control) {
        return Err(fault.encode("it has a line end or another control character in it"));
    }
    let pieces = Pieces::cut(rest, &fault)?;
    let mut places = Places::default();
    places.authority(pieces.authority, &fault)?;
    draft.places(places);
    login(pieces.login, draft)?;
    let name = decode(pieces.path.unwrap_or_default(), plus);
    draft.name(name.map_err(|what| fault.encode(what))?)?;
    query(pieces.query, draft)
}

pub(super) fn login(login: Option<&str>, draft: &mut Draft) -> Result<()> {
    let (fault, plus) = (draft.fault(), draft.plus());
    let Some(login) = login else { return Ok(()) };
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    draft.user(decode(user, plus).map_err(|what| fault.encode(what))?);
    draft.password(decode(password, plus).map_err(|what| fault.encode(what))?);
    Ok(())
}

/// `a=b&c=d`. A second `=` belongs to the value, although libpq wants it encoded: nobody reads it in
/// another way, and `options=-c x=1` is written so.
pub(super) fn query(query: &str, draft: &mut Draft) -> Result<()> {
    let (fault, plus) = (draft.fault(), draft.plus());
    if query.contains('@') {
        // It may be the rest of a password; then so may be what looks like a key.
        draft.keep_keys_secret();
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = match pair.split_once('=') {
            Some(pair) => pair,
            // JDBC's `?ssl` is an empty value.
            None if draft.spelling == Spelling::Jdbc => (pair, ""),
            None => return Err(fault.encode("an option behind ? has no =")),
        };
        let key = decode(key, plus).map_err(|what| fault.encode(what))?;
        let value = decode(value, plus).map_err(|what| fault.encode(what))?;
        draft.set(&key, value)?;
    }
    Ok(())
}
