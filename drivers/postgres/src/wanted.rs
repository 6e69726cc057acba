//! Which server of several is wanted: one that writes, one that does not, any. Pure.

use crate::options::invalid;
use crate::stream::Standing;
use initium_driver::driver::{Access, Run};
use initium_driver::error::{Code, Error, Result};
use initium_driver::settings::Settings;

/// The words are libpq's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
}

/// What if no host is of that kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    Refuse,
    TakeAny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub kind: Kind,
    pub otherwise: Otherwise,
}

impl Wanted {
    /// A run that writes looks for a server that can, among several; if none can, the others still
    /// tell whether there is anything to write.
    pub fn of(settings: &Settings, run: &Run) -> Result<Wanted> {
        let only = |kind| Wanted {
            kind,
            otherwise: Otherwise::Refuse,
        };
        Ok(match settings.option("target_session_attrs") {
            None if run.access == Access::Write && settings.hosts.len() > 1 => Wanted {
                kind: Kind::ReadWrite,
                otherwise: Otherwise::TakeAny,
            },
            None | Some("any" | "") => only(Kind::Any),
            Some("read-write") => only(Kind::ReadWrite),
            Some("read-only") => only(Kind::ReadOnly),
            Some("primary") => only(Kind::Primary),
            Some("standby") => only(Kind::Standby),
            Some("prefer-standby") => Wanted {
                kind: Kind::Standby,
                otherwise: Otherwise::TakeAny,
            },
            Some(_) => {
                return Err(invalid(
                    "target_session_attrs",
                    "any, read-write, read-only, primary, standby or prefer-standby",
                ));
            }
        })
    }
}

impl Kind {
    /// Why a server is not of this kind.
    pub fn misses(self, place: &str, standing: Standing) -> Option<Error> {
        let standby = standing.standby == Some(true);
        let reads = standby || standing.read_only == Some(true);
        let cannot = |code, what: String| {
            Error::new(code, what).help(
                "target_session_attrs says which servers are taken; name one of those as well",
            )
        };
        let only_reads = || {
            let why = why(standing).unwrap_or_default();
            cannot(
                Code::ReadOnly,
                format!("{place} does not allow writes: {why}"),
            )
        };
        match self {
            Kind::ReadWrite if reads => Some(only_reads()),
            Kind::Primary if standby => Some(only_reads()),
            Kind::ReadOnly if !reads => Some(cannot(
                Code::ConnectFailed,
                format!("{place} takes writes, and one that only reads is asked for"),
            )),
            Kind::Standby if !standby => Some(cannot(
                Code::ConnectFailed,
                format!("{place} is no standby, and one is asked for"),
            )),
            _ => None,
        }
    }
}

/// Why a server only reads.
pub fn why(standing: Standing) -> Option<&'static str> {
    match (standing.standby, standing.read_only) {
        (Some(true), _) => Some("it is a standby in recovery"),
        (_, Some(true)) => Some("default_transaction_read_only is on"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_takes_the_servers_that_libpq_takes() {
        let standing = |standby, read_only| Standing {
            standby: Some(standby),
            read_only: Some(read_only),
        };
        let servers = [(false, false), (false, true), (true, false)];
        for (kind, taken) in [
            (Kind::Any, [true, true, true]),
            (Kind::ReadWrite, [true, false, false]),
            (Kind::ReadOnly, [false, true, true]),
            (Kind::Primary, [true, true, false]),
            (Kind::Standby, [false, false, true]),
        ] {
            let takes = servers.map(|(a, b)| kind.misses("h:1", standing(a, b)).is_none());
            assert_eq!(takes, taken, "{kind:?}");
        }
    }
}
