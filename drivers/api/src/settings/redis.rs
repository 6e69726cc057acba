//! URLs of Redis and of what speaks like it. A database is a number; sentinels and clusters are kept
//! as options, for the driver to understand or to refuse.

use super::draft::{Draft, Spelling};
use super::place::Places;
use super::url::{self, Pieces};
use super::{Mode, Settings};
use crate::error::Result;

const PLAIN: &[&str] = &["redis", "valkey"];
const SECURE: &[&str] = &["rediss", "valkeys"];
const SOCKETS: &[&str] = &["unix", "redis+unix", "redis-socket", "valkey+unix"];
const TOPOLOGIES: &[(&str, &str)] = &[("sentinel", "sentinel"), ("cluster", "cluster")];

pub(super) fn is_scheme(scheme: &str) -> bool {
    SOCKETS.contains(&scheme) || of(scheme).is_some()
}

/// How a scheme asks to be spoken to, and which topology it names.
fn of(scheme: &str) -> Option<(Option<Mode>, Option<&'static str>)> {
    let (base, topology) = scheme.split_once(['-', '+']).unwrap_or((scheme, ""));
    let topology = match topology {
        "" => None,
        word => Some(TOPOLOGIES.iter().find(|(name, _)| *name == word)?.1),
    };
    if PLAIN.contains(&base) {
        return Some((None, topology));
    }
    SECURE
        .contains(&base)
        .then_some((Some(Mode::VerifyFull), topology))
}

/// `rest` stands behind the `//`.
pub(super) fn read(scheme: &str, rest: &str, origin: &str) -> Result<Settings> {
    let mut draft = Draft::new("redis", Spelling::Url, origin);
    let fault = draft.fault();
    if rest.chars().any(char::is_control) {
        return Err(fault.encode("it has a line end or another control character in it"));
    }
    if SOCKETS.contains(&scheme) {
        socket(rest, &mut draft)?;
        return numbered(draft.finish()?, &fault);
    }
    let (mode, topology) = of(scheme).unwrap_or_default();
    // The Rust client's word for a certificate that is not looked at.
    let (rest, mode) = match rest.strip_suffix("#insecure").filter(|_| mode.is_some()) {
        Some(rest) => (rest, Some(Mode::Require)),
        None => (rest, mode),
    };
    if let Some(mode) = mode {
        draft.mode(mode);
    }
    let pieces = Pieces::cut(rest, &fault)?;
    let mut places = Places::default();
    places.authority(pieces.authority, &fault)?;
    draft.places(places);
    url::login(pieces.login, &mut draft)?;
    let mut name = pieces.path.unwrap_or_default();
    if let Some(topology) = topology {
        draft.keep("topology", topology.into());
    }
    if topology == Some("sentinel") {
        let (master, number) = name.split_once('/').unwrap_or((name, ""));
        draft.keep("master", word(master, &draft)?);
        name = number;
    }
    let name = word(name, &draft)?;
    draft.name(name)?;
    url::query(pieces.query, &mut draft)?;
    numbered(in_the_clear(draft.finish()?, origin), &fault)
}

/// Redis has one scheme for each way, so the plain one says that nothing is encrypted, unless
/// something beside it says otherwise.
fn in_the_clear(mut settings: Settings, origin: &str) -> Settings {
    if settings.tls.mode.is_some() || settings.tls.roots.is_some() {
        return settings;
    }
    settings.tls.mode = Some(Mode::Disable);
    settings.note("tls", origin);
    let away = |host: &super::Host| host.locality() == super::Locality::Elsewhere;
    if settings.hosts.iter().any(away) {
        settings.remark("redis:// is not encrypted, whoever is on the way reads it; rediss:// is");
    }
    settings
}

fn word(text: &str, draft: &Draft) -> Result<String> {
    let decoded = super::percent::decode(text, draft.plus());
    decoded.map_err(|what| draft.fault().encode(what))
}

/// `user:password@/path/of/socket?db=1`
fn socket(rest: &str, draft: &mut Draft) -> Result<()> {
    let fault = draft.fault();
    let pieces = Pieces::cut(rest, &fault)?;
    if !pieces.authority.is_empty() {
        return Err(fault.encode("the path of a socket begins with /"));
    }
    url::login(pieces.login, draft)?;
    let path = word(pieces.path.unwrap_or_default(), draft)?;
    let mut places = Places::default();
    if !path.is_empty() {
        places.names.push(format!("/{path}"));
    }
    draft.places(places);
    url::query(pieces.query, draft)
}

fn numbered(settings: Settings, fault: &super::fault::Fault) -> Result<Settings> {
    match &settings.name {
        Some(name) if name.is_empty() || !name.bytes().all(|b| b.is_ascii_digit()) => {
            Err(fault.encode("what stands behind the host is no number of a database"))
        }
        _ => Ok(settings),
    }
}
