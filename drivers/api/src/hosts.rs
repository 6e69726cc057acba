//! Which of several servers is taken: the order, what leads on to the next one, and what ends the
//! search are the same for every database. How a server is reached, and how it tells whether it
//! writes, is its driver's.

use crate::driver::Access;
use crate::error::{Code, Error, Result};
use crate::settings::Settings;

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

/// What a server says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// It follows another one.
    pub standby: bool,
    /// Why it only reads; `None`: it writes.
    pub reads: Option<&'static str>,
}

impl Wanted {
    /// A run that writes looks for a server that can, among several; if none can, the others still
    /// tell whether there is anything to write.
    pub fn of(settings: &Settings, access: Access) -> Result<Wanted> {
        let wanted = |kind, otherwise| Wanted { kind, otherwise };
        let (kind, otherwise) = match settings.option("target_session_attrs") {
            None if access == Access::Write && settings.hosts.len() > 1 => {
                (Kind::ReadWrite, Otherwise::TakeAny)
            }
            None | Some("any" | "") => (Kind::Any, Otherwise::Refuse),
            Some("read-write") => (Kind::ReadWrite, Otherwise::Refuse),
            Some("read-only") => (Kind::ReadOnly, Otherwise::Refuse),
            Some("primary") => (Kind::Primary, Otherwise::Refuse),
            Some("standby") => (Kind::Standby, Otherwise::Refuse),
            Some("prefer-standby") => (Kind::Standby, Otherwise::TakeAny),
            // Without the value: where a password was not percent-encoded, its end stands there.
            Some(_) => {
                return Err(Error::new(
                    Code::ConnectionInvalid,
                    "the connection option target_session_attrs is none of its words",
                )
                .help("any, read-write, read-only, primary, standby or prefer-standby"));
            }
        };
        Ok(wanted(kind, otherwise))
    }
}

impl Kind {
    /// Why a server is not of this kind.
    pub fn misses(self, place: &str, standing: Standing) -> Option<Error> {
        let cannot = |code, what: String| {
            Error::new(code, what).help(
                "target_session_attrs says which servers are taken; name one of those as well",
            )
        };
        match (self, standing.reads) {
            (Kind::ReadWrite, Some(why)) => Some(cannot(
                Code::ReadOnly,
                format!("{place} does not allow writes: {why}"),
            )),
            (Kind::Primary, why) if standing.standby => Some(cannot(
                Code::ReadOnly,
                format!(
                    "{place} does not allow writes: {}",
                    why.unwrap_or("it follows another one")
                ),
            )),
            (Kind::ReadOnly, None) => Some(cannot(
                Code::ConnectFailed,
                format!("{place} takes writes, and one that only reads is asked for"),
            )),
            (Kind::Standby, _) if !standing.standby => Some(cannot(
                Code::ConnectFailed,
                format!("{place} is no standby, and one is asked for"),
            )),
            _ => None,
        }
    }
}

/// One host, as its driver reaches it.
pub trait Door {
    type Address;
    type Session;

    /// Where it may be found; more than one where its name has several.
    fn addresses(&self) -> Result<Vec<Self::Address>>;

    /// A session, and why it is not of the kind that is wanted.
    fn open(&self, address: Self::Address, kind: Kind) -> Result<(Self::Session, Option<Error>)>;
}

/// The first that is up and of the kind that is wanted. What waiting or another host can cure leads
/// on to the next one; what a person has to mend (a password, a name, a certificate) ends it there,
/// so that no password is tried out on server after server.
pub fn first<D: Door>(doors: &[D], wanted: Wanted) -> Result<D::Session> {
    let mut spare = None;
    let mut failures = Vec::new();
    for door in doors {
        let addresses = match door.addresses() {
            Ok(addresses) => addresses,
            Err(error) => {
                failures.push(error);
                continue;
            }
        };
        for address in addresses {
            match door.open(address, wanted.kind) {
                Ok((session, None)) => return Ok(session),
                Ok((session, Some(unfit))) => {
                    failures.push(unfit);
                    spare = spare.or(Some(session));
                }
                Err(error) if error.code() == Code::ConnectFailed => failures.push(error),
                Err(error) => return Err(failures.iter().fold(error, |e, f| e.and(f.message()))),
            }
        }
    }
    match (wanted.otherwise, spare) {
        (Otherwise::TakeAny, Some(session)) => Ok(session),
        _ => Err(all(failures)),
    }
}

/// Every host and its reason, in one error.
fn all(mut failures: Vec<Error>) -> Error {
    failures.dedup_by(|a, b| a.message() == b.message());
    let unreachable = failures.iter().any(|e| e.code() == Code::ConnectFailed);
    let said: Vec<_> = failures.iter().map(Error::message).collect();
    let said = said.join("; ");
    match failures.pop() {
        Some(only) if failures.is_empty() => only,
        // Whoever waits for a failover waits for the one that is away.
        _ => Error::new(
            match unreachable {
                true => Code::ConnectFailed,
                false => Code::ReadOnly,
            },
            format!("no host can be used: {said}"),
        )
        .help("one of the hosts must be up, reachable from this machine, and of the kind that is asked for"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITES: Standing = Standing {
        standby: false,
        reads: None,
    };
    const READS: Standing = Standing {
        standby: false,
        reads: Some("it is set so"),
    };
    const FOLLOWS: Standing = Standing {
        standby: true,
        reads: Some("it is a standby"),
    };

    #[test]
    fn each_kind_takes_the_servers_that_libpq_takes() {
        for (kind, taken) in [
            (Kind::Any, [true, true, true]),
            (Kind::ReadWrite, [true, false, false]),
            (Kind::ReadOnly, [false, true, true]),
            (Kind::Primary, [true, true, false]),
            (Kind::Standby, [false, false, true]),
        ] {
            let takes = [WRITES, READS, FOLLOWS].map(|s| kind.misses("h:1", s).is_none());
            assert_eq!(takes, taken, "{kind:?}");
        }
    }

    /// A host that is up, or fails with this code.
    struct Played(&'static str, std::result::Result<Standing, Code>);

    impl Door for Played {
        type Address = ();
        type Session = &'static str;

        fn addresses(&self) -> Result<Vec<()>> {
            Ok(vec![()])
        }

        fn open(&self, (): (), kind: Kind) -> Result<(&'static str, Option<Error>)> {
            match self.1 {
                Ok(standing) => Ok((self.0, kind.misses(self.0, standing))),
                Err(code) => Err(Error::new(code, format!("{} fails", self.0))),
            }
        }
    }

    const DOWN: Played = Played("a", Err(Code::ConnectFailed));

    #[test]
    fn the_first_that_fits_is_taken_and_another_one_where_any_will_do() {
        let rather = Wanted {
            kind: Kind::ReadWrite,
            otherwise: Otherwise::TakeAny,
        };
        let only = Wanted {
            otherwise: Otherwise::Refuse,
            ..rather
        };
        let (b, c) = (Played("b", Ok(FOLLOWS)), Played("c", Ok(WRITES)));
        assert_eq!(first(&[DOWN, b, c], rather).ok(), Some("c"));
        let b = || Played("b", Ok(FOLLOWS));
        assert_eq!(first(&[DOWN, b()], rather).ok(), Some("b"));
        let Err(error) = first(&[DOWN, b()], only) else {
            panic!("one was taken");
        };
        assert_eq!(error.code(), Code::ConnectFailed);
        assert!(error.message().contains("a fails"), "{error}");
        assert!(
            error.message().contains("b does not allow writes"),
            "{error}"
        );
    }

    #[test]
    fn what_a_person_has_to_mend_is_not_tried_elsewhere() {
        let wrong = Played("b", Err(Code::AuthenticationFailed));
        let any = Wanted {
            kind: Kind::Any,
            otherwise: Otherwise::Refuse,
        };
        let Err(error) = first(&[DOWN, wrong, Played("c", Ok(WRITES))], any) else {
            panic!("one was taken");
        };
        assert_eq!(error.code(), Code::AuthenticationFailed);
        assert!(error.message().contains("b fails"), "{error}");
        assert!(error.message().contains("a fails"), "{error}");
    }
}
