//! The servers that hold the keys: one, or the masters of a cluster, each with one connection that is
//! made when it is needed. Commands go where their keys are; who moved them is followed.

use crate::address::{Target, Topology, no_number};
use crate::connect::{Connected, Login, is_sentinel, open};
use crate::error::{failed, lost, word};
use crate::info::{Info, Part};
use crate::names::SLOTS;
use crate::resp::{Reply, Sending};
use crate::sentinel;
use initium_driver::driver::Limits;
use initium_driver::hosts::{Kind, Otherwise, Wanted};
use initium_driver::{Code, Error, Result};
use initium_socket::{Address, Place};

/// Where a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The server that was connected to first.
    Anywhere,
    Slot(u16),
    Server(usize),
}

pub type Words = Vec<Vec<u8>>;

pub struct Servers {
    target: Target,
    limits: Limits,
    nodes: Vec<Node>,
    /// Who has which slot; empty: all keys lie on one server.
    slots: Vec<usize>,
}

struct Node {
    place: Place,
    open: Option<Connected>,
}

/// So often a slot may be said to be elsewhere.
const MOVES: usize = 8;

impl Servers {
    pub fn connect(target: Target, limits: Limits) -> Result<Servers> {
        let found = match &target.topology {
            Topology::Sentinel(master) => sentinel::open_master(&target, master)?,
            _ => open(&target, &target.places, Login::Always)?,
        };
        if found.info.part() == Part::Sentinel {
            return Err(is_sentinel(&found.place));
        }
        let cluster = found.info.part() == Part::Cluster || target.topology == Topology::Cluster;
        let mut servers = Servers {
            nodes: vec![Node {
                place: found.place.clone(),
                open: Some(found),
            }],
            target,
            limits,
            slots: Vec::new(),
        };
        if cluster {
            if servers.target.number != 0 {
                return Err(no_number());
            }
            servers.look()?;
        }
        Ok(servers)
    }

    pub fn is_cluster(&self) -> bool {
        !self.slots.is_empty()
    }

    /// Those that hold keys.
    pub fn holding(&self) -> Vec<usize> {
        match self.is_cluster() {
            false => vec![0],
            true => {
                let mut all = self.slots.clone();
                all.sort_unstable();
                all.dedup();
                all.retain(|server| *server != NOBODY);
                all
            }
        }
    }

    pub fn target(&self) -> &Target {
        &self.target
    }

    pub fn place(&self) -> String {
        self.nodes[0].place.shown()
    }

    pub fn encryption(&self) -> Option<String> {
        self.nodes[0].open.as_ref()?.wire.agreed()
    }

    /// What the first server said of itself when it was connected to.
    pub fn info(&self) -> Info {
        let open = self.nodes[0].open.as_ref();
        open.map(|open| open.info.clone()).unwrap_or_default()
    }

    /// The replies in the order of the commands; an error of the server is a reply.
    pub fn ask(&mut self, commands: &[(Where, Words)]) -> Result<Vec<Reply>> {
        let mut replies = vec![Reply::Nil; commands.len()];
        let mut at: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (n, (place, _)) in commands.iter().enumerate() {
            at[self.server(*place)?].push(n);
        }
        for (server, numbers) in at.iter().enumerate().filter(|(_, n)| !n.is_empty()) {
            let mut sending = Sending::default();
            for n in numbers {
                sending.command(&commands[*n].1);
            }
            for (n, reply) in numbers.iter().zip(self.exchange(server, &sending)?) {
                replies[*n] = reply;
            }
        }
        if self.is_cluster() {
            for (reply, (place, words)) in replies.iter_mut().zip(commands) {
                self.follow(reply, *place, words)?;
            }
        }
        Ok(replies)
    }

    /// Commands for the first server, without waiting for their replies.
    pub fn send(&mut self, sending: &Sending) -> Result<()> {
        let wire = &mut self.opened(0)?.wire;
        wire.hurry(None);
        wire.send(sending).map_err(|error| lost(&error))
    }

    /// The next reply to what was sent so.
    pub fn receive(&mut self) -> Result<Reply> {
        let limit = self.limits.statement;
        let wire = &mut self.opened(0)?.wire;
        wire.hurry(Some(limit).filter(|limit| !limit.is_zero()));
        wire.receive().map_err(|error| lost(&error))
    }

    pub fn one(&mut self, place: Where, words: Words) -> Result<Reply> {
        Ok(self.ask(&[(place, words)])?.pop().unwrap_or(Reply::Nil))
    }

    /// A goodbye that nobody waits for.
    pub fn hurry(&mut self, patience: std::time::Duration) {
        self.limits.statement = patience;
    }

    fn server(&self, place: Where) -> Result<usize> {
        match place {
            Where::Anywhere => Ok(0),
            Where::Server(server) => Ok(server),
            Where::Slot(_) if !self.is_cluster() => Ok(0),
            Where::Slot(slot) => match self.slots.get(usize::from(slot)) {
                Some(server) if *server != NOBODY => Ok(*server),
                _ => Err(failed(&format!("CLUSTERDOWN nobody has the slot {slot}"))),
            },
        }
    }

    fn exchange(&mut self, server: usize, sending: &Sending) -> Result<Vec<Reply>> {
        let limit = self.limits.statement;
        let wire = &mut self.opened(server)?.wire;
        wire.hurry(Some(limit).filter(|limit| !limit.is_zero()));
        wire.ask(sending).map_err(|error| lost(&error))
    }

    fn opened(&mut self, server: usize) -> Result<&mut Connected> {
        let node = &mut self.nodes[server];
        if node.open.is_none() {
            let mut target = self.target.clone();
            target.wanted = Wanted {
                kind: Kind::Any,
                otherwise: Otherwise::Refuse,
            };
            let places = std::slice::from_ref(&node.place);
            node.open = Some(open(&target, places, Login::Always)?);
        }
        node.open
            .as_mut()
            .ok_or_else(|| Error::new(Code::Internal, "a connection that is not there"))
    }

    /// Where a reply says that the keys are elsewhere, the command is sent there.
    fn follow(&mut self, reply: &mut Reply, place: Where, words: &Words) -> Result<()> {
        for _ in 0..MOVES {
            let Some(said) = reply.error() else {
                return Ok(());
            };
            let to = said.split(' ').nth(2).map(String::from);
            match (word(said), to) {
                ("MOVED", Some(to)) => {
                    let server = self.named(&to, place)?;
                    self.look()?;
                    *reply = self.sent(server, words, false)?;
                }
                ("ASK", Some(to)) => {
                    let server = self.named(&to, place)?;
                    *reply = self.sent(server, words, true)?;
                }
                ("TRYAGAIN" | "CLUSTERDOWN", _) => {
                    self.pause(std::time::Duration::from_millis(100));
                    self.look()?;
                    let server = self.server(place)?;
                    *reply = self.sent(server, words, false)?;
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    fn sent(&mut self, server: usize, words: &Words, asking: bool) -> Result<Reply> {
        let mut sending = Sending::default();
        if asking {
            sending.command(&["ASKING"]);
        }
        sending.command(words);
        let mut replies = self.exchange(server, &sending)?;
        Ok(replies.pop().unwrap_or(Reply::Nil))
    }

    /// In slices, so that the pulse is never late.
    pub fn pause(&mut self, time: std::time::Duration) {
        let pulse = self.target.pulse;
        let start = std::time::Instant::now();
        loop {
            let left = time.saturating_sub(start.elapsed());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(initium_driver::driver::Pulse::EVERY));
            pulse.beat();
        }
    }

    /// Asks who has which slot.
    fn look(&mut self) -> Result<()> {
        let words = vec![b"CLUSTER".to_vec(), b"SLOTS".to_vec()];
        let mut sending = Sending::default();
        sending.command(&words);
        let reply = self.exchange(0, &sending)?.pop().unwrap_or(Reply::Nil);
        if let Some(said) = reply.error() {
            return Err(match said.contains("cluster support disabled") {
                true => Error::new(
                    Code::ConnectionInvalid,
                    format!("{} is no member of a cluster", self.place()),
                )
                .help("write redis:// or rediss://"),
                false => failed(said),
            });
        }
        let mut slots = vec![NOBODY; usize::from(SLOTS)];
        for range in reply.items() {
            let (Some(first), Some(last), Some(master)) = (
                range.items().first().and_then(Reply::integer),
                range.items().get(1).and_then(Reply::integer),
                range.items().get(2),
            ) else {
                continue;
            };
            let host = master.items().first().and_then(Reply::text);
            let host = String::from_utf8_lossy(host.unwrap_or_default()).into_owned();
            let port = master.items().get(1).and_then(Reply::integer);
            let port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
            let server = self.at(&host, port);
            for slot in first.max(0)..=last.min(i64::from(SLOTS) - 1) {
                slots[slot as usize] = server;
            }
        }
        if slots.iter().all(|server| *server == NOBODY) {
            return Err(Error::new(
                Code::ConnectFailed,
                format!("the cluster of {} has no slots yet", self.place()),
            )
            .help("redis-cli --cluster create gives them"));
        }
        self.slots = slots;
        Ok(())
    }

    /// `host:port`, as a redirection names it.
    fn named(&mut self, text: &str, place: Where) -> Result<usize> {
        match text
            .rsplit_once(':')
            .map(|(host, port)| (host, port.parse()))
        {
            Some((host, Ok(port))) => Ok(self.at(host, port)),
            _ => self.server(place),
        }
    }

    /// The server of that name; one that names itself by its port alone is on the host we came by.
    fn at(&mut self, host: &str, port: u16) -> usize {
        let first = &self.nodes[0].place;
        let (own, own_port) = match &first.address {
            Address::Tcp { host, port } => (host.clone(), *port),
            Address::Socket(_) => ("localhost".into(), 0),
        };
        let found_at = first.found_at.clone();
        let host = match host {
            "" | "?" => own.clone(),
            other => other.to_string(),
        };
        let ours = host == own || found_at.as_ref() == Some(&host);
        if ours && port == own_port {
            return 0;
        }
        let address = Address::Tcp { host, port };
        let known = self
            .nodes
            .iter()
            .position(|node| node.place.address == address);
        known.unwrap_or_else(|| {
            let place = Place {
                address,
                found_at: found_at.filter(|_| ours),
                ..self.nodes[0].place.clone()
            };
            self.nodes.push(Node { place, open: None });
            self.nodes.len() - 1
        })
    }
}

const NOBODY: usize = usize::MAX;
